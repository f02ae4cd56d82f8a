//! The bytes of an input, with where in it they are.

use std::io::{self, BufRead, Read};

use crate::Place;

/// A buffered input that knows its place and takes bytes back.
///
/// It is a [`BufRead`] itself, for the libraries that read from one.
pub(crate) struct Input<'a> {
    source: Box<dyn BufRead + 'a>,
    place: Place,
    /// Bytes that were given back; they come before those of the source. Empty once all are taken again.
    back: Vec<u8>,
    /// How many of them have been taken again, which is less than all.
    taken: usize,
}

impl<'a> Input<'a> {
    /// An input whose next byte is at `place`.
    pub(crate) fn new(source: impl BufRead + 'a, place: Place) -> Self {
        Self { source: Box::new(source), place, back: Vec::new(), taken: 0 }
    }

    /// Where the next byte is.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The bytes that are at hand, read if there are none; empty at the end.
    pub(crate) fn chunk(&mut self) -> io::Result<&[u8]> {
        if !self.back.is_empty() {
            return Ok(&self.back[self.taken..]);
        }
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

    /// The bytes that are at hand, `count` of them at least unless the input ends before.
    pub(crate) fn ahead(&mut self, count: usize) -> io::Result<&[u8]> {
        if self.chunk()?.len() < count {
            let (place, mut bytes) = (self.place, Vec::new());
            self.by_ref().take(count as u64).read_to_end(&mut bytes)?;
            self.give_back(&bytes, place);
        }
        self.chunk()
    }

    /// Takes back the last `bytes` that were taken, of which the first stood at `place`.
    pub(crate) fn give_back(&mut self, bytes: &[u8], place: Place) {
        if self.back.is_empty() {
            self.back = bytes.to_vec();
        } else {
            self.taken -= bytes.len();
        }
        self.place = place;
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
        if self.back.is_empty() {
            if let Ok(chunk) = self.source.fill_buf() {
                self.place = self.place.after(&chunk[..count]);
            }
            return self.source.consume(count);
        }
        let end = self.taken + count;
        self.place = self.place.after(&self.back[self.taken..end]);
        self.taken = end;
        if end == self.back.len() {
            self.back.clear();
            self.taken = 0;
        }
    }
}
