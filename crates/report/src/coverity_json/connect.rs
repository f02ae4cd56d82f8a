//! Rows of a view of Coverity Connect.

use serde_json::{Map, Value};

use crate::fields::Fields;
use crate::input::Input;
use crate::json::{Json, Raw};
use crate::listing::Listing;
use crate::reference::function_name;
use crate::stream::{Halt, Sink};
use crate::{BugReport, Language, Level, Location};

/// Reads a view of the older interface, which stands in an object of its own.
pub(super) fn view(
    input: &mut Input<'_>,
    sink: &mut Sink<'_>,
    rows: &Listing<()>,
) -> Result<(), Halt> {
    let mut json = Json::new(input)?;
    let ended = json.object(&mut |json, name| match name {
        "viewContentsV1" => rows.object(json, sink),
        _ => json.skip(),
    });
    sink.recognised();
    ended
}

/// Reads a row: an object, or a list of keys with their values in newer versions.
pub(super) fn row((): &(), raw: &Raw, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let map = match raw.read::<Value>()? {
        Value::Object(map) => map,
        Value::Array(pairs) => pairs.into_iter().filter_map(pair).collect(),
        _ => Map::new(),
    };
    let fields = Fields::from_value(Value::Object(map)).unwrap_or_default();
    sink.report(report(fields, raw))
}

fn pair(pair: Value) -> Option<(String, Value)> {
    let mut pair = Fields::from_value(pair)?;
    Some((pair.text("key")?, Value::String(pair.text("value").unwrap_or_default())))
}

fn report(mut fields: Fields, raw: &Raw) -> BugReport {
    let mut report = BugReport::standing_at(raw.place, &raw.bytes);
    report.provenance.tool = Some("coverity".to_owned());
    report.native_id = fields.text("cid");
    let key = fields.text("mergeKey").map(|key| ("mergeKey".to_owned(), key));
    report.fingerprints.extend(key);
    report.rule.id = fields.text("checker");
    report.rule.kind = fields.text("displayType");
    report.rule.category = fields.text("displayCategory");
    report.rule.cwe = fields.number("cwe").into_iter().collect();
    report.title.clone_from(&report.rule.kind);
    report.severity.impact = fields.text("displayImpact");
    report.severity.raw = fields.text("severity");
    let words = [&report.severity.raw, &report.severity.impact];
    report.severity.level = words.into_iter().flatten().find_map(|word| Level::from_word(word));
    report.status.raw = fields.text("status");
    report.status.triage = fields.text("classification");
    report.location = Location {
        path: fields.text("displayFile"),
        line: fields.number("lineNumber"),
        function: fields
            .text("displayFunction")
            .as_deref()
            .and_then(function_name)
            .map(str::to_owned),
        ..Location::default()
    };
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    report.extra = fields.rest();
    report
}
