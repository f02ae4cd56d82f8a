//! The values of a property list.

use serde_json::{Map, Value};

use crate::xml::Element;

/// An element as the value that it stands for.
pub(super) fn of(element: Element) -> Value {
    let text = element.text.trim();
    match element.name.as_str() {
        "dict" => dict(element.children).into(),
        "array" => element.children.into_iter().map(of).collect(),
        "true" => true.into(),
        "false" => false.into(),
        "integer" => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        "real" => text.parse::<f64>().map_or_else(|_| text.into(), Value::from),
        _ => element.text.into(),
    }
}

/// Keys and values, which stand one after another.
fn dict(children: Vec<Element>) -> Map<String, Value> {
    let mut map = Map::new();
    let mut key = None;
    for child in children {
        if child.name == "key" {
            key = Some(child.text);
        } else if let Some(key) = key.take() {
            map.insert(key, of(child));
        }
    }
    map
}
