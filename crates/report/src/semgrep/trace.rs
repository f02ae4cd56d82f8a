//! The way of a tainted value through the code.

use serde_json::Value;

use super::location;
use crate::Step;
use crate::fields::Fields;

/// The steps from where a value comes from to where it is used.
pub(super) fn steps(mut trace: Fields) -> Vec<Step> {
    let mut steps = Vec::new();
    for name in ["taint_source", "taint_sink"] {
        let before =
            if name == "taint_sink" { trace.objects("intermediate_vars") } else { Vec::new() };
        steps.extend(before.into_iter().map(|step| variable(step, 0)));
        let end = trace.list(name);
        call(&end, name, 0, &mut steps);
    }
    if let Some(last) = steps.last_mut() {
        last.is_key = true;
    }
    steps
}

/// `["CliLoc", [place, source]]`, or `["CliCall", [[place, source], variables, call]]` for what happens in a
/// function that is called there.
fn call(trace: &[Value], tag: &str, nesting: u32, steps: &mut Vec<Step>) {
    let [Value::String(kind), Value::Array(parts)] = trace else { return };
    let [first, rest @ ..] = parts.as_slice() else { return };
    match (kind.as_str(), first, rest) {
        ("CliLoc", place, [content]) => steps.push(step(place, content, tag, nesting)),
        ("CliCall", Value::Array(place), [variables, inner]) => {
            if let [place, content] = place.as_slice() {
                steps.push(step(place, content, tag, nesting));
            }
            let variables = variables.as_array().cloned().unwrap_or_default();
            let variables = variables.into_iter().filter_map(Fields::from_value);
            steps.extend(variables.map(|fields| variable(fields, nesting + 1)));
            call(inner.as_array().map_or(&[], Vec::as_slice), tag, nesting + 1, steps);
        }
        _ => {}
    }
}

fn step(place: &Value, content: &Value, tag: &str, nesting: u32) -> Step {
    let mut place = Fields::from_value(place.clone()).unwrap_or_default();
    let mut location = location(&mut place);
    location.snippet = content.as_str().map(str::to_owned);
    let mut step = Step::new(location, content.as_str().unwrap_or_default());
    step.tag = Some(tag.to_owned());
    step.nesting = nesting;
    step
}

fn variable(mut fields: Fields, nesting: u32) -> Step {
    let content = fields.text("content").map_or(Value::Null, Value::String);
    let place = fields.object("location").map_or(Value::Null, Fields::into_value);
    step(&place, &content, "intermediate_var", nesting)
}
