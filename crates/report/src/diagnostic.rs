//! Text diagnostics of gcc, clang and clang-tidy.

use crate::{BugReport, Error, Format, format::check_size};

/// Whether `input` has a diagnostic.
pub(crate) fn is_like(_input: &str) -> bool {
    false
}

/// Reads every diagnostic in `input`.
///
/// # Errors
///
/// [`Error::TooLarge`] above [`MAX_BYTES`](crate::MAX_BYTES), [`Error::NoReport`] without a diagnostic.
pub fn parse(input: &str) -> Result<Vec<BugReport>, Error> {
    check_size(input.len())?;
    Err(Error::NoReport { format: Format::Diagnostic })
}
