//! Bug reports of static analysers and compilers, read into one type.
//!
//! A finding of gcc and one that a person typed into a mail say the same things: where, what, how bad, what to
//! do. This crate reads each format into [`BugReport`], so that what comes after it, a prompt, a table, a
//! patch, need not know where a report came from.
//!
//! Two rules hold for every reader. **Nothing is guessed:** a field that the report does not fill stays
//! empty, and paths, severities and messages stay as they were written, beside their normalised form.
//! **Nothing is lost in silence:** unknown keys are kept in order, the report's own text is kept, and
//! what cannot be read is a [`Warning`] with its line and byte. An [`Error`] means that there was no report
//! at all.
//!
//! ```
//! use fixwright_report::{Format, Level, parse};
//!
//! let reports = parse("\
//! greet.c: In function 'greet':
//! greet.c:9:5: warning: '%s' writes up to 63 bytes [-Wformat-overflow=]
//! greet.c:8:10: note: destination object of size 16
//! ")?;
//! let report = &reports[0];
//! assert_eq!(report.provenance.format, Some(Format::Diagnostic));
//! assert_eq!(report.location.to_string(), "greet.c:9:5");
//! assert_eq!(report.location.function.as_deref(), Some("greet"));
//! assert_eq!(report.rule.id.as_deref(), Some("-Wformat-overflow="));
//! assert_eq!(report.severity.level, Some(Level::Warning));
//! assert_eq!(report.related[0].message, "destination object of size 16");
//! # Ok::<(), fixwright_report::Error>(())
//! ```
//!
//! [`parse`] detects the format; [`cid::parse`] and [`diagnostic::parse`] read one by name, and
//! [`cid::render`] writes one. Reading takes time linear in the input, which may be [`MAX_BYTES`] long.
//!
//! Left to others: reading files, finding the paths of a report in a source tree, and deciding whether a
//! report is right.

#![forbid(unsafe_code)]

mod error;
mod format;
mod language;
mod line;
mod location;
mod reference;
mod report;

pub mod cid;
pub mod diagnostic;

pub use error::Error;
pub use format::{Format, detect, parse, parse_bytes};
pub use language::Language;
pub use location::{ColumnUnit, Location};
pub use report::{BugReport, Level, Note, Place, Provenance, Rule, Severity, Warning};

/// The largest input that is read, in bytes: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;
