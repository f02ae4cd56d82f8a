//! Whole texts, for the readers that need all of one.

use std::io::Read as _;
use std::ops::Range;

use crate::Place;
use crate::input::Input;
use crate::stream::{Halt, Sink};

/// One line of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Where it begins.
    pub(crate) place: Place,
    /// Where the next line begins.
    pub(crate) end: usize,
    /// Its text, without byte order mark and line ending.
    pub(crate) text: &'a str,
}

/// All of `input`; bytes that are not UTF-8 are replaced.
pub(crate) fn whole(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<String, Halt> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    String::from_utf8(bytes).or_else(|error| {
        let place = Place::START.after(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        sink.warn(place, "not UTF-8; the bytes that are not are replaced")?;
        Ok(String::from_utf8_lossy(error.as_bytes()).into_owned())
    })
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
