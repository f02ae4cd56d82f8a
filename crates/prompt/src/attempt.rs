//! An answer that was no good, and what is wrong with it: what a second prompt tells the model.

/// The most lines of a diff that a prompt quotes.
const DIFF_LINES: usize = 60;
/// The most lines of what a compiler, a test or an analyser says.
const SAID_LINES: usize = 24;
/// The most characters of such a line.
const LINE_CHARS: usize = 200;

/// An answer that was no good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// What it changes, as a diff; none if no change could be read from it.
    pub diff: Option<&'a str>,
    /// What is wrong with it.
    pub fault: Fault<'a>,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault<'a> {
    /// It cannot be read or applied, for this reason.
    Unusable(&'a str),
    /// It does not compile. Of the compiler's output a prompt quotes what follows the first error.
    Compiler(&'a str),
    /// Compiling it takes too long.
    TimedOut,
    /// A test fails.
    Test {
        /// Why: `wrong output`, say.
        failure: &'a str,
        /// What the program read.
        input: &'a str,
        /// What it should have written.
        expected: &'a str,
        /// What it wrote.
        actual: &'a str,
    },
    /// An analyser still has something to say: this.
    Analyser(&'a str),
}

/// The beginning of a diff.
pub(crate) fn diff(text: &str) -> String {
    head(text.lines(), DIFF_LINES)
}

/// A compiler's output from its first error on; from its beginning if it names none.
pub(crate) fn errors(output: &str) -> String {
    let first = output.lines().position(|line| line.contains("error")).unwrap_or(0);
    head(output.lines().skip(first), SAID_LINES)
}

/// The beginning of what is said.
pub(crate) fn beginning(text: &str) -> String {
    head(text.lines(), SAID_LINES)
}

/// The end of what is said, where a test says why it failed.
pub(crate) fn end(text: &str) -> String {
    let over = text.lines().count().saturating_sub(SAID_LINES);
    let left_out = if over > 0 { "...\n" } else { "" };
    left_out.to_owned() + &head(text.lines().skip(over), SAID_LINES)
}

/// The first lines, each with `\n` after it and none too long; `...` stands for the others.
fn head<'a>(mut lines: impl Iterator<Item = &'a str>, most: usize) -> String {
    let mut out = String::new();
    for line in lines.by_ref().take(most) {
        let line = line.trim_end_matches('\r');
        let cut = line.char_indices().nth(LINE_CHARS).map(|(at, _)| &line[..at]);
        out.push_str(cut.unwrap_or(line));
        out.push_str(if cut.is_some() { "...\n" } else { "\n" });
    }
    if lines.next().is_some() {
        out.push_str("...\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_bounded() {
        let long = "x".repeat(5000) + "\n";
        let many = long.repeat(500);
        let most = (LINE_CHARS + 4) * DIFF_LINES + 8;
        for quoted in [diff(&many), errors(&many), beginning(&many), end(&many)] {
            assert!(quoted.len() <= most, "{}", quoted.len());
            assert!(quoted.contains("...\n"));
        }
        assert_eq!(diff("-a\r\n+b\r\n"), "-a\n+b\n");
    }

    #[test]
    fn a_compiler_is_quoted_from_its_first_error_and_a_test_to_its_end() {
        let output = "make: entering\na.c:1: warning: w\na.c:2:1: error: e\n here\n";
        assert_eq!(errors(output), "a.c:2:1: error: e\n here\n");
        assert_eq!(errors("ld: no\n"), "ld: no\n");
        let lines: String = (0..40).map(|line| format!("{line}\n")).collect();
        let quoted = end(&lines);
        assert!(quoted.starts_with("...\n16\n") && quoted.ends_with("39\n"), "{quoted}");
    }
}
