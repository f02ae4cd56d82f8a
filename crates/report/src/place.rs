//! Where in an input something is, and what is wrong there.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in the input that was read (not in the source code that it speaks of).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Byte, from 0.
    pub byte: usize,
}

impl Place {
    /// The beginning of an input.
    pub const START: Self = Self { line: 1, byte: 0 };

    /// The place after `bytes` that begin here.
    pub(crate) fn after(self, bytes: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        Self { line: self.line + lines, byte: self.byte + bytes.len() }
    }
}

impl Default for Place {
    fn default() -> Self {
        Self::START
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} (byte {})", self.line, self.byte)
    }
}

/// Something in an input that could not be read, or that reads oddly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Warning {
    /// Where it is in the input.
    pub place: Place,
    /// What is wrong.
    pub message: String,
}

impl Warning {
    /// A warning about a place in the input.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
