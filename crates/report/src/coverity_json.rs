//! Coverity's JSON: what `cov-format-errors --json-output-v2` to `-v10` write, and views of Coverity Connect.

mod connect;
mod issue;

use serde_json::Value;

use crate::detect::Head;
use crate::fields::Fields;
use crate::input::Input;
use crate::json::{Marks, Raw};
use crate::listing::Listing;
use crate::stream::{Halt, Sink};

const ISSUES: Listing<()> = Listing {
    list: "issues",
    marks: Marks {
        element: &[&["checkerName"], &["events", "mainEventFilePathname"]],
        around: &["desktopAnalysisSettings", "formatVersion", "suppressedIssueCount"],
    },
    members: &["error", "warnings"],
    member: complaint,
    element: |(), raw, sink| sink.report(issue::report(Fields::of(raw)?, raw)),
};

const ROWS: Listing<()> = Listing {
    list: "rows",
    marks: Marks { element: &[&["cid"]], around: &["totalRows", "columns"] },
    members: &[],
    member: |(), _, _, _| Ok(()),
    element: connect::row,
};

/// Whether an input is a list of Coverity's issues.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    let Some(outline) = &head.json else { return false };
    let issues = outline.has("issues")
        && (outline.has("formatVersion") || head.text.contains("\"mergeKey\""));
    let rows = outline.has("rows") && outline.has("columns");
    !outline.is_array && (issues || rows || outline.has("viewContentsV1"))
}

/// Reads every issue.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let ahead = input.ahead(1 << 12)?;
    let text = String::from_utf8_lossy(&ahead[..ahead.len().min(1 << 12)]);
    if text.contains("\"viewContentsV1\"") {
        return connect::view(input, sink, &ROWS);
    }
    let rows = text.contains("\"totalRows\"") || text.contains("\"columns\"");
    if rows { ROWS.read(input, sink) } else { ISSUES.read(input, sink) }
}

/// What Coverity says went wrong.
fn complaint((): &mut (), _: &str, raw: &Raw, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let said = match raw.read::<Value>()? {
        Value::Array(list) => list,
        value => vec![value],
    };
    for said in said.iter().filter(|said| !said.is_null()) {
        let text = said.as_str().map_or_else(|| said.to_string(), str::to_owned);
        sink.warn(raw.place, format!("coverity says: {text}"))?;
    }
    Ok(())
}
