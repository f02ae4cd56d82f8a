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

use crate::input::Input;
use crate::stream::{Halt, Sink};
use crate::text::{lines, whole};

/// Whether `input` has a diagnostic.
pub(crate) fn is_like(input: &str) -> bool {
    lines(input)
        .any(|line| matches!(kind::kind(&ansi::plain(line.text)), kind::Kind::Diagnostic(_)))
}

/// Reads every diagnostic in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let text = whole(input, sink)?;
    collect::collect(&text).into_iter().try_for_each(|report| sink.report(report))
}
