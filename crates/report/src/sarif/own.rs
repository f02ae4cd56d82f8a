//! What a report has and SARIF has no member for, kept in a property of the result.
//!
//! The property is the difference between the report and what its result reads as: an object names the members
//! of an object, or the elements of an array by their numbers, that are to be changed; anything else is the new
//! value.

use serde::Serialize as _;
use serde_json::Value;

use crate::{BugReport, Place, Warning};

/// The name of the property.
pub(super) const NAME: &str = "fixwright";
/// The name under which a report keeps the GUID of a result's equals in other runs.
pub(super) const CORRELATION: &str = "correlationGuid";

/// What has to be changed in `read` to make it `report`, if anything.
pub(super) fn difference(report: &BugReport, read: &BugReport) -> Option<Value> {
    changes(&comparable(read), &comparable(report))
}

/// Makes the changes in `report`; what cannot be made is a warning.
pub(super) fn restore(report: &mut BugReport, own: &Value, place: Place) {
    let mut value = comparable(report);
    change(&mut value, own);
    match serde_json::from_value::<BugReport>(value) {
        Ok(restored) => *report = restored,
        Err(error) => {
            let message = format!("the property `{NAME}` is left out: {error}");
            report.warnings.push(Warning::new(place, message));
        }
    }
}

/// A report without what depends on where it was read.
fn comparable(report: &BugReport) -> Value {
    let value = report.serialize(serde_json::value::Serializer);
    let mut value = value.expect("a report is made of what JSON has, its keys are names");
    if let Value::Object(members) = &mut value {
        members.shift_remove("text");
        if let Some(Value::Object(provenance)) = members.get_mut("provenance") {
            provenance.retain(|name, _| name.starts_with("tool"));
        }
    }
    value
}

fn changes(from: &Value, to: &Value) -> Option<Value> {
    let changed = match (from, to) {
        (from, to) if from == to => return None,
        (Value::Object(from), Value::Object(to)) => {
            let own = to.iter().map(|(name, to)| (name.clone(), from.get(name), to));
            Value::Object(
                own.filter_map(|(name, from, to)| Some((name, member(from, to)?))).collect(),
            )
        }
        (Value::Array(from), Value::Array(to)) if from.len() == to.len() => {
            let both = from.iter().zip(to).enumerate();
            let own =
                both.filter_map(|(at, (from, to))| Some((at.to_string(), changes(from, to)?)));
            Value::Object(own.collect())
        }
        (_, to) => to.clone(),
    };
    Some(changed)
}

fn member(from: Option<&Value>, to: &Value) -> Option<Value> {
    from.map_or_else(|| Some(to.clone()), |from| changes(from, to))
}

fn change(value: &mut Value, changes: &Value) {
    match (value, changes) {
        (Value::Object(members), Value::Object(changes)) => {
            for (name, changes) in changes {
                change(members.entry(name.clone()).or_insert(Value::Null), changes);
            }
        }
        (Value::Array(elements), Value::Object(changes)) => {
            for (at, changes) in changes {
                let element = at.parse().ok().and_then(|at: usize| elements.get_mut(at));
                element.into_iter().for_each(|element| change(element, changes));
            }
        }
        (value, changes) => *value = changes.clone(),
    }
}
