//! The error of this crate.

use crate::{Format, Place};

/// Why an input gave no report.
///
/// Damage inside a report is no error: it is a [`Warning`](crate::Warning) in the report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input is larger than [`MAX_BYTES`](crate::MAX_BYTES).
    #[error(
        "input has {bytes} bytes, more than the limit of {limit}; pass only the part with the reports"
    )]
    TooLarge {
        /// Size of the input.
        bytes: usize,
        /// Size allowed.
        limit: usize,
    },
    /// The input is not UTF-8.
    #[error("{place}: not UTF-8; convert the input to UTF-8 first")]
    NotUtf8 {
        /// The first byte that is wrong.
        place: Place,
    },
    /// No format fits the input.
    #[error(
        "no bug report found: looked for a key/value report (lines such as `File: src/a.c` and \
         `Line: 12`) and for compiler diagnostics (lines such as `src/a.c:12:5: warning: ...`); \
         add a line `File:` and a line `Line:` to a free text"
    )]
    Unrecognised,
    /// The reader that was called by name found nothing of its format.
    #[error("no report found: expected {}", format.sign())]
    NoReport {
        /// The format that was asked for.
        format: Format,
    },
}
