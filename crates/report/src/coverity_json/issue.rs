//! One issue of `cov-format-errors`.

use crate::fields::Fields;
use crate::json::Raw;
use crate::reference::function_name;
use crate::{BugReport, Language, Level, Location, Step};

/// Deeper events are left where they are.
const MAX_DEPTH: u32 = 16;

/// The report that an issue makes.
pub(super) fn report(mut fields: Fields, raw: &Raw) -> BugReport {
    let mut report = BugReport::standing_at(raw.place, &raw.bytes);
    report.provenance.tool = Some("coverity".to_owned());
    let key = fields.text("mergeKey").map(|key| ("mergeKey".to_owned(), key));
    report.fingerprints.extend(key);
    report.rule.id = fields.text("checkerName");
    report.rule.name = fields.text("type");
    report.rule.subcategory = fields.text("subtype");
    if report.rule.subcategory.is_some() {
        // An older name of the same thing.
        let same = fields
            .text("subcategory")
            .filter(|name| report.rule.subcategory.as_ref() != Some(name));
        report.extra.extend(same.map(|name| ("subcategory".to_owned(), name)));
    } else {
        report.rule.subcategory = fields.text("subcategory");
    }
    fields.within("checkerProperties", |properties| checker(&mut report, properties));
    report.location = location(&mut fields);
    let named = fields.text("code-language").or_else(|| fields.text("language"));
    report.language = named.as_deref().and_then(Language::from_name);
    if report.language.is_none() {
        report.extra.extend(named.map(|name| ("code-language".to_owned(), name)));
    }
    report.status.raw = fields.text("localStatus");
    fields.within("stateOnServer", |state| server(&mut report, state));
    events(&mut report, fields.objects("events"), 0);
    report.extra.extend(fields.rest());
    report
}

fn checker(report: &mut BugReport, properties: &mut Fields) {
    report.rule.category = properties.text("category");
    report.rule.kind = properties.text("subcategoryShortDescription");
    report.description = properties.text("subcategoryLongDescription");
    report.severity.impact = properties.text("impact");
    report.severity.level = report.severity.impact.as_deref().and_then(Level::from_word);
    for name in ["cweCategory", "weaknessIdCategory"] {
        // `none`, where there is no number.
        let number = properties.text(name).and_then(|number| number.parse().ok());
        report.rule.cwe.extend(number.filter(|number| !report.rule.cwe.contains(number)));
    }
}

fn location(fields: &mut Fields) -> Location {
    let display = fields.text("functionDisplayName");
    let function = display.as_deref().and_then(function_name).map(str::to_owned);
    let mangled = fields.text("functionMangledName");
    Location {
        path: fields.text("mainEventFilePathname"),
        line: fields.number("mainEventLineNumber"),
        column: fields.number("mainEventColumnNumber"),
        mangled: mangled.filter(|name| display.as_ref() != Some(name)),
        function,
        ..Location::default()
    }
}

/// What Coverity Connect knows of the issue.
fn server(report: &mut BugReport, state: &mut Fields) {
    report.native_id = state.text("cid");
    state.within("triage", |triage| {
        report.status.triage = triage.text("classification");
        report.severity.raw = triage.text("severity");
        let level = report.severity.raw.as_deref().and_then(Level::from_word);
        report.severity.level = level.or(report.severity.level);
    });
}

/// The events in their order, those below another one behind it.
fn events(report: &mut BugReport, events: Vec<Fields>, nesting: u32) {
    for mut event in events {
        let inner = event.objects("events");
        let text = event.text("eventDescription").or_else(|| event.text("covLStrEventDescription"));
        let text = text.unwrap_or_default();
        if event.flag("remediation") {
            let fix = report.suggested_fix.get_or_insert_default();
            fix.push_str(if fix.is_empty() { "" } else { "\n" });
            fix.push_str(&text);
            continue;
        }
        let main = event.flag("main");
        if main && report.title.is_none() {
            report.title = Some(text.clone());
        }
        report.steps.push(step(event, text, nesting, main));
        if nesting < MAX_DEPTH {
            self::events(report, inner, nesting + 1);
        }
    }
}

fn step(mut event: Fields, message: String, nesting: u32, main: bool) -> Step {
    let location = Location {
        path: event.text("filePathname"),
        line: event.number("lineNumber"),
        column: event.number("columnNumber"),
        ..Location::default()
    };
    let mut step = Step::new(location, message);
    step.tag = event.text("eventTag");
    step.flow = event.number("eventSet").unwrap_or_default();
    step.nesting = nesting;
    step.is_key = main;
    step
}
