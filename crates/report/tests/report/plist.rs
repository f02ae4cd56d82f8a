//! What a property list says that an analyser, or CodeChecker's converters, wrote: the oracle of many formats.
//!
//! It is read here by other means than the crate's own reader: a walk over events, without a bound.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use crate::oracle::Finding;

/// A diagnostic of a property list, and the events of its path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Diagnostic {
    /// File, line, column, check and message; what is not there is empty or 0.
    pub(crate) finding: Finding,
    /// The events of the path, without check.
    pub(crate) events: Vec<Finding>,
    /// The notes, without check.
    pub(crate) notes: Vec<Finding>,
}

/// The diagnostics of a property list, in its order.
pub(crate) fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let list = value(text);
    let files: Vec<&str> =
        list["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    let all = list["diagnostics"].as_array().unwrap();
    all.iter().map(|diagnostic| self::diagnostic(diagnostic, &files)).collect()
}

fn diagnostic(value: &Value, files: &[&str]) -> Diagnostic {
    let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
    let events = list("path");
    // Control pieces are arrows between events.
    let events = events.iter().filter(|step| step["kind"] != "control");
    Diagnostic {
        finding: finding(value, "description", files),
        events: events.map(|event| finding(event, "message", files)).collect(),
        notes: list("notes").iter().map(|note| finding(note, "message", files)).collect(),
    }
}

fn finding(value: &Value, message: &str, files: &[&str]) -> Finding {
    let place = &value["location"];
    let number = |name: &str| u32::try_from(place[name].as_i64().unwrap_or(0)).unwrap_or(0);
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let file = files[number("file") as usize].to_owned();
    (file, number("line"), number("col"), text("check_name"), text(message))
}

/// A property list as JSON.
pub(crate) fn value(text: &str) -> Value {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) if tag.name().as_ref() == "plist" => {
                return item(&mut reader).unwrap();
            }
            Event::Eof => panic!("no property list"),
            _ => {}
        }
    }
}

/// The next value; none at the end of what holds it.
fn item(reader: &mut Reader<&[u8]>) -> Option<Value> {
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                return Some(match name.as_str() {
                    "dict" => dict(reader),
                    "array" => std::iter::from_fn(|| item(reader)).collect(),
                    "integer" => content(reader).parse::<i64>().unwrap().into(),
                    _ => content(reader).into(),
                });
            }
            Event::Empty(tag) => {
                return Some(match tag.name().as_ref() {
                    "dict" => Map::new().into(),
                    "array" => Vec::<Value>::new().into(),
                    "true" => true.into(),
                    "false" => false.into(),
                    _ => "".into(),
                });
            }
            Event::End(_) => return None,
            Event::Eof => panic!("the property list is cut"),
            _ => {}
        }
    }
}

fn dict(reader: &mut Reader<&[u8]>) -> Value {
    let mut members = Map::new();
    while let Some(key) = item(reader) {
        members.insert(key.as_str().unwrap().to_owned(), item(reader).unwrap());
    }
    members.into()
}

/// The text up to the end tag.
fn content(reader: &mut Reader<&[u8]>) -> String {
    let mut text = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(part) => {
                let entity = format!("&{};", &*part);
                text.push_str(&quick_xml::escape::unescape(&entity).unwrap());
            }
            Event::End(_) => return text,
            other => panic!("{other:?} inside a text"),
        }
    }
}

#[test]
fn the_oracle_reads_what_stands_there() {
    let text = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>files</key><array><string>a&amp;b.c</string></array>
        <key>diagnostics</key><array><dict><key>check_name</key><string>c</string><key>description</key><string>x &lt; y</string>
        <key>location</key><dict><key>line</key><integer>3</integer><key>col</key><integer>4</integer><key>file</key><integer>0</integer></dict>
        </dict></array></dict></plist>";
    let found = diagnostics(text);
    assert_eq!(found[0].finding, ("a&b.c".into(), 3, 4, "c".into(), "x < y".into()));
}
