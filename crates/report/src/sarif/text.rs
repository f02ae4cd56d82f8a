//! The text of a message (section 3.11 of the specification).

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value};

use super::model::{Message, each};
use crate::reference::pattern;

/// Where the strings of a message that only names one are looked up, in this order.
pub(super) type Strings<'a> = [Option<&'a Map<String, Value>>];

/// What a message says; none if it says nothing or its string is missing.
///
/// Placeholders are filled, and doubled braces halved, where there are arguments or the string comes from the
/// rule; other texts are taken as they are, since tools write braces in them without doubling.
pub(super) fn text(message: &Message, strings: &Strings<'_>) -> Option<String> {
    let own = said(message.text.as_ref()).or_else(|| said(message.markdown.as_ref()));
    let looked_up = || {
        let id = message.id.as_ref()?;
        let string = strings.iter().flatten().find_map(|strings| strings.get(id))?;
        let said = |name| string.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        said("text").or_else(|| said("markdown"))
    };
    let (template, is_format) = match own {
        Some(own) => (own, each(&message.arguments).next().is_some()),
        None => (looked_up()?, true),
    };
    let arguments: Vec<&String> = each(&message.arguments).collect();
    Some(if is_format { fill(template, &arguments) } else { template.to_owned() })
}

fn said(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

/// A template with its placeholders filled; one without an argument stays.
fn fill(template: &str, arguments: &[&String]) -> String {
    static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{\{|\}\}|\{([0-9]{1,9})\}"));
    let filled = PLACEHOLDER.replace_all(template, |found: &Captures<'_>| {
        let Some(number) = found.get(1) else { return found[0][1..].to_owned() };
        let number: usize = number.as_str().parse().unwrap_or(usize::MAX);
        arguments.get(number).map_or_else(|| found[0].to_owned(), |text| (*text).clone())
    });
    filled.into_owned()
}

/// The text with each link to one of the result's own locations, `[text](1)`, put as `text`; `link` gets both.
pub(super) fn unlink<'t>(text: &'t str, link: &mut dyn FnMut(u64, &str) -> bool) -> Cow<'t, str> {
    static LINK: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\[((?:[^\\\[\]]|\\.)+)\]\(([0-9]{1,18})\)"));
    LINK.replace_all(text, |found: &Captures<'_>| {
        let words = found[1].replace("\\[", "[").replace("\\]", "]").replace("\\\\", "\\");
        let known = found[2].parse().is_ok_and(|id| link(id, &words));
        if known { words } else { found[0].to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(json: Value) -> Message {
        serde_json::from_value(json).expect("the messages of the tests are messages")
    }

    #[test]
    fn placeholders_and_braces() {
        let said = |json| text(&message(json), &[]).unwrap_or_default();
        assert_eq!(
            said(json!({"text": "'{0}' and {{{1}}}", "arguments": ["a", "{0}"]})),
            "'a' and {{0}}"
        );
        assert_eq!(said(json!({"text": "{0} {2} {x}", "arguments": ["a"]})), "a {2} {x}");
        assert_eq!(said(json!({"text": "int a[2][2] = {{1}}"})), "int a[2][2] = {{1}}");
        assert_eq!(said(json!({"text": "", "markdown": "**a**"})), "**a**");
        assert_eq!(said(json!({"id": "x"})), "");
    }

    #[test]
    fn a_string_of_the_rule_comes_before_one_of_the_tool() {
        let strings = |json: Value| match json {
            Value::Object(strings) => strings,
            _ => Map::new(),
        };
        let rule = strings(json!({"x": {"text": "{{{0}}}"}}));
        let tool = strings(json!({"x": {"text": "tool"}, "y": {"markdown": "tool"}}));
        let text = |id| {
            let message = message(json!({"id": id, "arguments": ["a"]}));
            text(&message, &[Some(&rule), None, Some(&tool)])
        };
        assert_eq!(text("x").as_deref(), Some("{a}"));
        assert_eq!(text("y").as_deref(), Some("tool"));
        assert_eq!(text("z"), None);
    }

    #[test]
    fn links_to_own_locations_are_words() {
        let mut seen = Vec::new();
        let text = unlink(
            r"[x\[0\]](1) meets [y](2), see [z](https://e.org) and a[i](3)",
            &mut |id, words| {
                seen.push((id, words.to_owned()));
                id < 3
            },
        );
        assert_eq!(text, "x[0] meets y, see [z](https://e.org) and a[i](3)");
        assert_eq!(seen.len(), 3);
    }
}
