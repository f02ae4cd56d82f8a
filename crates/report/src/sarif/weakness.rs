//! Numbers of the Common Weakness Enumeration, in all the places where tools write them.

use serde_json::{Map, Value};

use super::context::Context;
use super::model::{Descriptor, DescriptorRef, Finding, each};
use crate::reference::{collect_cwe, number};

/// The numbers in the taxa of a result and of its rule, then in the tags and other properties of both.
pub(super) fn numbers(finding: &Finding, rule: Option<&Descriptor>, context: &Context) -> Vec<u32> {
    let mut found = Vec::new();
    for taxon in each(&finding.taxa) {
        context.weakness(taxon, &mut found);
    }
    let relationships = rule.and_then(|rule| rule.relationships.as_ref());
    for relationship in relationships.into_iter().flat_map(|all| all.iter()) {
        if let Some(target) = &relationship.target {
            context.weakness(target, &mut found);
        }
    }
    let properties = rule.and_then(|rule| rule.properties.as_ref());
    for properties in [finding.properties.as_ref(), properties].into_iter().flatten() {
        from_properties(properties, &mut found);
    }
    found
}

impl Context {
    fn weakness(&self, taxon: &DescriptorRef, found: &mut Vec<u32>) {
        let component = taxon.tool_component.as_ref().and_then(|own| self.component_name(own));
        let is_cwe = component.is_some_and(|name| name.to_ascii_uppercase().starts_with("CWE"));
        let Some(id) = self.taxon(taxon) else { return };
        match number(id).filter(|_| is_cwe) {
            Some(number) => add(number, found),
            None => collect_cwe(id, found),
        }
    }
}

/// `tags: ["external/cwe/cwe-079"]`, `cwe: "CWE-79: ..."`, `cwe: [79]`, `cwe: {"id": ...}` and the like.
fn from_properties(properties: &Map<String, Value>, found: &mut Vec<u32>) {
    for (name, value) in properties {
        let name = name.to_ascii_lowercase();
        if name == "tags" {
            strings(value, &mut |tag| collect_cwe(tag, found));
        } else if name.starts_with("cwe") {
            strings(value, &mut |text| match number(text) {
                Some(number) => add(number, found),
                None => collect_cwe(text, found),
            });
        }
    }
}

fn add(number: u32, found: &mut Vec<u32>) {
    if !found.contains(&number) {
        found.push(number);
    }
}

/// The texts and numbers in a value.
fn strings(value: &Value, each: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Number(number) => each(&number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| strings(value, each)),
        Value::Object(members) => members.values().for_each(|value| strings(value, each)),
        Value::Null | Value::Bool(_) => {}
    }
}
