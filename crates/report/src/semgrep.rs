//! Semgrep's JSON report.
//!
//! An object with the member `results`; the form is that of `cli_output` in semgrep's interfaces,
//! `semgrep_output_v1.atd`.

mod trace;

use serde_json::Value;

use crate::detect::Head;
use crate::fields::Fields;
use crate::input::Input;
use crate::json::{Marks, Raw};
use crate::listing::Listing;
use crate::reference::collect_cwe;
use crate::status::Suppression;
use crate::stream::{Halt, Sink};
use crate::{BugReport, Fix, Language, Level, Location, Replacement};

/// What the report says of all of its findings.
#[derive(Default)]
struct Run {
    version: Option<String>,
}

const LISTING: Listing<Run> = Listing {
    list: "results",
    marks: Marks { element: &[&["check_id"], &["start"]], around: &["version", "errors", "paths"] },
    members: &["version", "errors"],
    member,
    element: |run, raw, sink| sink.report(report(run, Fields::of(raw)?, raw)),
};

/// Whether an input is a report of semgrep.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    let Some(outline) = &head.json else { return false };
    !outline.is_array
        && outline.has("results")
        && (head.text.contains("\"check_id\"") || outline.has("paths") && outline.has("errors"))
}

/// Reads every finding.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    LISTING.read(input, sink)
}

fn member(run: &mut Run, name: &str, raw: &Raw, sink: &mut Sink<'_>) -> Result<(), Halt> {
    if name == "version" {
        run.version = raw.read::<Value>()?.as_str().map(str::to_owned);
        return Ok(());
    }
    let errors = raw.read::<Value>()?;
    for error in errors.as_array().into_iter().flatten() {
        let message =
            error["message"].as_str().or(error["long_msg"].as_str()).unwrap_or("an error");
        sink.warn(raw.place, format!("semgrep could not analyse everything: {}", message.trim()))?;
    }
    Ok(())
}

fn report(run: &Run, mut fields: Fields, raw: &Raw) -> BugReport {
    let mut report = BugReport::standing_at(raw.place, &raw.bytes);
    report.provenance.tool = Some("semgrep".to_owned());
    report.provenance.tool_version.clone_from(&run.version);
    report.rule.id = fields.text("check_id");
    report.location = location(&mut fields);
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    fields.within("extra", |extra| {
        report.title = extra.text("message").map(|text| text.trim_end().to_owned());
        report.severity.raw = extra.text("severity");
        report.severity.level = report.severity.raw.as_deref().and_then(Level::from_word);
        let known = |text: &String| text != "requires login";
        let print = extra.text("fingerprint").filter(known);
        report.fingerprints.extend(print.map(|print| ("fingerprint".to_owned(), print)));
        report.location.snippet = extra.text("lines").filter(known);
        if let Some(text) = extra.text("fix") {
            let edits = vec![Replacement::new(report.location.clone(), text)];
            report.fixes.push(Fix { description: None, edits });
        }
        if extra.flag("is_ignored") {
            let kind = "inSource".to_owned();
            report.status.suppressions.push(Suppression { kind, ..Suppression::default() });
        }
        extra.within("metadata", |metadata| self::metadata(&mut report, metadata));
        if let Some(trace) = extra.object("dataflow_trace") {
            report.steps = trace::steps(trace);
        }
    });
    report.extra = fields.rest();
    report
}

fn metadata(report: &mut BugReport, metadata: &mut Fields) {
    let cwe = metadata.text("cwe").into_iter().map(Value::String).chain(metadata.list("cwe"));
    for name in cwe {
        collect_cwe(name.as_str().unwrap_or_default(), &mut report.rule.cwe);
    }
    report.rule.category = metadata.text("category");
    report.rule.help_uri = metadata.text("source").or_else(|| metadata.text("shortlink"));
    report.severity.impact = metadata.text("impact");
    report.severity.certainty = metadata.text("confidence");
}

/// The place that `path`, `start` and `end` of an object name.
fn location(fields: &mut Fields) -> Location {
    let mut point = |name| {
        let mut point = fields.object(name).unwrap_or_default();
        (point.number("line"), point.number("col"), point.offset("offset"))
    };
    let ((line, column, from), (end_line, end_column, to)) = (point("start"), point("end"));
    Location {
        path: fields.text("path"),
        line,
        column,
        end_line: end_line.filter(|_| end_line != line),
        end_column,
        bytes: from.zip(to),
        ..Location::default()
    }
}
