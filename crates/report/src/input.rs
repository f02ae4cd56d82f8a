//! The bytes of an input, with where in it they are.

use std::io::{self, BufRead, Read};

use crate::Place;

/// A buffered input that knows its place.
///
/// It is a [`BufRead`] itself, for the libraries that read from one.
pub(crate) struct Input<'a> {
    source: Box<dyn BufRead + 'a>,
    place: Place,
}

impl<'a> Input<'a> {
    /// An input whose next byte is at `place`.
    pub(crate) fn new(source: impl BufRead + 'a, place: Place) -> Self {
        Self { source: Box::new(source), place }
    }

    /// Where the next byte is.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The bytes that are at hand, read if there are none; empty at the end.
    pub(crate) fn chunk(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.source.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.source.fill_buf()
    }

    /// The next byte, which stays the next.
    pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.chunk()?.first().copied())
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.chunk()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.chunk()
    }

    fn consume(&mut self, count: usize) {
        if let Ok(chunk) = self.source.fill_buf() {
            self.place = self.place.after(&chunk[..count]);
        }
        self.source.consume(count);
    }
}
