//! The report in a commit's message: what a tool printed, or else the author's words.

use fixwright_report::{BugReport, parse};
use fixwright_validate::same_file;

use super::message::without_tags;

/// What a message says about the bug.
pub(super) struct Quoted {
    pub(super) text: String,
    /// The findings that could be read; none if `text` is prose.
    findings: Vec<BugReport>,
}

impl Quoted {
    /// Finds output of a tool in an indented or quoted block, else in a paragraph; else takes the whole without tags.
    pub(super) fn in_message(message: &str) -> Self {
        let blocks = indented(message).into_iter().chain(paragraphs(message));
        let mut read = blocks.filter_map(|text| findings(&text).map(|findings| (text, findings)));
        match read.next() {
            Some((text, findings)) => Self { text, findings },
            None => Self { text: without_tags(message), findings: Vec::new() },
        }
    }

    /// Whether it is what a tool printed.
    pub(super) fn is_output(&self) -> bool {
        !self.findings.is_empty()
    }

    /// The line of the file at `path` that the report names, if it has so many.
    pub(super) fn line_in(mut self, path: &str, lines: usize) -> Option<u32> {
        let mut places = self.findings.iter_mut().flat_map(BugReport::locations_mut);
        places.find_map(|place| {
            let named = place.path.as_deref()?;
            place
                .line
                .filter(|line| (1..=lines).contains(&(*line as usize)) && same_file(named, path))
        })
    }
}

/// The findings in a text that has a place in its first one.
fn findings(text: &str) -> Option<Vec<BugReport>> {
    let reports = parse(text).ok()?.reports;
    reports.first().is_some_and(|first| !first.location.is_empty()).then_some(reports)
}

/// The runs of lines that are indented or marked as quoted, blank ones inside included, without what they share at their begin.
fn indented(message: &str) -> Vec<String> {
    let is_quoted = |line: &str| line.starts_with([' ', '\t', '>', '|']);
    let lines: Vec<_> = message.lines().collect();
    let runs = lines.chunk_by(|a, b| {
        let inside = |line: &str| is_quoted(line) || line.is_empty();
        inside(a) == inside(b)
    });
    let quoted = runs.filter(|run| run.iter().any(|line| is_quoted(line)));
    quoted.map(dedented).collect()
}

fn dedented(lines: &[&str]) -> String {
    let is_mark = |c: char| c == ' ' || c == '\t' || c == '>' || c == '|';
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let margin = |line: &&&str| line.len() - line.trim_start_matches(is_mark).len();
    let shared = filled.map(|line| margin(&line)).min().unwrap_or_default();
    let rest: Vec<_> = lines.iter().map(|line| line.get(shared..).unwrap_or_default()).collect();
    rest.join("\n").trim_matches('\n').to_owned() + "\n"
}

/// The runs of lines between blank ones, behind the subject.
fn paragraphs(message: &str) -> impl Iterator<Item = String> {
    message.split("\n\n").skip(1).map(|text| text.trim_matches('\n').to_owned() + "\n")
}

#[cfg(test)]
mod tests {
    use super::Quoted;

    #[test]
    fn the_output_of_a_tool_is_told_from_the_words_around_it() {
        let message = "net: fix leak\n\nThis says it:\n\n  \
            net/a.c:12:3: warning: leak of 'p' [CWE-401] [-Wanalyzer-malloc-leak]\n\n\
            So free it.\n\nSigned-off-by: A <a@b.org>\n";
        let quoted = Quoted::in_message(message);
        assert_eq!(
            quoted.text,
            "net/a.c:12:3: warning: leak of 'p' [CWE-401] [-Wanalyzer-malloc-leak]\n"
        );
        assert_eq!(quoted.line_in("net/a.c", 20), Some(12));
        assert_eq!(Quoted::in_message(message).line_in("net/a.c", 11), None);
        assert_eq!(Quoted::in_message(message).line_in("net/b.c", 20), None);
    }

    #[test]
    fn a_block_that_is_no_report_leaves_the_words() {
        let message =
            "x: y\n\nIn\n\n\tfoo(bar);\n\nbar is freed. Found by Coverity.\n\nFixes: 012345678\n";
        let words = "x: y\n\nIn\n\n\tfoo(bar);\n\nbar is freed. Found by Coverity.";
        assert_eq!(Quoted::in_message(message).text, words);
    }
}
