//! The values of keys that name a place.

use std::sync::LazyLock;

use regex::Regex;

use super::entry::Entry;
use crate::reference::{function_name, leading_place, number, pattern, place_within};
use crate::{Location, Step};

/// A value without the quotes around it; none if it says that there is no value.
pub(super) fn present(value: &str) -> Option<&str> {
    let value = value.trim_matches(|c: char| c.is_whitespace() || "`'\"‘’“”".contains(c));
    let absent = ["", "-", "?", "n/a", "none", "unknown", "null"];
    (!absent.iter().any(|word| value.eq_ignore_ascii_case(word))).then_some(value)
}

/// What `File:` names: a path, perhaps with a line.
pub(super) fn file(value: &str) -> Option<Location> {
    let value = present(value)?;
    if let Some((place, range)) = place_within(value)
        && range.start == 0
    {
        return Some(place);
    }
    Some(Location { path: Some(value.to_owned()), ..Location::default() })
}

/// A line, or a first and a last one, or a line and a column.
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[^0-9]{0,12}([0-9]+)(?:\s*(?:-|–|—|\.\.|to|through)\s*([0-9]+)|:([0-9]+))?")
});

/// What `Line:` names.
pub(super) fn line(value: &str) -> Option<Location> {
    if let Some(line) = number(value) {
        return Some(Location { line: Some(line), ..Location::default() });
    }
    let found = LINE.captures(value)?;
    let at = |group| found.get(group).and_then(|digits| number(digits.as_str()));
    Some(Location { line: Some(at(1)?), end_line: at(2), column: at(3), ..Location::default() })
}

/// Whether `Line:` has numbers beyond those that [`line`] reads.
pub(super) fn has_more_lines(value: &str) -> bool {
    if number(value).is_some() {
        return false;
    }
    let read = LINE.find(value).map_or(0, |found| found.end());
    value[read..].contains(|c: char| c.is_ascii_digit())
}

/// What `Location:` names: a place, a function, or both, in prose.
pub(super) fn location(value: &str) -> Option<Location> {
    static PATH: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"[\w./\\+~-]+\.(?:c|h|cc|cpp|cxx|hh|hpp|hxx)\b"));
    static LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\blines?:?\s*([0-9]+)"));
    let (mut location, place) = place_within(value).unwrap_or_default();
    let rest = format!("{} {}", &value[..place.start], &value[place.end..]);
    if location.is_empty() {
        location.path = PATH.find(&rest).map(|path| path.as_str().to_owned());
        location.line = LINE.captures(&rest).and_then(|found| number(&found[1]));
    }
    location.function = function(&PATH.replace_all(&rest, " "));
    (!location.is_empty()).then_some(location)
}

/// The function that a few words of prose name.
fn function(prose: &str) -> Option<String> {
    const NAME: &str = r#"[`'"]?([A-Za-z_~][\w:~]*)[`'"]?"#;
    static SHAPES: LazyLock<[Regex; 4]> = LazyLock::new(|| {
        [
            pattern(&format!(r"{NAME}\s*\(")),
            pattern(&format!(r"(?i)\b(?:function|method):?\s+{NAME}")),
            pattern(&format!(r"(?i){NAME}\s+(?:function|method)\b")),
            pattern(&format!(r"^\s*(?:in\s+)?{NAME}\s*$")),
        ]
    });
    let found = SHAPES.iter().find_map(|shape| shape.captures(prose))?;
    function_name(&found[1]).map(str::to_owned)
}

/// The steps under `Path:`: each place opens one, further lines and deeper ones say what happens there.
pub(super) fn steps(entry: &Entry<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut indent = usize::MAX;
    for line in entry.text().lines().filter(|line| !line.trim().is_empty()) {
        let depth = line.len() - line.trim_start().len();
        match (leading_place(unmarked(line)).filter(|_| depth <= indent), steps.last_mut()) {
            (Some((place, rest)), _) => {
                indent = depth;
                let rest = rest.trim_start_matches([':', '-', ',', ' ', '\t']);
                steps.push(Step::new(place, rest.trim_end()));
            }
            (None, Some(step)) => {
                let gap = if step.message.is_empty() { "" } else { "\n" };
                step.message = format!("{}{gap}{}", step.message, line.trim());
            }
            (None, None) => steps.push(Step::new(Location::default(), line.trim())),
        }
    }
    steps
}

/// A line without the number, dash or arrow that it opens with: `1. `, `#2) `, `- `, `-> `.
fn unmarked(line: &str) -> &str {
    let line = line.trim_start();
    let Some((mark, rest)) = line.split_once(char::is_whitespace) else { return line };
    let number = mark.trim_start_matches('#').trim_end_matches(['.', ')', ':']);
    let numbered = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let dashed = matches!(mark, "-" | "*");
    let arrow = mark.len() > 1 && mark.trim_start_matches('-') == ">";
    if numbered || dashed || arrow { rest.trim_start() } else { line }
}

/// Whether two spellings may mean one file: the shorter is the tail of the longer.
pub(super) fn same_file(one: &str, other: &str) -> bool {
    let parts = |path| str::rsplit(path, ['/', '\\']).filter(|part| !matches!(*part, "" | "."));
    parts(one).zip(parts(other)).all(|(a, b)| a == b)
}
