//! The error of this crate.

use crate::Format;

/// Why an input gave no report.
///
/// Damage inside an input is no error: it is a [`Warning`](crate::Warning).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input is larger than [`MAX_BYTES`](crate::MAX_BYTES).
    #[error(
        "input has {bytes} bytes, more than the limit of {limit}; read it with `stream`, or pass only the part \
         with the reports"
    )]
    TooLarge {
        /// Size of the input.
        bytes: usize,
        /// Size allowed.
        limit: usize,
    },
    /// No format fits the input.
    #[error(
        "no bug report found: looked for the output of analysers, compilers and sanitizers, and for a key/value \
         report (lines such as `File: src/a.c` and `Line: 12`); name the format, or add a line `File:` and a line \
         `Line:` to a free text"
    )]
    Unrecognised,
    /// The input has nothing of its format.
    #[error("no {format} report found: expected {}", format.sign())]
    NoReport {
        /// The format that the input was read as.
        format: Format,
    },
    /// There is no format of that name.
    #[error("no format is named `{name}`; there are {}", Format::names())]
    UnknownFormat {
        /// The name.
        name: String,
    },
    /// The input is of a version that is not read.
    #[error("{found} is not read; {advice}")]
    Version {
        /// The format and version found.
        found: String,
        /// What to do.
        advice: &'static str,
    },
    /// The input could not be read.
    #[error("the input could not be read: {0}")]
    Io(#[from] std::io::Error),
}
