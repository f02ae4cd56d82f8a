//! The lines of a file around the reported one.

use std::ops::{Range, RangeInclusive};

use serde::{Deserialize, Serialize};

use crate::lines::shown;
use crate::{Error, Result};

/// How many lines a window has on each side of the reported one, where the file has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Margin {
    /// Lines before the reported one.
    pub before: usize,
    /// Lines after the reported one.
    pub after: usize,
}

impl Default for Margin {
    /// Five lines on each side.
    fn default() -> Self {
        Self { before: 5, after: 5 }
    }
}

/// A run of whole lines of a file, the reported one among them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// The lines, counted from 1.
    pub lines: RangeInclusive<usize>,
    /// The bytes of the file that the lines take up, their endings included.
    pub bytes: Range<usize>,
    /// The lines as a prompt shows them: `\n` after each one, whatever the file has.
    pub text: String,
    /// The reported line as it stands in `text`, without its newline; empty if none is reported.
    pub reported: String,
}

impl Window {
    /// The window around line `line` of `source`, counted from 1. `path` is for the error alone.
    ///
    /// # Errors
    ///
    /// [`Error::LineOutOfRange`] if the file has no such line.
    ///
    /// ```
    /// use fixwright_prompt::{Margin, Window};
    ///
    /// let window = Window::around("a.c", "a\r\nb\r\nc\r\nd", 2, Margin { before: 1, after: 1 })?;
    /// assert_eq!((window.lines, window.bytes), (1..=3, 0..9));
    /// assert_eq!(window.text, "a\nb\nc\n");
    /// # Ok::<(), fixwright_prompt::Error>(())
    /// ```
    pub fn around(path: &str, source: &str, line: usize, margin: Margin) -> Result<Self> {
        let lines = line.saturating_sub(margin.before)..=line.saturating_add(margin.after);
        Self::of_lines(path, source, line, lines)
    }

    /// The window of all lines.
    pub fn whole(source: &str) -> Self {
        let lines = 1..=source.split_inclusive('\n').count();
        Self { lines, bytes: 0..source.len(), text: shown(source), reported: String::new() }
    }

    /// The window of the lines `lines` of `source`, as many of them as there are. `path` is for the error alone.
    ///
    /// # Errors
    ///
    /// [`Error::LineOutOfRange`] if the file has no line `line`; if it is not among `lines`, these are widened to hold it.
    pub fn of_lines(
        path: &str,
        source: &str,
        line: usize,
        lines: RangeInclusive<usize>,
    ) -> Result<Self> {
        let starts: Vec<usize> = source
            .split_inclusive('\n')
            .scan(0, |end, text| Some(std::mem::replace(end, *end + text.len())))
            .collect();
        let count = starts.len();
        if line == 0 || line > count {
            return Err(Error::LineOutOfRange { path: path.to_owned(), line, lines: count });
        }
        let first = (*lines.start()).clamp(1, line);
        let last = (*lines.end()).clamp(line, count);
        let start_of = |line: usize| starts.get(line - 1).copied().unwrap_or(source.len());
        let bytes = start_of(first)..start_of(last + 1);
        let reported = shown(&source[start_of(line)..start_of(line + 1)]);
        Ok(Self {
            lines: first..=last,
            text: shown(&source[bytes.clone()]),
            bytes,
            reported: reported.trim_end_matches('\n').to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_where_the_file_does() {
        let source = "1\n2\n3\n4";
        let whole = Window::around("a.c", source, 3, Margin::default()).unwrap();
        assert_eq!((whole.lines, whole.bytes), (1..=4, 0..7));
        assert_eq!(whole.text, "1\n2\n3\n4\n");
        let last =
            Window::around("a.c", source, 4, Margin { before: 0, after: usize::MAX }).unwrap();
        assert_eq!((last.lines, last.bytes, last.reported), (4..=4, 6..7, "4".to_owned()));
    }

    #[test]
    fn a_line_that_is_not_there_is_named() {
        for (source, line, lines) in [("", 1, 0), ("a\n", 2, 1), ("a\nb", 0, 2), ("a\nb", 3, 2)] {
            let error = Window::around("src/a.c", source, line, Margin::default()).unwrap_err();
            let expected = format!("src/a.c: line {line} is not there, the file has {lines} lines");
            assert_eq!(error.to_string(), expected);
        }
    }
}
