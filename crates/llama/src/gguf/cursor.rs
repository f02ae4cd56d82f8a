//! A position in the bytes of a file, from which nothing is read past the end.

use std::fmt;
use std::path::Path;

use crate::error::{Error, Result};

#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(path: &'a Path, bytes: &'a [u8]) -> Self {
        Self { path, bytes, position: 0 }
    }

    pub(super) fn path(&self) -> &'a Path {
        self.path
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// The same file, read from another place.
    pub(super) fn at(self, position: usize) -> Self {
        Self { position, ..self }
    }

    /// An error about the bytes at `position`.
    pub(super) fn fault(&self, position: usize, what: impl Into<String>) -> Error {
        Error::gguf(self.path, position as u64, what)
    }

    /// The next `len` bytes, which `what` names.
    pub(super) fn take(&mut self, len: u64, what: &str) -> Result<&'a [u8]> {
        let rest = self.rest();
        let taken = usize::try_from(len).ok().and_then(|len| rest.get(..len)).ok_or_else(|| {
            let left = rest.len();
            self.fault(self.position, format!("{what} of {len} bytes, but {left} are left"))
        })?;
        self.position += taken.len();
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        let taken = self.take(N as u64, what)?;
        Ok(taken.try_into().expect("N bytes were asked for"))
    }

    pub(super) fn u32(&mut self, what: &str) -> Result<u32> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self, what: &str) -> Result<u64> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// A number of items, each of which takes at least `item_bytes`: so many must still fit into the file.
    pub(super) fn count(&mut self, item_bytes: u64, what: &str) -> Result<u64> {
        let position = self.position;
        let count = self.u64(what)?;
        let left = self.left();
        if count > left as u64 / item_bytes {
            return Err(
                self.fault(position, format!("{what} is {count}, but {left} bytes are left"))
            );
        }
        Ok(count)
    }

    /// A string with its length before it.
    pub(super) fn string(&mut self, what: &str) -> Result<&'a str> {
        let len = self.u64(what)?;
        let position = self.position;
        let bytes = self.take(len, what)?;
        std::str::from_utf8(bytes).map_err(|error| {
            self.fault(position + error.valid_up_to(), format!("{what} is not UTF-8"))
        })
    }

    /// How many bytes there are from here to the end of the file.
    pub(super) fn left(&self) -> usize {
        self.rest().len()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }
}

impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("path", &self.path)
            .field("position", &self.position)
            .finish()
    }
}
