//! From a report to a result.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::FOLDER;
use crate::sarif::model::{
    ArtifactChange, ArtifactLocation, CodeFlow, ComponentRef, Content, Descriptor, DescriptorRef,
    Finding, Fix as FixObject, Int, List, Location as Object, LogicalLocation, Message,
    PhysicalLocation, Region, Replacement, Suppression as SuppressionObject, ThreadFlow,
    ThreadFlowLocation,
};
use crate::sarif::{own, uri};
use crate::{BugReport, Fix, Level, Location, Step, Suppression};

/// The identifiers of bases that are folders or URIs.
type Bases = HashMap<String, String>;

/// What SARIF has members for, without the rule's number.
pub(super) fn finding(report: &BugReport, bases: &Bases) -> Finding {
    let own = Some(&report.location).filter(|location| !location.is_empty());
    let own: Vec<Object> = own.map(|own| object(own, "", bases)).into_iter().collect();
    let related = report.related.iter().map(|note| object(&note.location, &note.message, bases));
    let kinds = ["notApplicable", "pass", "fail", "review", "open", "informational"];
    let mut finding = Finding {
        rule_id: report.rule.id.clone(),
        kind: one_of(report.status.kind.as_deref(), &kinds),
        level: level(report),
        message: Some(words(report)),
        locations: list(own),
        related_locations: list(related.collect()),
        code_flows: list(flows(&report.steps, bases)),
        fixes: list(report.fixes.iter().filter_map(|own| fix(own, bases)).collect()),
        suppressions: list(report.status.suppressions.iter().filter_map(suppression).collect()),
        baseline_state: one_of(
            report.status.baseline.as_deref(),
            &["new", "unchanged", "updated", "absent"],
        ),
        rank: report.severity.certainty.as_deref().and_then(rank),
        taxa: list(report.rule.cwe.iter().map(weakness).collect()),
        guid: report.native_id.clone().filter(|id| is_guid(id)),
        properties: Some(properties(report)),
        ..Finding::default()
    };
    let (last, others) = match report.fingerprints.split_last() {
        Some((last, others)) if last.0 == own::CORRELATION && is_guid(&last.1) => {
            (Some(last), others)
        }
        _ => (None, report.fingerprints.as_slice()),
    };
    finding.correlation_guid = last.map(|(_, guid)| guid.clone());
    let others = others.iter().map(|(name, value)| (name.clone(), value.clone().into()));
    finding.partial_fingerprints = Some(others.collect());
    finding
}

/// The rule of a report, if it has an identifier.
pub(super) fn rule(report: &BugReport) -> Option<Descriptor> {
    let rule = &report.rule;
    let category = rule.category.iter().map(|own| ("category".to_owned(), own.clone().into()));
    Some(Descriptor {
        id: Some(rule.id.clone()?),
        name: rule.name.clone(),
        help_uri: rule.help_uri.clone().filter(|uri| uri.contains(':')),
        properties: Some(category.collect()),
        ..Descriptor::default()
    })
}

/// The bases in a report that are folders or URIs, not just names for some.
pub(super) fn bases(report: &BugReport) -> impl Iterator<Item = &String> {
    let edits = report.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| &edit.location);
    let related = report.related.iter().map(|note| &note.location);
    let places = report.steps.iter().map(|step| &step.location).chain(related).chain(edits);
    let places = std::iter::once(&report.location).chain(places);
    places.filter_map(|place| place.base.as_ref()).filter(|base| uri::from_path(base).contains(':'))
}

/// An object without members that are missing, empty or there twice.
pub(super) fn value(object: &impl Serialize) -> Value {
    let value = serde_json::to_value(object);
    let mut value = value.expect("the objects are made of what JSON has, their keys are names");
    prune(&mut value);
    value
}

/// A result as a reader sees it.
pub(super) fn read_back(finding: &Finding) -> Finding {
    let read = serde_json::from_value(value(finding));
    read.expect("what was written of a type is read as it, its members being optional")
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, value| match value {
                Value::Null => false,
                Value::Array(elements) => !elements.is_empty(),
                Value::Object(members) => !members.is_empty(),
                _ => true,
            });
        }
        Value::Array(elements) => elements.iter_mut().for_each(prune),
        _ => {}
    }
    let Value::Object(members) = value else { return };
    for (_, list) in members.iter_mut().filter(|(name, _)| is_set(name)) {
        let mut seen = HashSet::new();
        if let Value::Array(elements) = list {
            elements.retain(|element| seen.insert(element.to_string()));
        }
    }
}

/// Whether the elements of an array of that name must be different from each other.
fn is_set(name: &str) -> bool {
    matches!(name, "relatedLocations" | "suppressions" | "fixes" | "artifactChanges" | "taxa")
}

fn list<T>(elements: Vec<T>) -> Option<List<T>> {
    Some(List(elements))
}

fn one_of(word: Option<&str>, words: &[&str]) -> Option<String> {
    word.filter(|word| words.contains(word)).map(str::to_owned)
}

fn level(report: &BugReport) -> Option<String> {
    let raw = report.severity.raw.as_deref().filter(|raw| *raw == "none");
    let level = report.severity.level.map(|level| match level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    });
    level.or(raw).map(str::to_owned)
}

/// The title; the description, if it begins with that; some text in any case.
fn words(report: &BugReport) -> Message {
    let title = report.title.as_deref().filter(|title| !title.is_empty());
    let whole = report.description.as_deref().filter(|whole| {
        let rest = title.and_then(|title| whole.strip_prefix(title));
        rest.is_some_and(|rest| rest.starts_with(['\n', '\r']))
    });
    let text = whole.or(title).or(report.rule.id.as_deref().filter(|id| !id.is_empty()));
    message(text.unwrap_or("(no message)"))
}

fn message(text: &str) -> Message {
    Message { text: Some(text.to_owned()), ..Message::default() }
}

fn weakness(number: &u32) -> DescriptorRef {
    let component = ComponentRef { name: Some("CWE".to_owned()), ..ComponentRef::default() };
    DescriptorRef {
        id: Some(number.to_string()),
        tool_component: Some(component),
        ..DescriptorRef::default()
    }
}

fn object(location: &Location, text: &str, bases: &Bases) -> Object {
    let physical = artifact(location, bases).map(|artifact| PhysicalLocation {
        artifact_location: Some(artifact),
        region: region(location),
    });
    let named = location.function.is_some() || location.mangled.is_some();
    let function = named.then(|| LogicalLocation {
        fully_qualified_name: location.function.clone(),
        decorated_name: location.mangled.clone(),
        kind: Some("function".to_owned()),
        ..LogicalLocation::default()
    });
    Object {
        id: None,
        physical_location: physical,
        logical_locations: list(function.into_iter().collect()),
        message: Some(text).filter(|text| !text.is_empty()).map(message),
    }
}

fn artifact(location: &Location, bases: &Bases) -> Option<ArtifactLocation> {
    let uri = uri::from_path(location.path.as_ref()?);
    let base = location.base.as_ref().filter(|base| !base.starts_with(FOLDER));
    let base = base.map(|base| bases.get(base).unwrap_or(base).clone());
    Some(ArtifactLocation { uri: Some(uri), uri_base_id: base, index: None })
}

/// The region of a place; none without a beginning.
fn region(location: &Location) -> Option<Region> {
    let number = |number: Option<u32>| number.filter(|n| *n > 0).map(|n| Int(Some(n.into())));
    let span = |span: Option<(u64, u64)>| {
        let (start, end) = span?;
        Some((Int(Some(start)), Int(Some(end.checked_sub(start)?))))
    };
    let (bytes, chars) = (span(location.bytes), span(location.chars));
    let region = Region {
        start_line: number(location.line),
        end_line: number(location.end_line),
        start_column: number(location.column),
        end_column: number(location.end_column),
        byte_offset: bytes.map(|bytes| bytes.0),
        byte_length: bytes.map(|bytes| bytes.1),
        char_offset: chars.map(|chars| chars.0),
        char_length: chars.map(|chars| chars.1),
        snippet: location.snippet.clone().map(|text| Content { text: Some(text), rendered: None }),
        source_language: None,
    };
    let begins = region.start_line.is_some() || bytes.is_some() || chars.is_some();
    begins.then_some(region)
}

/// A code flow for each run of steps with the same flow.
fn flows(steps: &[Step], bases: &Bases) -> Vec<CodeFlow> {
    let flow = |steps: &[Step]| {
        let locations = steps.iter().map(|own| step(own, bases)).collect();
        CodeFlow {
            message: None,
            thread_flows: list(vec![ThreadFlow { locations: list(locations) }]),
        }
    };
    steps.chunk_by(|one, next| one.flow == next.flow).map(flow).collect()
}

fn step(step: &Step, bases: &Bases) -> ThreadFlowLocation {
    let words = ["important", "essential", "unimportant"];
    let tag = step.tag.iter().filter(|tag| !tag.is_empty());
    ThreadFlowLocation {
        index: None,
        location: Some(object(&step.location, &step.message, bases)),
        kinds: list(tag.cloned().collect()),
        nesting_level: Some(step.nesting).filter(|n| *n > 0).map(|n| Int(Some(n.into()))),
        importance: one_of(step.importance.as_deref(), &words),
    }
}

/// A fix, unless some edit of it has no place in a file.
fn fix(fix: &Fix, bases: &Bases) -> Option<FixObject> {
    let same = |location: &Location| (location.path.clone(), location.base.clone());
    let changes = fix.edits.chunk_by(|one, next| same(&one.location) == same(&next.location));
    let changes: Option<Vec<ArtifactChange>> = changes
        .map(|edits| {
            let replacements = edits.iter().map(|edit| {
                let inserted = Content { text: Some(edit.text.clone()), rendered: None };
                let deleted_region = Some(region(&edit.location)?);
                Some(Replacement { deleted_region, inserted_content: Some(inserted) })
            });
            Some(ArtifactChange {
                artifact_location: Some(artifact(&edits.first()?.location, bases)?),
                replacements: list(replacements.collect::<Option<_>>()?),
            })
        })
        .collect();
    let artifact_changes = list(changes.filter(|changes| !changes.is_empty())?);
    Some(FixObject { description: fix.description.as_deref().map(message), artifact_changes })
}

fn suppression(own: &Suppression) -> Option<SuppressionObject> {
    let states = ["accepted", "underReview", "rejected"];
    Some(SuppressionObject {
        kind: Some(one_of(Some(&own.kind), &["inSource", "external"])?),
        status: one_of(own.status.as_deref(), &states),
        justification: own.justification.clone(),
    })
}

/// The certainty, if it is a rank.
fn rank(text: &str) -> Option<Number> {
    let number: Number = text.parse().ok()?;
    let rank = number.as_f64().filter(|rank| (0.0..=100.0).contains(rank));
    rank.map(|_| number)
}

/// The keys without a field. `tags` is a list, if anything.
fn properties(report: &BugReport) -> Map<String, Value> {
    let mut properties = Map::new();
    for (name, value) in &report.extra {
        let value = match name.as_str() {
            own::NAME => continue,
            "tags" => match serde_json::from_str::<HashSet<String>>(value) {
                Ok(_) => value.parse().unwrap_or_default(),
                Err(_) => continue,
            },
            _ => value.clone().into(),
        };
        properties.insert(name.clone(), value);
    }
    properties
}

fn is_guid(text: &str) -> bool {
    let shape = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let digits = |byte: u8| byte == b'-' || byte.is_ascii_hexdigit();
    let at = |at: usize, allowed: &[u8]| {
        text.as_bytes().get(at).is_some_and(|byte| allowed.contains(byte))
    };
    shape && text.bytes().all(digits) && at(14, b"12345") && at(19, b"89abAB")
}
