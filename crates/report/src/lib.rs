//! Bug reports of static analysers and compilers, read into one type.

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

/// The largest input that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;
