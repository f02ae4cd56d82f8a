//! Writing a report with keys.

use std::fmt::Write;

use super::item::key_line;
use super::suggestion::take_suggestion;
use crate::{BugReport, Language, Step};

/// The report as key/value text that [`parse_as`](crate::parse_as) reads back to the same fields.
///
/// That holds for values that the format can hold: one line for what is one line in it, text
/// without trailing space and blank lines around it, and every weakness that the title names in
/// [`Rule::cwe`](crate::Rule::cwe). [`BugReport::related`], column units and
/// [`Provenance`](crate::Provenance) but for the tool have no key and are left out.
///
/// ```
/// use fixwright_report::{BugReport, Location, cid, parse};
///
/// let mut report = BugReport::default();
/// report.title = Some("Unbounded sprintf".into());
/// report.location = Location::new("src/greet.c", 9).in_function("greet");
/// let text = cid::render(&report);
/// assert_eq!(text, "Issue: Unbounded sprintf\nFile: src/greet.c\nFunction: greet\nLine: 9\n");
/// assert_eq!(parse(&text)?.reports[0].location, report.location);
/// # Ok::<(), fixwright_report::Error>(())
/// ```
pub fn render(report: &BugReport) -> String {
    let mut out = String::new();
    for (key, value) in fields(report) {
        if let Some(value) = value {
            key_value(&mut out, key, &value);
        }
    }
    for (label, value) in &report.extra {
        if value.contains('\n') {
            section(&mut out, label, Some(value));
        } else {
            key_value(&mut out, label, value);
        }
    }
    let steps: Vec<_> = report.steps.iter().map(step).collect();
    section(&mut out, "Path", (!steps.is_empty()).then(|| steps.join("\n")).as_deref());
    section(&mut out, "Description", report.description.as_deref());
    section(&mut out, "Fix", report.suggested_fix.as_deref());
    out
}

/// The keys with one line, in the order in which they are written.
fn fields(report: &BugReport) -> [(&'static str, Option<String>); 17] {
    let place = &report.location;
    let cwe: Vec<_> = report.rule.cwe.iter().map(u32::to_string).collect();
    let implied = place.path.as_deref().and_then(Language::from_path);
    let language = report.language.filter(|&language| Some(language) != implied);
    let line = place.line.map(|line| match place.end_line {
        Some(end) => format!("{line}-{end}"),
        None => line.to_string(),
    });
    [
        ("Issue", report.title.clone()),
        ("CID", report.native_id.clone()),
        ("CWE", (!cwe.is_empty()).then(|| cwe.join(", "))),
        ("Type", report.rule.kind.clone()),
        ("Severity", report.severity.raw.clone()),
        ("Impact", report.severity.impact.clone()),
        ("Certainty", report.severity.certainty.clone()),
        ("Status", report.status.raw.clone()),
        ("Checker", report.rule.id.clone()),
        ("Category", report.rule.category.clone()),
        ("Classification", report.rule.classification.clone()),
        ("Finder", report.provenance.tool.clone()),
        ("Language", language.map(|language| language.name().to_owned())),
        ("File", place.path.clone()),
        ("Function", place.function.clone()),
        ("Line", line),
        ("Column", place.column.map(|column| column.to_string())),
    ]
}

fn key_value(out: &mut String, key: &str, value: &str) {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(out, "{key}: {value}");
}

/// A key with running text, indented where it would be read as something else.
fn section(out: &mut String, key: &str, text: Option<&str>) {
    let Some(text) = text else { return };
    let plain = key == "Description"
        && text.lines().all(|line| key_line(line).is_none())
        && take_suggestion(text, false).is_none();
    let indent = if plain { "" } else { "  " };
    let _ = write!(out, "\n{key}:\n");
    for line in text.lines() {
        let _ = writeln!(out, "{}", format!("{indent}{line}").trim_end());
    }
}

/// A step as its place with what happens there below it.
fn step(step: &Step) -> String {
    let message = step.message.replace('\n', "\n  ");
    if step.location.is_empty() { message } else { format!("{}\n  {message}", step.location) }
}
