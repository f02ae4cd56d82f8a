//! Lines and the endings they came with.
//!
//! Prompts show every line with `\n` after it, whatever the file has. An answer gets the file's own endings back:
//! a line that is still there keeps its own, a new one takes the file's most frequent one.

use std::iter;

use fixwright_patch::edits;

/// One line: its text and what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// The text without the ending; it does not end in `\r`.
    pub(crate) text: &'a str,
    /// Any number of `\r` and then `\n`, which only the last line of a text may lack.
    pub(crate) ending: &'a str,
}

impl<'a> Line<'a> {
    fn split(line: &'a str) -> Self {
        let body = line.strip_suffix('\n').unwrap_or(line);
        let (text, ending) = line.split_at(body.trim_end_matches('\r').len());
        Self { text, ending }
    }

    fn is_terminated(&self) -> bool {
        self.ending.ends_with('\n')
    }
}

/// The lines of a text.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive('\n').map(Line::split)
}

/// The text with `\n` after every line, the last one included.
pub(crate) fn shown(text: &str) -> String {
    lines(text).flat_map(|line| [line.text, "\n"]).collect()
}

/// The ending that most lines of a file have; the first such one, `\n` for a file without any.
pub(crate) fn usual_ending(source: &str) -> &str {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for line in lines(source).filter(Line::is_terminated) {
        match counts.iter_mut().find(|(ending, _)| *ending == line.ending) {
            Some((_, count)) => *count += 1,
            None => counts.push((line.ending, 1)),
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or("\n", |(ending, _)| ending)
}

/// The ending that every line of a file has, the last one perhaps having none; none if they differ.
pub(crate) fn uniform_ending(source: &str) -> Option<&str> {
    let usual = usual_ending(source);
    let mut others = lines(source).filter(|line| line.ending != usual);
    let unterminated = |line: &Line<'_>| line.ending.is_empty();
    others.all(|line| unterminated(&line)).then_some(usual)
}

/// Gives the lines of `edited` the endings of `original`, which they replace.
///
/// A line that is still there keeps its ending, one in place of another takes the other's, and `usual` ends the rest.
/// The last line lacks its newline exactly where that of `original` does (if it is blank, it is lost with it), so a text that was [`shown`] and not edited
/// comes back byte for byte.
pub(crate) fn restore(original: &str, edited: &str, usual: &str) -> String {
    let old: Vec<Line<'_>> = lines(original).collect();
    let mut new: Vec<Line<'_>> = lines(edited).collect();
    for (line, origin) in new.iter_mut().zip(origins(original, edited)) {
        let ending = origin.and_then(|origin| old.get(origin)).map_or(usual, |line| line.ending);
        line.ending = if ending.ends_with('\n') { ending } else { usual };
    }
    if let (Some(new), Some(old)) = (new.last_mut(), old.last())
        && !old.ending.ends_with('\n')
    {
        new.ending = old.ending;
    }
    new.iter().flat_map(|line| [line.text, line.ending]).collect()
}

/// For each line of `edited` the line of `original` that it is, or that it stands in place of.
fn origins(original: &str, edited: &str) -> Vec<Option<usize>> {
    let mut origins = Vec::new();
    let mut next = 0;
    for edit in edits(shown(original).as_bytes(), shown(edited).as_bytes()) {
        origins.extend((next..edit.old.start).map(Some));
        next = edit.old.end;
        origins.extend(edit.old.map(Some).chain(iter::repeat(None)).take(edit.new.len()));
    }
    origins.extend((next..lines(original).count()).map(Some));
    origins
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn new_lines_end_as_the_file_does() {
        let crlf = "a\r\nb\r\nc\r\n";
        assert_eq!(restore(crlf, "a\nB\nnew\nc\n", usual_ending(crlf)), "a\r\nB\r\nnew\r\nc\r\n");
        let mixed = "a\nb\r\nc\nd\n";
        assert_eq!(restore(mixed, "a\nb\nx\ny\nd\n", "\n"), "a\nb\r\nx\ny\nd\n");
        assert_eq!(restore(mixed, "a\nx\nc\nd\n", "\n"), "a\nx\r\nc\nd\n");
    }

    #[test]
    fn a_missing_last_newline_stays_missing() {
        assert_eq!(restore("a\nb", "a\nb\nc\n", "\n"), "a\nb\nc");
        assert_eq!(restore("a\nb", "a\n", "\n"), "a");
        assert_eq!(restore("a\nb\n", "a\nb", "\n"), "a\nb\n");
    }

    #[test]
    fn the_usual_ending_is_the_most_frequent() {
        assert_eq!(usual_ending(""), "\n");
        assert_eq!(usual_ending("a"), "\n");
        assert_eq!(usual_ending("a\r\nb\n"), "\r\n");
        assert_eq!(usual_ending("a\r\nb\nc\n"), "\n");
    }

    proptest! {
        #[test]
        fn an_unedited_text_comes_back_byte_for_byte(text in "([ab \r]{0,3}[\r\n]{0,2}){0,12}") {
            prop_assert_eq!(restore(&text, &shown(&text), usual_ending(&text)), text);
        }

        #[test]
        fn an_edited_text_shows_as_it_was_edited(
            text in "([ab \r]{0,3}[\r\n]{0,2}){0,12}",
            edited in "([abc]{1,2}\n){0,12}",
        ) {
            prop_assert_eq!(shown(&restore(&text, &edited, usual_ending(&text))), edited);
        }
    }
}
