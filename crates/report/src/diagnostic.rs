//! Text diagnostics of gcc, clang and clang-tidy, and cppcheck's text, which looks the same.
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
//! (`In file included from`), are [`BugReport::related`](crate::BugReport::related); `In function` gives
//! the name of the function. The way to a defect, which gcc draws below the diagnostic and clang's analyser and
//! cppcheck write as notes, is [`BugReport::steps`](crate::BugReport::steps). The source, carets and
//! fix-its stay in [`BugReport::text`](crate::BugReport::text).
//!
//! Messages without a source line, a linker's among them, are skipped with a warning.
//!
//! Which compiler wrote a diagnostic is decided from its own lines, and where these do not say it, from the lines
//! above it in the input, if all signs there are of one compiler.

mod collect;
mod dialect;
mod evidence;
mod flag;
mod head;
mod kind;
mod open;
mod path;

pub(crate) use flag::warning_option;

use crate::input::Input;
use crate::lines::Lines;
use crate::stream::{Halt, Sink};
use collect::Collector;
use dialect::Dialect;
use kind::Kind;

/// Whether `input` has a diagnostic.
pub(crate) fn is_like(input: &str) -> bool {
    input.lines().any(|line| is_head(line, Dialect::Compiler))
}

/// Whether a diagnostic begins with a line.
fn is_head(line: &str, dialect: Dialect) -> bool {
    // Nearly all lines of a log are told by this: where there is a severity, a space follows a colon or a bracket.
    let may = memchr::memmem::find(line.as_bytes(), b": ").is_some() || line.starts_with('[');
    may && matches!(kind::kind(line, dialect), Kind::Diagnostic(_))
}

/// Reads every diagnostic in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    collect(input, sink, Dialect::Compiler)
}

/// Whether the first diagnostic in `input` is one of cppcheck.
pub(crate) fn is_like_cppcheck(input: &str) -> bool {
    let Some(first) = input.lines().find(|line| is_head(line, Dialect::Cppcheck)) else {
        return false;
    };
    match kind::kind(first, Dialect::Compiler) {
        Kind::Diagnostic(head) => {
            let named = |dialect| flag::split_flags(head.message, dialect).1.rule.id.is_some();
            named(Dialect::Cppcheck) && !named(Dialect::Compiler)
        }
        _ => true,
    }
}

/// Reads every finding in cppcheck's text, that of its template `gcc` included.
pub(crate) fn read_cppcheck(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    collect(input, sink, Dialect::Cppcheck)
}

fn collect(input: &mut Input<'_>, sink: &mut Sink<'_>, dialect: Dialect) -> Result<(), Halt> {
    let mut collector = Collector::new(dialect);
    let mut lines = Lines::new(input);
    while let Some(line) = lines.next(sink)? {
        collector.line(line, sink)?;
    }
    collector.finish(sink)
}
