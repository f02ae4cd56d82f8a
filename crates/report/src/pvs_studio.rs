//! PVS-Studio's JSON report.
//!
//! An object with the member `warnings`; the manual calls it the intermediate form that `plog-converter` reads
//! and writes. Its levels are 1 (high), 2 (medium) and 3 (low); 0 is for failures of the analyser itself.

use crate::detect::Head;
use crate::fields::Fields;
use crate::input::Input;
use crate::json::{Marks, Raw};
use crate::listing::Listing;
use crate::stream::{Halt, Sink};
use crate::{BugReport, Language, Level, Location, Note};

const LISTING: Listing<()> = Listing {
    list: "warnings",
    marks: Marks { element: &[&["code"], &["positions"]], around: &["version"] },
    members: &[],
    member: |(), _, _, _| Ok(()),
    element: |(), raw, sink| sink.report(report(Fields::of(raw)?, raw)),
};

/// Whether an input is a report of PVS-Studio.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    let Some(outline) = &head.json else { return false };
    !outline.is_array
        && outline.has("warnings")
        && !outline.has("issues")
        && (outline.has("version") || head.text.contains("\"positions\""))
}

/// Reads every warning.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    LISTING.read(input, sink)
}

fn report(mut fields: Fields, raw: &Raw) -> BugReport {
    let mut report = BugReport::standing_at(raw.place, &raw.bytes);
    report.provenance.tool = Some("pvs-studio".to_owned());
    report.rule.id = fields.text("code");
    report.rule.cwe = fields.number("cwe").into_iter().collect();
    report.rule.classification = fields.text("sastId");
    report.title = fields.text("message");
    report.severity.raw = fields.text("level");
    report.severity.level = match report.severity.raw.as_deref() {
        Some("1") => Some(Level::Error),
        Some("2") => Some(Level::Warning),
        Some("3") => Some(Level::Note),
        _ => None,
    };
    if fields.flag("falseAlarm") {
        report.status.triage = Some("falseAlarm".to_owned());
    }
    for (index, mut position) in fields.objects("positions").into_iter().enumerate() {
        let location = location(&mut position);
        if index == 0 {
            report.location = location;
            report.extra.extend(position.rest());
        } else {
            report.related.push(Note::new(location, ""));
        }
    }
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    report.extra.extend(fields.rest());
    report
}

fn location(position: &mut Fields) -> Location {
    let line = position.number("line");
    Location {
        path: position.text("file"),
        line,
        end_line: position.number("endLine").filter(|&end| Some(end) != line),
        column: position.number("column"),
        end_column: position.number("endColumn"),
        ..Location::default()
    }
}
