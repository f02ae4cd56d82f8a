//! The diff's lines, one at a time, each with its place.

use std::ops::Range;

use crate::Error;
use crate::error::Problem;

/// One line of a diff.
#[derive(Clone, Debug)]
pub(crate) struct RawLine<'a> {
    /// The line with its `\n`, if it has one.
    pub(crate) text: &'a [u8],
    number: usize,
    start: usize,
}

impl<'a> RawLine<'a> {
    /// The line without its line end, `\n` or `\r\n`.
    pub(crate) fn trimmed(&self) -> &'a [u8] {
        let line = self.text.strip_suffix(b"\n").unwrap_or(self.text);
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// What follows `key`, if the line begins with it, without the line end.
    pub(crate) fn after(&self, key: &str) -> Option<&'a [u8]> {
        self.trimmed().strip_prefix(key.as_bytes())
    }

    /// The error that this line has a `problem`.
    pub(crate) fn error(&self, problem: Problem) -> Error {
        let span: Range<usize> = self.start..self.start + self.text.len();
        Error::Parse { line: self.number, span, problem }
    }
}

/// A place between two lines of a diff. A clone looks ahead.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    number: usize,
    start: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { rest: text, number: 1, start: 0 }
    }

    /// How many lines were taken.
    pub(crate) fn taken(&self) -> usize {
        self.number - 1
    }

    /// The next line, which stays the next.
    pub(crate) fn peek(&self) -> Option<RawLine<'a>> {
        let text = crate::lines(self.rest).next()?;
        Some(RawLine { text, number: self.number, start: self.start })
    }

    /// Takes the next line if it begins with `key`.
    pub(crate) fn next_at(&mut self, key: &str) -> Option<RawLine<'a>> {
        if self.at(key) { self.next() } else { None }
    }

    /// Whether the next line begins with `key`.
    pub(crate) fn at(&self, key: &str) -> bool {
        self.rest.starts_with(key.as_bytes())
    }
}

impl<'a> Iterator for Cursor<'a> {
    type Item = RawLine<'a>;

    fn next(&mut self) -> Option<RawLine<'a>> {
        let line = self.peek()?;
        self.rest = &self.rest[line.text.len()..];
        self.number += 1;
        self.start += line.text.len();
        Some(line)
    }
}
