//! Text diagnostics of gcc, clang and clang-tidy.
//!
//! ```text
//! greet.c: In function 'greet':
//! greet.c:9:5: warning: '%s' directive writing up to 63 bytes [-Wformat-overflow=]
//!     9 |     sprintf(buf, "%s", name);
//!       |     ^~~~~~~
//! greet.c:8:10: note: destination object of size 16
//! ```
//!
//! Each diagnostic is one report. Its notes, and the lines above it that say how the compiler came there
//! (`In file included from`), are [`BugReport::related`]; `In function` gives the name of the function.
//! The source, carets, fix-its and paths that are drawn below stay in [`BugReport::text`].
//!
//! Messages without a source line, a linker's among them, are skipped with a warning in the report above
//! them, or the first report if there is none above.

mod ansi;
mod collect;
mod flag;
mod kind;

use crate::format::check_size;
use crate::line::lines;
use crate::{BugReport, Error, Format};

/// Whether `input` has a diagnostic.
pub(crate) fn is_like(input: &str) -> bool {
    lines(input)
        .any(|line| matches!(kind::kind(&ansi::plain(line.text)), kind::Kind::Diagnostic(_)))
}

/// Reads every diagnostic in `input`.
///
/// # Errors
///
/// [`Error::TooLarge`] above [`MAX_BYTES`](crate::MAX_BYTES), [`Error::NoReport`] without a diagnostic.
pub fn parse(input: &str) -> Result<Vec<BugReport>, Error> {
    check_size(input.len())?;
    let reports = collect::collect(input);
    if reports.is_empty() {
        return Err(Error::NoReport { format: Format::Diagnostic });
    }
    Ok(reports)
}
