//! The report to which the next lines may belong.

use super::dialect::Dialect;
use super::evidence::Evidence;
use super::head::Head;
use super::path::Drawing;
use crate::draft::{Draft, Room};
use crate::lines::Line;
use crate::{BugReport, ColumnUnit, Language, Note, Step};

/// A report to which lines are still coming, with what they show of the compiler.
pub(super) struct Open {
    pub(super) draft: Draft,
    pub(super) evidence: Evidence,
    notes: Notes,
    /// The way that gcc's analyser draws.
    drawing: Option<Drawing>,
    /// The column of the last diagnostic or note.
    column: Option<u32>,
}

/// What the notes of a report are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notes {
    Related,
    /// The way to the defect.
    Steps,
}

impl Open {
    /// A report that begins with `line`, or with lines above it.
    pub(super) fn new(above: Option<&Line<'_>>, line: &Line<'_>, dialect: Dialect) -> Self {
        let mut draft = Draft::new(above.unwrap_or(line));
        if above.is_some() {
            draft.take(line);
        }
        let notes = if dialect == Dialect::Cppcheck { Notes::Steps } else { Notes::Related };
        Self { draft, evidence: Evidence::default(), notes, drawing: None, column: None }
    }

    /// Takes over where the head says the defect is; the rule is there already.
    pub(super) fn head(&mut self, line: &Line<'_>, head: Head<'_>) {
        let report = &mut self.draft.report;
        let rule = report.rule.id.as_deref().unwrap_or_default();
        if rule.starts_with("clang-analyzer-") || (!rule.starts_with('-') && rule.contains('.')) {
            self.notes = Notes::Steps;
        }
        self.drawing = rule.starts_with("-Wanalyzer-").then(Drawing::default);
        report.language = head.location.path.as_deref().and_then(Language::from_path);
        report.steps = head.steps;
        let placeless = head.location.line.is_none() && head.bad_line.is_none();
        self.column = head.location.column;
        report.location = head.location;
        self.evidence.message(head.message);
        if placeless {
            self.draft.warn(line, "the tool gives no line");
        }
        self.check_line(line, head.bad_line);
    }

    /// Takes a note, the line of which is in the text already.
    pub(super) fn note(&mut self, line: &Line<'_>, head: Head<'_>) {
        self.column = head.location.column;
        self.evidence.message(head.message);
        let report = &mut self.draft.report;
        match self.notes {
            Notes::Related => report.related.push(Note::new(head.location, head.message)),
            Notes::Steps => report.steps.push(Step::new(head.location, head.message)),
        }
        self.check_line(line, head.bad_line);
    }

    /// Takes a line of source, markers or a drawing.
    pub(super) fn body(&mut self, line: &Line<'_>) {
        if self.draft.take(line) == Room::None {
            return;
        }
        self.evidence.drawn(line.text(), self.column);
        if let Some(drawing) = &mut self.drawing {
            drawing.read(line.text(), self.draft.report.location.path.as_deref());
        }
    }

    /// The report, once nothing more belongs to it.
    pub(super) fn finish(self, seen: Evidence) -> BugReport {
        let mut report = self.draft.report;
        report.steps.extend(self.drawing.map(Drawing::into_steps).unwrap_or_default());
        let whole = self.evidence.tool().or_else(|| seen.tool());
        let tool = &mut report.provenance.tool;
        *tool = tool.take().or_else(|| whole.map(str::to_owned));
        let unit = match tool.as_deref() {
            Some("clang" | "clang-tidy") => Some(ColumnUnit::Byte),
            Some("gcc") => Some(ColumnUnit::Display),
            _ => None,
        };
        let place = (report.location.path.clone(), report.location.line, report.location.column);
        for step in &mut report.steps {
            let at = &step.location;
            step.is_key = (&at.path, at.line, at.column) == (&place.0, place.1, place.2);
        }
        // A loop may come by the place several times; the defect shows at the last of them.
        let last = report.steps.iter().rposition(|step| step.is_key);
        for (index, step) in report.steps.iter_mut().enumerate() {
            step.is_key = Some(index) == last;
        }
        let places = report.related.iter_mut().map(|note| &mut note.location);
        let places = places.chain(report.steps.iter_mut().map(|step| &mut step.location));
        for place in places.chain([&mut report.location]).filter(|place| place.column.is_some()) {
            place.column_unit = unit;
        }
        report
    }

    fn check_line(&mut self, line: &Line<'_>, bad: Option<&str>) {
        if let Some(number) = bad {
            self.draft.warn(line, format!("`{number}` is no line number"));
        }
    }
}
