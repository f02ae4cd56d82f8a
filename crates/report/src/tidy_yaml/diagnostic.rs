//! One diagnostic of clang-tidy.

use super::split::Item;
use crate::fields::Fields;
use crate::{BugReport, Fix, Language, Level, Location, Note, Replacement, Step};

/// The report that a diagnostic makes.
pub(super) fn report(mut fields: Fields, item: &Item) -> BugReport {
    let mut report = BugReport::standing_at(item.place, item.text.as_bytes());
    report.provenance.tool = Some("clang-tidy".to_owned());
    report.rule.id = fields.text("DiagnosticName");
    report.severity.raw = fields.text("Level");
    report.severity.level = report.severity.raw.as_deref().and_then(Level::from_word);
    let base = fields.text("BuildDirectory");
    if fields.within("DiagnosticMessage", |message| head(&mut report, message)).is_none() {
        // Before clang 9 the members of the message stood in the diagnostic itself.
        head(&mut report, &mut fields);
    }
    // What leads to a finding of the static analyser is written as notes.
    let is_path = report.rule.id.as_deref().is_some_and(|id| id.starts_with("clang-analyzer-"));
    for mut note in fields.objects("Notes") {
        let (location, message) = (location(&mut note), note.text("Message").unwrap_or_default());
        let edits = edits(&mut note);
        if !edits.is_empty() {
            report.fixes.push(Fix { description: Some(message.clone()), edits });
        }
        if is_path {
            report.steps.push(Step::new(location, message));
        } else {
            report.related.push(Note::new(location, message));
        }
    }
    if let Some(last) = report.steps.last_mut() {
        last.is_key = last.location.bytes == report.location.bytes;
    }
    for location in report.locations_mut().filter(|location| location.path.is_some()) {
        location.base.clone_from(&base);
    }
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    report.extra = fields.rest();
    report
}

/// What the diagnostic says itself.
fn head(report: &mut BugReport, message: &mut Fields) {
    report.title = message.text("Message");
    report.location = location(message);
    let edits = edits(message);
    if !edits.is_empty() {
        report.fixes.push(Fix { description: None, edits });
    }
}

fn edits(message: &mut Fields) -> Vec<Replacement> {
    let edit = |mut edit: Fields| {
        let path = edit.text("FilePath");
        let from = edit.offset("Offset")?;
        let bytes = Some((from, from.saturating_add(edit.offset("Length").unwrap_or_default())));
        let text = edit.text("ReplacementText").unwrap_or_default();
        Some(Replacement::new(Location { path, bytes, ..Location::default() }, text))
    };
    message.objects("Replacements").into_iter().filter_map(edit).collect()
}

/// A place, which has no extent but where the first of its ranges gives it one.
fn location(message: &mut Fields) -> Location {
    let Some(path) = message.text("FilePath") else { return Location::default() };
    let from = message.offset("FileOffset");
    let first = message.list("Ranges").into_iter().find_map(Fields::from_value);
    let length = first.and_then(|mut range| {
        let same =
            range.text("FilePath").as_ref() == Some(&path) && range.offset("FileOffset") == from;
        range.offset("Length").filter(|_| same)
    });
    let bytes = from.map(|from| (from, from.saturating_add(length.unwrap_or_default())));
    Location { path: Some(path), bytes, ..Location::default() }
}
