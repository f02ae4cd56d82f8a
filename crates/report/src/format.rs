//! Which format an input is in, and reading it by that.

use serde::{Deserialize, Serialize};

use crate::{BugReport, Error, MAX_BYTES, Place, cid, diagnostic};

/// A format of bug reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// The key/value report in the style of Coverity, read by [`cid`].
    Cid,
    /// Text diagnostics of gcc, clang and clang-tidy, read by [`diagnostic`].
    Diagnostic,
}

impl Format {
    /// What an input of this format has to show.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Cid => "a line with a key such as `File: src/a.c`",
            Self::Diagnostic => "a line such as `src/a.c:12:5: warning: ...`",
        }
    }
}

/// The format of `input`, from its text alone.
pub fn detect(input: &str) -> Option<Format> {
    if cid::is_like(input) {
        Some(Format::Cid)
    } else if diagnostic::is_like(input) {
        Some(Format::Diagnostic)
    } else {
        None
    }
}

/// Reads every report in `input`, in the format that [`detect`] finds.
///
/// # Errors
///
/// [`Error::TooLarge`] above [`MAX_BYTES`], [`Error::Unrecognised`] if there is no report.
pub fn parse(input: &str) -> Result<Vec<BugReport>, Error> {
    check_size(input.len())?;
    match detect(input).ok_or(Error::Unrecognised)? {
        Format::Cid => cid::parse(input),
        Format::Diagnostic => diagnostic::parse(input),
    }
}

/// Reads every report in the bytes of a file.
///
/// # Errors
///
/// As [`parse`], and [`Error::NotUtf8`] with the line and byte where the input stops being UTF-8.
pub fn parse_bytes(input: &[u8]) -> Result<Vec<BugReport>, Error> {
    check_size(input.len())?;
    let text = std::str::from_utf8(input).map_err(|error| {
        let byte = error.valid_up_to();
        let line = 1 + input[..byte].iter().filter(|&&b| b == b'\n').count();
        Error::NotUtf8 { place: Place { line, byte } }
    })?;
    parse(text)
}

/// Refuses an input above the limit.
pub(crate) fn check_size(bytes: usize) -> Result<(), Error> {
    if bytes > MAX_BYTES {
        return Err(Error::TooLarge { bytes, limit: MAX_BYTES });
    }
    Ok(())
}
