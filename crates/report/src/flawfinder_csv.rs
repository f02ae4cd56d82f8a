//! Hits of flawfinder as CSV (`--csv`), one record a hit under a line with the names of the columns.

use crate::draft::{Draft, MAX_TEXT};
use crate::flawfinder::level;
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::reference::{collect_cwe, number};
use crate::stream::{Halt, Sink};
use crate::{ColumnUnit, Language, Location};

/// Whether `input` begins with flawfinder's columns.
pub(crate) fn is_like(input: &str) -> bool {
    let first = input.lines().next().unwrap_or_default();
    first.starts_with("File,Line,Column,") && first.contains(",Warning,")
}

/// Reads every record in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines = Lines::new(input);
    let mut columns: Option<Vec<String>> = None;
    let mut held: Option<Line<'static>> = None;
    while let Some(line) = lines.next(sink)? {
        let record = match held.take() {
            Some(mut record) => {
                record.whole.to_mut().push_str(&line.whole);
                record.end = line.end;
                record
            }
            None => line.into_owned(),
        };
        let open = record.whole.bytes().filter(|&b| b == b'"').count() % 2 == 1;
        if open && record.whole.len() <= MAX_TEXT {
            held = Some(record);
        } else {
            take(&record, &mut columns, sink)?;
        }
    }
    held.map_or(Ok(()), |record| take(&record, &mut columns, sink))
}

/// Takes a whole record: the names of the columns, or a hit.
fn take(
    record: &Line<'_>,
    columns: &mut Option<Vec<String>>,
    sink: &mut Sink<'_>,
) -> Result<(), Halt> {
    let fields = fields(record.text());
    match columns {
        _ if record.text().is_empty() => Ok(()),
        None if fields.first().is_some_and(|name| name == "File") => {
            *columns = Some(fields);
            sink.recognised();
            Ok(())
        }
        Some(columns) if columns.len() == fields.len() => hit(record, columns, &fields, sink),
        _ => sink.warn(
            record.place,
            "the record has not as many fields as there are columns and is skipped",
        ),
    }
}

fn hit(
    record: &Line<'_>,
    columns: &[String],
    fields: &[String],
    sink: &mut Sink<'_>,
) -> Result<(), Halt> {
    let mut draft = Draft::new(record);
    let report = &mut draft.report;
    report.provenance.tool = Some("flawfinder".to_owned());
    let mut location = Location::default();
    for (name, value) in columns.iter().zip(fields).filter(|(_, value)| !value.is_empty()) {
        let text = Some(value.clone());
        match name.as_str() {
            "File" => location.path = text,
            "Line" => location.line = number(value),
            "Column" => location.column = number(value),
            "Level" => report.severity.raw = text,
            "Category" => report.rule.category = text,
            "Name" => report.rule.name = text,
            "Warning" => report.title = text,
            "Suggestion" => report.suggested_fix = text,
            "Note" => report.description = text,
            "CWEs" => collect_cwe(value, &mut report.rule.cwe),
            "Context" => location.snippet = text,
            "Fingerprint" => report.fingerprints.push((name.clone(), value.clone())),
            "ToolVersion" => report.provenance.tool_version = text,
            "RuleId" => report.rule.id = text,
            "HelpUri" => report.rule.help_uri = text,
            _ => report.extra.push((name.clone(), value.clone())),
        }
    }
    report.severity.level = report.severity.raw.as_deref().and_then(level);
    location.column_unit = location.column.map(|_| ColumnUnit::CodePoint);
    report.language = location.path.as_deref().and_then(Language::from_path);
    report.location = location;
    if report.location.line.is_none() {
        draft.warn(record, "the record has no line");
    }
    sink.report(draft.report)
}

/// The fields of a record (RFC 4180).
fn fields(record: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = record.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.next_if_eq(&'"').is_some() => field.push('"'),
            ('"', _) => quoted = !quoted,
            (',', false) => fields.push(std::mem::take(&mut field)),
            _ => field.push(c),
        }
    }
    fields.push(field);
    fields
}
