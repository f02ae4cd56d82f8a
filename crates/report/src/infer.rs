//! Infer's `report.json`.
//!
//! An array of findings, each with its trace. The form is that of `jsonbug` in `infer/src/atd/jsonbug.atd`.

use crate::detect::Head;
use crate::fields::Fields;
use crate::input::Input;
use crate::json::{Json, Marks, Raw};
use crate::reference::{collect_cwe, function_name};
use crate::status::Suppression;
use crate::stream::{Halt, Sink};
use crate::{BugReport, Language, Level, Location, Step};

const MARKS: Marks = Marks { element: &[&["bug_type"], &["file"]], around: &[] };

/// Whether an input is a list of Infer's findings.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    let Some(outline) = &head.json else { return false };
    outline.is_array
        && outline.has("bug_type")
        && (outline.has("qualifier") || outline.has("bug_trace"))
}

/// Reads every finding.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut json = Json::new(input)?;
    if json.peek()? == Some(b'[') {
        sink.recognised();
        json.elements(sink, &MARKS, &mut |raw, sink| sink.report(report(Fields::of(raw)?, raw)))?;
    }
    match json.peek()? {
        Some(_) => sink.warn(json.place(), "what follows the report is left out"),
        None => Ok(()),
    }
}

fn report(mut fields: Fields, raw: &Raw) -> BugReport {
    let mut report = BugReport::standing_at(raw.place, &raw.bytes);
    report.provenance.tool = Some("infer".to_owned());
    report.rule.id = fields.text("bug_type");
    report.rule.name = fields.text("bug_type_hum");
    report.rule.category = fields.text("category");
    report.rule.help_uri = fields.text("doc_url");
    report.title = fields.text("qualifier");
    report.suggested_fix = fields.text("suggestion");
    collect_cwe(report.title.as_deref().unwrap_or_default(), &mut report.rule.cwe);
    report.severity.raw = fields.text("severity");
    report.severity.level = report.severity.raw.as_deref().and_then(Level::from_word);
    report.location = Location {
        path: fields.text("file"),
        line: fields.number("line"),
        column: fields.number("column"),
        function: fields.text("procedure").as_deref().and_then(function_name).map(str::to_owned),
        ..Location::default()
    };
    for name in ["hash", "key", "node_key"] {
        report.fingerprints.extend(fields.text(name).map(|print| (name.to_owned(), print)));
    }
    if let Some(why) = fields.text("censored_reason") {
        let kind = "external".to_owned();
        report.status.suppressions.push(Suppression {
            kind,
            status: None,
            justification: Some(why),
        });
    }
    report.steps = fields.objects("bug_trace").into_iter().map(step).collect();
    if let Some(last) = report.steps.last_mut() {
        last.is_key = last.location.line == report.location.line;
    }
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    report.extra = fields.rest();
    report
}

fn step(mut fields: Fields) -> Step {
    let location = Location {
        path: fields.text("filename"),
        line: fields.number("line_number"),
        column: fields.number("column_number"),
        ..Location::default()
    };
    let mut step = Step::new(location, fields.text("description").unwrap_or_default());
    step.nesting = fields.number("level").unwrap_or_default();
    step
}
