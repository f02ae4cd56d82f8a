//! Lines of bounded length.

use std::io::{self, BufRead, Read};

use crate::{Error, Place};

/// The lines of an input, one at a time in memory.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    input: R,
    /// The longest line that is handed out, in bytes without its `\n`.
    limit: usize,
    line: Vec<u8>,
    /// Where the next line begins.
    next: Place,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self { input, limit, line: Vec::new(), next: Place { line: 1, offset: 0 } }
    }

    /// The next line with its line end, and where it begins; `None` at the end of the input.
    ///
    /// A line that is too long is skipped: the call after that error gives the line behind it.
    pub(crate) fn next(&mut self) -> Result<Option<(Place, &[u8])>, Error> {
        let place = self.next;
        let length = self.fill().map_err(|source| Error::Read { place, source })?;
        if length == 0 {
            return Ok(None);
        }
        self.next = Place { line: place.line + 1, offset: place.offset + length };
        if self.is_cut() {
            return Err(Error::LineTooLong { place, limit: self.limit });
        }
        Ok(Some((place, &self.line)))
    }

    /// Reads as much of a line as is allowed and passes over the rest; how long it is in the input.
    fn fill(&mut self) -> io::Result<u64> {
        self.line.clear();
        let most = (self.limit as u64).saturating_add(1);
        let taken = self.input.by_ref().take(most).read_until(b'\n', &mut self.line)?;
        let skipped = if self.is_cut() { self.input.skip_until(b'\n')? } else { 0 };
        Ok(taken as u64 + skipped as u64)
    }

    /// Whether the line in memory is longer than allowed.
    fn is_cut(&self) -> bool {
        self.line.len() > self.limit && self.line.last() != Some(&b'\n')
    }
}
