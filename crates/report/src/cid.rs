//! The key/value report in the style of Coverity.

use crate::{BugReport, Error, Format, format::check_size};

/// Whether `input` has the keys of such a report.
pub(crate) fn is_like(_input: &str) -> bool {
    false
}

/// Reads every report in `input`.
///
/// # Errors
///
/// [`Error::TooLarge`] above [`MAX_BYTES`](crate::MAX_BYTES), [`Error::NoReport`] without a known key.
pub fn parse(input: &str) -> Result<Vec<BugReport>, Error> {
    check_size(input.len())?;
    Err(Error::NoReport { format: Format::Cid })
}
