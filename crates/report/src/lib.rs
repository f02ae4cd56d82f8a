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
//! [`parse`] detects the format and [`parse_as`] is told it; both hold the whole input. [`stream`] reads inputs of any
//! size in one pass, and its memory is bounded by the largest report:
//!
//! ```
//! use std::ops::ControlFlow;
//! use fixwright_report::{Event, Format, stream};
//!
//! # let file = &br#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": [
//! #     {"ruleId": "R1", "message": {"text": "m"}}, {"ruleId": "R2", "message": {"text": "m"}}]}]}"#[..];
//! let mut rules = Vec::new();
//! stream(file, Some(Format::Sarif), &mut |event| match event {
//!     Event::Report(report) => {
//!         rules.extend(report.rule.id);
//!         ControlFlow::Continue(())
//!     }
//!     _ => ControlFlow::Break(()),
//! })?;
//! assert_eq!(rules, ["R1", "R2"]);
//! # Ok::<(), fixwright_report::Error>(())
//! ```
//!
//! [`sarif::Writer`] writes reports of any format as SARIF 2.1.0 that reads back as the same reports, and
//! [`cid::render`] writes one with keys:
//!
//! ```
//! use fixwright_report::{parse, sarif};
//!
//! let found = parse("a.c:3:1: warning: unused variable 'x' [-Wunused-variable]\n")?;
//! let mut writer = sarif::Writer::new(Vec::new());
//! for report in &found.reports {
//!     writer.report(report)?;
//! }
//! let again = parse(writer.finish()?)?;
//! assert_eq!(again.reports[0].rule, found.reports[0].rule);
//! # Ok::<(), fixwright_report::Error>(())
//! ```
//!
//! # Formats
//!
//! Each by its name, which is that of [`Format::name`].
//!
//! | name | written by |
//! |---|---|
//! | `cid` | people, models and Coverity's views: lines such as `File: src/a.c` |
//! | `coverity-text` | `cov-format-errors`, mails of Coverity Scan |
//! | `coverity-json` | `cov-format-errors --json-output-v2`, `-v7`, `-v10`; views of Coverity Connect |
//! | `sarif` | any tool that writes SARIF 2.1.0 |
//! | `diagnostic` | gcc, clang, clang-tidy, Microsoft's compilers, and whatever writes like them |
//! | `gcc-json` | gcc with `-fdiagnostics-format=json` |
//! | `clang-tidy-yaml` | clang-tidy with `--export-fixes` |
//! | `plist` | clang's static analyser, CodeChecker's converters |
//! | `cppcheck-xml`, `cppcheck-text` | cppcheck |
//! | `infer` | Infer: `report.json` |
//! | `semgrep`, `semgrep-text` | Semgrep with `--json`; on a terminal |
//! | `pvs-studio` | PVS-Studio's JSON |
//! | `klocwork-xml` | Klocwork |
//! | `flawfinder`, `flawfinder-csv` | flawfinder; with `--csv` |
//! | `splint` | splint |
//! | `smatch`, `sparse`, `coccinelle` | the checkers of the Linux kernel, in logs and mails |
//! | `sanitizer` | ASan, LSan, MSan, TSan, UBSan, libFuzzer |
//! | `kernel`, `syzbot` | the Linux kernel's log; mails of syzbot |
//! | `valgrind-text`, `valgrind-xml` | memcheck, helgrind, DRD; with `--xml=yes` |
//! | `failing-test` | a test: input, expected and actual output ([`failing_test`]) |
//!
//! Nothing found is no error: an empty list of results gives no reports, and so does blank input in a format of lines
//! that was named. Blank input in no named format, and a document that is not there, are errors.
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
