//! One diagnostic of gcc.

use crate::diagnostic::warning_option;
use crate::fields::Fields;
use crate::json::Raw;
use crate::{BugReport, ColumnUnit, Fix, Language, Level, Location, Note, Replacement, Step};

/// The report that a diagnostic makes.
pub(super) fn report(mut fields: Fields, raw: &Raw) -> BugReport {
    let mut report = BugReport::standing_at(raw.place, &raw.bytes);
    report.provenance.tool = Some("gcc".to_owned());
    fill(&mut report, &mut fields);
    report.extra.append(&mut fields.rest());
    report
}

/// What a diagnostic says, as a note of another one.
pub(super) fn note(report: &mut BugReport) -> Note {
    let message = report.title.take().unwrap_or_default();
    Note::new(std::mem::take(&mut report.location), message)
}

fn fill(report: &mut BugReport, fields: &mut Fields) {
    let origin = fields.offset("column-origin").unwrap_or(1);
    report.severity.raw = fields.text("kind");
    let level = report.severity.raw.as_deref().and_then(Level::from_word);
    report.severity.level = level.or(report.severity.raw.is_some().then_some(Level::Error));
    report.title = fields.text("message");
    report.rule.id = fields.text("option").map(|option| warning_option(&option));
    report.rule.help_uri = fields.text("option_url");
    let cwe = fields.within("metadata", |metadata| metadata.number("cwe"));
    report.rule.cwe = cwe.flatten().into_iter().collect();
    locations(report, fields, origin);
    for event in fields.objects("path") {
        report.steps.push(step(event, origin));
    }
    if let Some(last) = report.steps.last_mut() {
        last.is_key = true;
        if last.location.line == report.location.line {
            report.location.function.clone_from(&last.location.function);
        }
    }
    fixes(report, fields, origin);
    for child in fields.objects("children") {
        children(report, child);
    }
    report.language = report.location.path.as_deref().and_then(Language::from_path);
}

/// The first place is where the diagnostic is; others have a label.
fn locations(report: &mut BugReport, fields: &mut Fields, origin: u64) {
    for (index, mut place) in fields.objects("locations").into_iter().enumerate() {
        let label = place.text("label");
        let (location, start) = range(&mut place, origin);
        if index > 0 {
            report.related.push(Note::new(location, label.unwrap_or_default()));
            continue;
        }
        report.extra.extend(start.map(|start| ("start".to_owned(), start)));
        report.extra.extend(label.map(|label| ("label".to_owned(), label)));
        report.location = location;
    }
}

/// The place of the caret with the end of its range, and where the range starts, if that is elsewhere.
fn range(place: &mut Fields, origin: u64) -> (Location, Option<String>) {
    let mut part = |name| place.object(name).map(|mut point| self::point(&mut point, origin));
    let (caret, start, finish) = (part("caret"), part("start"), part("finish"));
    let mut location = caret.or_else(|| start.clone()).unwrap_or_default();
    let start =
        start.filter(|start| (start.line, start.column) != (location.line, location.column));
    if let Some(finish) = finish.filter(|finish| finish.path == location.path) {
        location.end_line = finish.line.filter(|&line| Some(line) != location.line);
        location.end_column = finish.column.map(|column| column.saturating_add(1));
    }
    let start = start.and_then(|start| Some(format!("{}:{}", start.line?, start.column?)));
    (location, start)
}

/// A single place. Its `column` counts what gcc was asked to count, which the other two columns show.
fn point(place: &mut Fields, origin: u64) -> Location {
    let display = place.offset("display-column");
    let byte = place.offset("byte-column");
    let column = place.offset("column").or(byte);
    let unit =
        if display.is_some() && column == display { ColumnUnit::Display } else { ColumnUnit::Byte };
    at(place, column, unit, origin)
}

/// A single place, its column in bytes, which a change needs.
fn exact(place: &mut Fields, origin: u64) -> Location {
    let byte = place.offset("byte-column");
    let column = byte.or_else(|| place.offset("column"));
    at(place, column, ColumnUnit::Byte, origin)
}

fn at(place: &mut Fields, column: Option<u64>, unit: ColumnUnit, origin: u64) -> Location {
    let counted = column.and_then(|column| (column + 1).checked_sub(origin));
    let column = counted.and_then(|column| u32::try_from(column).ok()).filter(|&column| column > 0);
    Location {
        path: place.text("file"),
        line: place.number("line"),
        column,
        column_unit: column.map(|_| unit),
        ..Location::default()
    }
}

fn step(mut event: Fields, origin: u64) -> Step {
    let place = event.object("location").map(|mut place| point(&mut place, origin));
    let mut location = place.unwrap_or_default();
    location.function = event.text("function");
    let mut step = Step::new(location, event.text("description").unwrap_or_default());
    step.nesting = event.number("depth").unwrap_or_default();
    step
}

/// The insertions, deletions and replacements, which gcc means to be made together.
fn fixes(report: &mut BugReport, fields: &mut Fields, origin: u64) {
    let edits = fields.objects("fixits").into_iter().filter_map(|mut hint| {
        let mut start = exact(&mut hint.object("start")?, origin);
        let next = exact(&mut hint.object("next")?, origin);
        start.end_line = next.line;
        start.end_column = next.column;
        Some(Replacement::new(start, hint.text("string").unwrap_or_default()))
    });
    let edits: Vec<_> = edits.collect();
    if !edits.is_empty() {
        report.fixes.push(Fix { description: None, edits });
    }
}

/// The notes below a diagnostic, and those below them.
fn children(report: &mut BugReport, mut child: Fields) {
    let mut below = BugReport::default();
    let nested = child.objects("children");
    fill(&mut below, &mut child);
    report.related.push(note(&mut below));
    report.related.append(&mut below.related);
    for fix in &mut below.fixes {
        fix.description = report.related.last().map(|note| note.message.clone());
    }
    report.fixes.append(&mut below.fixes);
    for inner in nested {
        children(report, inner);
    }
}
