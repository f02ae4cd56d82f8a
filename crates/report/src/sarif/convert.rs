//! From a result to a report.

use std::collections::HashMap;

use serde_json::Value;

use super::context::{Context, Rule};
use super::model::{Finding, Fix as FixObject, Message, each, int};
use super::places::content;
use super::text::{text, unlink};
use super::{own, weakness};
use crate::{
    BugReport, Fix, Language, Level, Location, Note, Place, Replacement, Status, Suppression,
    Warning,
};

/// The report that a result is; `place` is where the result stands.
pub(super) fn report(finding: &Finding, context: &Context, place: Place) -> BugReport {
    let rule = context.tool.rule(finding);
    let mut report = BugReport::default();
    if let Some(driver) = context.tool.driver() {
        report.provenance.tool.clone_from(&driver.name);
        let version = driver.version.as_ref().or(driver.semantic_version.as_ref());
        report.provenance.tool_version = version.cloned();
    }
    identity(finding, &mut report);
    describe_rule(finding, rule, context, &mut report);
    severity(finding, rule, context, &mut report);
    status(finding, &mut report);
    locations(finding, context, &mut report);
    words(finding, rule, &mut report);
    report.steps = context.steps(finding);
    report.fixes = each(&finding.fixes).filter_map(|fix| context.fix(fix)).collect();
    extra(finding, &mut report);
    if rule.is_disputed {
        let message = "the rule's index is that of another rule than its identifier";
        report.warnings.push(Warning::new(place, message));
    }
    if report.title.is_none() {
        report.warnings.push(Warning::new(place, "the result has no message"));
    }
    let properties = finding.properties.as_ref();
    if let Some(own) = properties.and_then(|properties| properties.get(own::NAME)) {
        own::restore(&mut report, own, place);
    }
    report
}

fn identity(finding: &Finding, report: &mut BugReport) {
    report.native_id.clone_from(&finding.guid);
    let given = [&finding.fingerprints, &finding.partial_fingerprints];
    for (name, value) in given.into_iter().flatten().flatten() {
        report.fingerprints.push((name.clone(), plain(value)));
    }
    let correlation = finding.correlation_guid.iter();
    report.fingerprints.extend(correlation.map(|guid| (own::CORRELATION.to_owned(), guid.clone())));
}

fn describe_rule(finding: &Finding, rule: Rule<'_>, context: &Context, report: &mut BugReport) {
    let descriptor = rule.descriptor;
    let given = finding.rule.as_ref().and_then(|rule| rule.id.as_ref());
    let described = descriptor.and_then(|rule| rule.id.as_ref());
    report.rule.id = finding.rule_id.as_ref().or(given).or(described).cloned();
    if let Some(descriptor) = descriptor {
        report.rule.name.clone_from(&descriptor.name);
        report.rule.help_uri.clone_from(&descriptor.help_uri);
        let category = descriptor.properties.as_ref().and_then(|all| all.get("category"));
        report.rule.category = category.and_then(Value::as_str).map(str::to_owned);
    }
    report.rule.cwe = weakness::numbers(finding, descriptor, context);
}

fn severity(finding: &Finding, rule: Rule<'_>, context: &Context, report: &mut BugReport) {
    let mut configured = context.configurations(finding, rule);
    let rank = finding.rank.clone().filter(|rank| rank.as_f64().is_some_and(|rank| rank >= 0.0));
    let level = match (&finding.level, finding.kind.as_deref()) {
        (Some(level), _) => level.clone(),
        (None, Some(kind)) if kind != "fail" => "none".to_owned(),
        (None, _) => {
            let level = configured.find_map(|configured| configured.level.clone());
            level.unwrap_or_else(|| "warning".to_owned())
        }
    };
    report.severity.level = Level::from_word(&level);
    report.severity.raw.clone_from(&finding.level);
    report.severity.certainty = rank.map(|rank| rank.to_string());
}

fn status(finding: &Finding, report: &mut BugReport) {
    report.status = Status {
        kind: finding.kind.clone(),
        baseline: finding.baseline_state.clone(),
        suppressions: each(&finding.suppressions)
            .map(|given| Suppression {
                kind: given.kind.clone().unwrap_or_default(),
                status: given.status.clone(),
                justification: given.justification.clone(),
            })
            .collect(),
        ..Status::default()
    };
}

/// The first location is the report's; further ones and related ones are notes.
fn locations(finding: &Finding, context: &Context, report: &mut BugReport) {
    let mut own = each(&finding.locations);
    if let Some(first) = own.next() {
        report.location = context.location(first);
        let path = report.location.path.as_deref();
        report.language = context.language(first).or_else(|| path.and_then(Language::from_path));
    }
    let others = own.chain(each(&finding.related_locations));
    report.related =
        others.map(|other| Note::new(context.location(other), said(&other.message))).collect();
}

/// What an optional message says.
pub(super) fn said(message: &Option<Message>) -> String {
    message.as_ref().and_then(|message| text(message, &[])).unwrap_or_default()
}

fn words(finding: &Finding, rule: Rule<'_>, report: &mut BugReport) {
    let strings = [
        rule.descriptor.and_then(|rule| rule.message_strings.as_ref()),
        rule.component.and_then(|component| component.global_message_strings.as_ref()),
    ];
    let whole = finding.message.as_ref().and_then(|message| text(message, &strings));
    let linked = whole.map(|whole| unlinked(&whole, finding, report));
    let about = |message: &Option<Message>| Some(said(message)).filter(|text| !text.is_empty());
    if let Some(whole) = linked {
        let (first, rest) = whole.split_once('\n').unwrap_or((&whole, ""));
        report.title = Some(first.trim_end().to_owned());
        report.description = (!rest.trim().is_empty()).then(|| whole.clone());
    }
    if let Some(rule) = rule.descriptor.filter(|_| report.description.is_none()) {
        let description = about(&rule.full_description).or_else(|| about(&rule.short_description));
        report.description = description.filter(|text| report.title.as_ref() != Some(text));
    }
}

/// The message without the links to the result's own locations; a note without words takes those of its link.
fn unlinked(whole: &str, finding: &Finding, report: &mut BugReport) -> String {
    if !whole.contains("](") {
        return whole.to_owned();
    }
    let ids = each(&finding.locations).chain(each(&finding.related_locations));
    let ids = ids.enumerate().filter_map(|(at, location)| Some((int(location.id)?, at)));
    let ids: HashMap<u64, usize> = ids.collect();
    let notes = each(&finding.locations).count().min(1);
    let text = unlink(whole, &mut |id, words| {
        let Some(at) = ids.get(&id) else { return false };
        let note = at.checked_sub(notes).and_then(|at| report.related.get_mut(at));
        if let Some(note) = note.filter(|note| note.message.is_empty()) {
            words.clone_into(&mut note.message);
        }
        true
    });
    text.into_owned()
}

impl Context {
    fn fix(&self, fix: &FixObject) -> Option<Fix> {
        let mut edits = Vec::new();
        for change in each(&fix.artifact_changes) {
            let mut base = Location::default();
            if let Some(artifact) = &change.artifact_location {
                self.artifact(artifact, &mut base);
            }
            for replacement in each(&change.replacements) {
                let mut location = base.clone();
                if let Some(region) = &replacement.deleted_region {
                    self.region(region, &mut location);
                }
                let inserted = replacement.inserted_content.as_ref().and_then(content);
                edits.push(Replacement::new(location, inserted.unwrap_or_default()));
            }
        }
        let description = Some(said(&fix.description)).filter(|text| !text.is_empty());
        (!edits.is_empty() || description.is_some()).then_some(Fix { description, edits })
    }
}

/// What has no field of its own, and the properties.
fn extra(finding: &Finding, report: &mut BugReport) {
    for (name, value) in [
        ("occurrenceCount", &finding.occurrence_count),
        ("hostedViewerUri", &finding.hosted_viewer_uri),
        ("workItemUris", &finding.work_item_uris),
    ] {
        report.extra.extend(value.iter().map(|value| (name.to_owned(), plain(value))));
    }
    let properties = finding.properties.iter().flatten();
    let foreign = properties.filter(|(name, _)| *name != own::NAME);
    report.extra.extend(foreign.map(|(name, value)| (name.clone(), plain(value))));
}

/// A string as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
