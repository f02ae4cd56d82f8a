//! The key/value report in the style of Coverity.
//!
//! ```text
//! CID: 492835
//! Type: Buffer overflow
//! File: src/greet.c
//! Function: greet
//! Line: 9
//!
//! Description:
//! The name is copied without regard to the size of the buffer.
//!
//! Use snprintf instead
//! ```
//!
//! People and models write such reports by hand, so nothing in it can be relied on but the look of
//! a line with a key. Keys come in any order and under many names (`Issue`, `Problem` and `Summary`
//! are all titles); any may be missing, and unknown ones are kept in [`BugReport::extra`](crate::BugReport::extra). A title
//! may stand above them without a key, and a suggestion below them. Text that stands deeper than
//! its key is never searched for keys.
//!
//! Several reports in one text are told apart where a key such as `File` comes again.

mod block;
mod entry;
mod fill;
mod gather;
mod item;
mod key;
mod render;
mod suggestion;
mod value;

use crate::input::Input;
use crate::lines::Lines;
use crate::stream::{Halt, Sink};
use gather::Gather;
use key::Key;

pub use render::render;

/// Whether `input` looks like such a report: a key that says where, or two different ones.
pub(crate) fn is_like(input: &str) -> bool {
    let mut seen = None;
    input.lines().filter_map(item::key_line).any(|line| {
        let other = seen.is_some_and(|key| key != line.key);
        let telling = matches!(line.key, Key::Cid | Key::File | Key::Location);
        match line.key {
            Key::Other => false,
            _ if line.value.is_empty() && !line.key.is_text() => false,
            _ if telling || other => true,
            key => {
                seen = Some(key);
                false
            }
        }
    })
}

/// Reads every report in `input`.
///
/// A report without a file or a line, or with a value that cannot be read, comes with a
/// [`Warning`](crate::Warning) that says so.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut gather = Gather::default();
    let mut lines = Lines::new(input);
    while let Some(line) = lines.next(sink)? {
        gather.line(&line, sink)?;
    }
    gather.finish(sink)
}
