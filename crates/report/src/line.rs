//! The lines of an input, with where they are.

use std::ops::Range;

use crate::Place;

/// One line of the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Where it begins.
    pub(crate) place: Place,
    /// Where the next line begins.
    pub(crate) end: usize,
    /// Its text, without byte order mark and line ending.
    pub(crate) text: &'a str,
}

/// The lines of `input`, one after another.
pub(crate) fn lines(input: &str) -> impl Iterator<Item = Line<'_>> {
    let mut place = Place { line: 1, byte: 0 };
    input.split_inclusive('\n').map(move |whole| {
        let end = place.byte + whole.len();
        let text = if place.byte == 0 { whole.trim_start_matches('\u{feff}') } else { whole };
        let line = Line { place, end, text: text.trim_end_matches(['\n', '\r']) };
        place = Place { line: place.line + 1, byte: end };
        line
    })
}

/// The bytes that a run of lines takes up, line endings included.
pub(crate) fn span(lines: &[Line<'_>]) -> Range<usize> {
    match (lines.first(), lines.last()) {
        (Some(first), Some(last)) => first.place.byte..last.end,
        _ => 0..0,
    }
}
