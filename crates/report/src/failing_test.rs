//! A failing test as a bug report: what went in, what was expected, what came out.
//!
//! ```text
//! Test: greets nobody
//! File: src/greet.c
//! Function: greet
//! Line: 9
//! Input:
//!     3
//!     Ann
//! Expected: Hello, Ann!
//! Actual: Hello, An
//! Exit status: 1
//! Signal: 11
//! ```
//!
//! - `Expected:` or `Actual:` must be there; every other key may be missing, and the order is free. `Expected
//!   output`, `Want`, `Actual output`, `Output`, `Got`, `Stdin`, `Exit code`, `Name` and `Title` are read
//!   too, and letters of either case.
//! - A text stands behind its key, without the white space around it; or below it, every line four spaces deep. Then
//!   it ends with a newline, unless a line `\ No newline at the end` says otherwise.
//! - A text that stands below its key without being indented reaches to the next key; the blank lines around it and
//!   its last newline do not count.
//! - A key that the report has already, or `Test:` below an output, begins the next report.
//!
//! The same as JSON is an object for each test, one after another or in an array, with the members `name` or
//! `test`, `input`, `expected`, `actual`, `file`, `line`, `function`, `exit_status` and `signal`; other members are
//! kept in [`BugReport::extra`](crate::BugReport::extra). [`BugReport::from_test`](crate::BugReport::from_test) needs
//! neither.

mod json;
mod key;
mod read;
mod render;

use crate::detect::Head;

pub use render::render;

pub(crate) use read::read;

/// The line that says that the text above it does not end with a newline.
const NO_NEWLINE: &str = "\\ No newline at the end";
/// What the lines of a text are indented by.
const INDENT: &str = "    ";

/// Whether an input has both an expected and an actual output.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    if let Some(outline) = &head.json {
        return outline.has("expected") && (outline.has("actual") || outline.has("input"));
    }
    let has =
        |wanted| head.text.lines().any(|line| key::key(line).is_some_and(|(key, _)| key == wanted));
    head.root.is_none() && has(key::Key::Expected) && has(key::Key::Actual)
}
