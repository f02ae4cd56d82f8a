//! One diagnostic of a property list.

use crate::fields::Fields;
use crate::{BugReport, ColumnUnit, Fix, Language, Location, Note, Replacement, Step, Warning};

/// Fills a report; its paths are the numbers of files until [`name_files`] has named them.
pub(super) fn fill(report: &mut BugReport, mut fields: Fields) {
    report.rule.id = fields.text("check_name");
    report.rule.kind = fields.text("type");
    report.rule.category = fields.text("category");
    report.title = fields.text("description");
    report.location = fields.object("location").map(location).unwrap_or_default();
    let named = fields.text("issue_context");
    let kind = fields.text("issue_context_kind").unwrap_or_default();
    if ["function", "method", "C++", "constructor"].iter().any(|word| kind.contains(word)) {
        report.location.function = named;
    } else {
        report.extra.extend(named.map(|name| ("issue_context".to_owned(), name)));
    }
    let name = "issue_hash_content_of_line_in_context";
    let hash = fields.text(name).filter(|hash| hash != "0");
    report.fingerprints.extend(hash.map(|hash| (name.to_owned(), hash)));
    for mut piece in fields.objects("path") {
        fixes(report, &mut piece);
        // Control pieces are the arrows between the events.
        let kind = piece.text("kind").filter(|kind| kind != "event");
        if kind.as_deref() != Some("control") {
            let mut step = step(piece);
            step.tag = kind;
            report.steps.push(step);
        }
    }
    if let Some(last) = report.steps.last_mut() {
        last.is_key = last.location.line == report.location.line;
    }
    fixes(report, &mut fields);
    for mut note in fields.objects("notes") {
        let place = note.object("location").map(location).unwrap_or_default();
        report.related.push(Note::new(place, note.text("message").unwrap_or_default()));
    }
    // Which lines were run says nothing about the defect.
    fields.object("ExecutedLines");
    report.extra.extend(fields.rest());
}

fn location(mut fields: Fields) -> Location {
    Location {
        path: fields.offset("file").map(|number| number.to_string()),
        line: fields.number("line"),
        column: fields.number("col"),
        ..Location::default()
    }
}

fn step(mut piece: Fields) -> Step {
    let mut place = piece.object("location").map(location).unwrap_or_default();
    end(&mut place, &mut piece);
    let message = piece.text("message").or_else(|| piece.text("extended_message"));
    let mut step = Step::new(place, message.unwrap_or_default());
    step.nesting = piece.number("depth").unwrap_or_default();
    step
}

/// The end of the first range, if it begins at the place.
fn end(place: &mut Location, piece: &mut Fields) {
    let first = piece.list("ranges").into_iter().next();
    let Some(serde_json::Value::Array(range)) = first else { return };
    let mut points = range.into_iter().filter_map(Fields::from_value).map(location);
    if let (Some(start), Some(last)) = (points.next(), points.next())
        && (&start.path, start.line, start.column) == (&place.path, place.line, place.column)
    {
        place.end_line = last.line.filter(|&line| Some(line) != place.line);
        place.end_column = last.column.map(|column| column.saturating_add(1));
    }
}

/// The changes that a piece proposes; a range that is empty ends before it begins.
fn fixes(report: &mut BugReport, piece: &mut Fields) {
    let edits = piece.objects("fixits").into_iter().filter_map(|mut hint| {
        let mut points = hint.objects("remove_range").into_iter().map(location);
        let (mut start, last) = (points.next()?, points.next()?);
        start.end_line = last.line;
        start.end_column = last.column.map(|column| column.saturating_add(1));
        Some(Replacement::new(start, hint.text("insert_string").unwrap_or_default()))
    });
    let edits: Vec<_> = edits.collect();
    if !edits.is_empty() {
        report.fixes.push(Fix { description: None, edits });
    }
}

/// Puts the names of files in place of their numbers.
pub(super) fn name_files(report: &mut BugReport, files: Option<&[String]>) {
    let unit = (report.provenance.tool.as_deref() == Some("clang")).then_some(ColumnUnit::Byte);
    let mut missing = None;
    for location in report.locations_mut() {
        location.column_unit = unit.filter(|_| location.column.is_some());
        let Some(number) = location.path.take() else { continue };
        let index = number.parse::<usize>().ok();
        location.path = files.zip(index).and_then(|(files, index)| files.get(index).cloned());
        if location.path.is_none() {
            missing = Some(number);
        }
    }
    if let Some(number) = missing {
        let message = format!("the list of files that could be read has no file {number}");
        report.warnings.push(Warning::new(report.place(), message));
    }
    report.language = report.location.path.as_deref().and_then(Language::from_path);
}
