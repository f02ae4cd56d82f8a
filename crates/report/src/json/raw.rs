//! One JSON value as it stands in the input.

use serde::de::DeserializeOwned;

use crate::{Place, Warning};

/// One JSON value as it stands in the input.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    /// Where it begins.
    pub(crate) place: Place,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Raw {
    /// The value as a `T`.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Warning> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let lines = error.line().saturating_sub(1);
            let starts = memchr::memchr_iter(b'\n', &self.bytes).map(|at| at + 1);
            let start = std::iter::once(0).chain(starts).nth(lines).unwrap_or_default();
            let byte = self.place.byte + start + error.column().saturating_sub(1);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            Warning::new(Place { line: self.place.line + lines, byte }, message)
        })
    }

    /// The bytes of the input that the value takes up.
    pub(crate) fn span(&self) -> std::ops::Range<usize> {
        self.place.byte..self.place.byte + self.bytes.len()
    }

    /// The value as text.
    pub(crate) fn text(&self) -> String {
        crate::lines::lossy(&self.bytes).into_owned()
    }
}
