//! A report in the making, with its text of bounded length.

use crate::lines::Line;
use crate::{BugReport, Warning};

/// A longer text of one report is cut, in bytes.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// A report to which lines are still coming.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) report: BugReport,
    room: Room,
}

/// Whether more text fits into a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    Left,
    /// What a line says is left out like its text, so that a report without end needs no memory without end.
    None,
}

impl Draft {
    /// A report that begins with `line`.
    pub(crate) fn new(line: &Line<'_>) -> Self {
        let mut report = BugReport::default();
        report.provenance.span = line.place.byte..line.place.byte;
        report.provenance.line = line.place.line;
        let mut draft = Self { report, room: Room::Left };
        draft.take(line);
        draft
    }

    /// Takes a line into the text and the span.
    pub(crate) fn take(&mut self, line: &Line<'_>) -> Room {
        if self.room == Room::None {
            return Room::None;
        }
        let length = self.report.text.len();
        if length > 0 && length + line.whole.len() > MAX_TEXT {
            self.room = Room::None;
            self.warn(
                line,
                format!("the report is longer than {MAX_TEXT} bytes; the rest is left out"),
            );
            return Room::None;
        }
        self.report.text.push_str(&line.whole);
        self.report.provenance.span.end = line.end;
        Room::Left
    }

    /// Adds a warning about a line.
    pub(crate) fn warn(&mut self, line: &Line<'_>, message: impl Into<String>) {
        self.report.warnings.push(Warning::new(line.place, message));
    }
}
