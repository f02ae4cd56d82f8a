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
//! let found = parse("\
//! greet.c: In function 'greet':
//! greet.c:9:5: warning: '%s' writes up to 63 bytes [-Wformat-overflow=]
//! greet.c:8:10: note: destination object of size 16
//! ")?;
//! let report = &found.reports[0];
//! assert_eq!(report.provenance.format, Some(Format::Diagnostic));
//! assert_eq!(report.location.to_string(), "greet.c:9:5");
//! assert_eq!(report.location.function.as_deref(), Some("greet"));
//! assert_eq!(report.rule.id.as_deref(), Some("-Wformat-overflow="));
//! assert_eq!(report.severity.level, Some(Level::Warning));
//! assert_eq!(report.related[0].message, "destination object of size 16");
//! # Ok::<(), fixwright_report::Error>(())
//! ```
//!
//! [`parse`] detects the format and [`parse_as`] is told it; [`stream`] reads inputs of any size in one pass and
//! bounded memory. [`cid::render`] writes a report with keys.
//!
//! Left to others: reading files, finding the paths of a report in a source tree, and deciding whether a
//! report is right.

#![forbid(unsafe_code)]

mod coccinelle;
mod coverity_json;
mod coverity_text;
mod cppcheck_xml;
mod detect;
mod diagnostic;
mod draft;
mod error;
mod fields;
mod fix;
mod flawfinder;
mod flawfinder_csv;
mod folders;
mod format;
mod gcc_json;
mod infer;
mod input;
mod json;
mod kernel;
mod klocwork_xml;
mod language;
mod lines;
mod listing;
mod location;
mod mail;
mod note;
mod place;
mod plist;
mod position;
mod pvs_studio;
mod reference;
mod report;
mod resolve;
mod rule;
mod sanitizer;
mod semgrep;
mod semgrep_text;
mod severity;
mod smatch;
mod sparse;
mod splint;
mod status;
mod stream;
mod syzbot;
mod test_failure;
mod tidy_yaml;
mod trace;
mod valgrind_text;
mod valgrind_xml;
mod xml;

pub mod cid;
pub mod failing_test;
pub mod sarif;

pub use error::Error;
pub use fix::{Fix, Replacement};
pub use format::Format;
pub use language::Language;
pub use location::{ColumnUnit, Location};
pub use note::{Note, Step};
pub use place::{Place, Warning};
pub use report::{BugReport, Provenance};
pub use rule::Rule;
pub use severity::{Level, Severity};
pub use status::{Status, Suppression};
pub use stream::{Event, Reports, detect, parse, parse_as, stream};
pub use test_failure::TestFailure;

/// The largest input that [`parse`] reads, in bytes: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;
