//! The lines of an input, with where they are.

mod ansi;

use std::borrow::Cow;
use std::io::BufRead as _;

pub(crate) use ansi::plain;

use crate::Place;
use crate::input::Input;
use crate::stream::{Halt, Sink};

/// A longer line is cut, in bytes.
pub(crate) const MAX_LINE: usize = 1 << 20;

/// One line of the input.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    /// Where it begins.
    pub(crate) place: Place,
    /// Where the next line begins.
    pub(crate) end: usize,
    /// Its text with its line ending, without byte order mark and terminal colours; what is not UTF-8 is
    /// replaced.
    pub(crate) whole: Cow<'a, str>,
}

impl Line<'_> {
    /// The text without line ending.
    pub(crate) fn text(&self) -> &str {
        let text = self.whole.strip_suffix('\n').unwrap_or(&self.whole);
        text.strip_suffix('\r').unwrap_or(text)
    }

    /// The line for keeping.
    pub(crate) fn into_owned(self) -> Line<'static> {
        Line { place: self.place, end: self.end, whole: Cow::Owned(self.whole.into_owned()) }
    }
}

/// Reads the lines of an input one after another into one buffer.
pub(crate) struct Lines<'i, 's> {
    input: &'i mut Input<'s>,
    buffer: Vec<u8>,
    /// Whether all lines so far were blank.
    blank: bool,
}

/// Bytes as text; what is not UTF-8 is replaced. Much faster than the standard library's where all of it is.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

impl<'i, 's> Lines<'i, 's> {
    pub(crate) fn new(input: &'i mut Input<'s>) -> Self {
        Self { input, buffer: Vec::new(), blank: true }
    }

    /// The next line, if there is one. That a line is cut or no UTF-8 goes to `sink`, and so does that the input was
    /// blank: a tool that prints its findings as lines has found nothing then.
    pub(crate) fn next(&mut self, sink: &mut Sink<'_>) -> Result<Option<Line<'_>>, Halt> {
        let place = self.input.place();
        if !self.fill()? {
            if self.blank {
                sink.recognised();
            }
            return Ok(None);
        }
        self.blank = self.blank && self.buffer.trim_ascii().is_empty();
        let mut bytes = self.buffer.as_slice();
        if place.byte == 0 {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        let whole = lossy(bytes);
        let end = self.input.place().byte;
        if end - place.byte > self.buffer.len() {
            sink.warn(
                place,
                format!("the line is longer than {MAX_LINE} bytes; the rest of it is left out"),
            )?;
        }
        if matches!(whole, Cow::Owned(_)) {
            sink.warn(place, "the line is not UTF-8; the bytes that are not are replaced")?;
        }
        Ok(Some(Line { place, end, whole: plain(whole) }))
    }

    /// Reads one line into the buffer, as much of it as is kept; `false` at the end of the input.
    fn fill(&mut self) -> Result<bool, Halt> {
        self.buffer.clear();
        let begin = self.input.place().byte;
        loop {
            let chunk = self.input.chunk()?;
            let end = memchr::memchr(b'\n', chunk).map_or(chunk.len(), |at| at + 1);
            let room = MAX_LINE.saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(&chunk[..end.min(room)]);
            let done = end == 0 || chunk[end - 1] == b'\n';
            self.input.consume(end);
            if done {
                return Ok(self.input.place().byte > begin);
            }
        }
    }
}
