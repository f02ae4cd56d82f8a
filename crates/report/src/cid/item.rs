//! What each line of a report is: a key, running text, a rule, or blank.

use super::key::Key;
use crate::Place;

/// Labels longer than this are prose.
const MAX_LABEL: usize = 40;
/// More marks than these are not looked for around a label that stands alone.
const MARKS: usize = 16;

/// One line of a report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Where it begins.
    pub(super) place: Place,
    /// Where the next line begins.
    pub(super) end: usize,
    /// Its text, without byte order mark and line ending.
    pub(super) text: &'a str,
}

/// A line with what it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) line: Line<'a>,
    pub(super) kind: Kind<'a>,
}

/// What a line is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'a> {
    Blank,
    /// Dashes or the like, under a heading or between reports.
    Rule,
    Text,
    Key(KeyLine<'a>),
}

/// A line that opens with a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyLine<'a> {
    pub(super) key: Key,
    pub(super) label: &'a str,
    /// The label as the table of keys has it; empty for a key that is not there.
    pub(super) name: &'static str,
    pub(super) value: &'a str,
    pub(super) indent: usize,
    shape: Shape,
}

/// How a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `Key: value`.
    Colon,
    /// `# Key`.
    Marked,
    /// The key alone.
    Bare,
}

impl KeyLine<'_> {
    /// Whether running text may follow the key.
    pub(super) fn opens_text(&self) -> bool {
        self.key.is_text() || self.value.is_empty()
    }
}

/// What the next line is read against: the last key, and whether any line but blank ones has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Open {
    key: Option<OpenKey>,
    begun: bool,
}

#[derive(Clone, Copy, Debug)]
struct OpenKey {
    opens_text: bool,
    indent: usize,
}

/// Says what a line is.
///
/// Running text ends at a known key that stands no deeper than the key above it, so indented text
/// may contain anything. An unknown key is one only among other keys: in running text, `Note: ...`
/// is text.
pub(super) fn classify<'a>(text: &'a str, open: &mut Open) -> Kind<'a> {
    let kind = kind(text, *open);
    if let Kind::Key(line) = kind {
        open.key = Some(OpenKey { opens_text: line.opens_text(), indent: line.indent });
    }
    open.begun |= !matches!(kind, Kind::Blank);
    kind
}

fn kind(text: &str, open: Open) -> Kind<'_> {
    if text.trim().is_empty() {
        Kind::Blank
    } else if is_rule(text) {
        Kind::Rule
    } else {
        key_line(text).filter(|key| is_key_here(key, open)).map_or(Kind::Text, Kind::Key)
    }
}

/// Whether what looks like a key is one where it stands.
fn is_key_here(line: &KeyLine<'_>, open: Open) -> bool {
    let in_text = open.key.is_some_and(|key| key.opens_text);
    let deeper = open.key.is_some_and(|key| line.indent > key.indent);
    if line.key == Key::Other {
        let one_word = || !line.value.is_empty() && !line.value.contains(char::is_whitespace);
        return !in_text && !deeper && (open.begun || one_word());
    }
    let heading = match line.shape {
        Shape::Colon | Shape::Marked => true,
        Shape::Bare => line.key.is_text(),
    };
    heading && !(in_text && (deeper || is_prose(line)))
}

/// Whether a key in running text has a value that only prose would give it, as in `Line: 10 is wrong`.
fn is_prose(line: &KeyLine<'_>) -> bool {
    match line.key {
        Key::Line => line.value.contains(char::is_alphabetic),
        Key::File | Key::Cid => line.value.contains(char::is_whitespace),
        _ => false,
    }
}

/// A line that has the look of a key, known or not.
pub(super) fn key_line(text: &str) -> Option<KeyLine<'_>> {
    if memchr::memchr(b':', text.as_bytes()).is_none() && text.trim().len() > MAX_LABEL + MARKS {
        return None;
    }
    let indent = text.len() - text.trim_start().len();
    let (body, marked) = undecorated(text);
    let (label, value, shape) = match body.split_once(':') {
        Some((label, value)) => (label, value, Shape::Colon),
        None => (body, "", if marked { Shape::Marked } else { Shape::Bare }),
    };
    let label = label.trim_matches(['*', ' ', '\t']);
    if label.is_empty() || label.len() > MAX_LABEL {
        return None;
    }
    if shape != Shape::Colon && !label.starts_with(char::is_uppercase) {
        return None;
    }
    let spaced = value.is_empty() || value.starts_with(['*', ' ', '\t']);
    let value = value.trim_start_matches('*').trim();
    let (key, name) = Key::from_label(label);
    let accepted = match (key, shape) {
        (Key::Other, Shape::Colon) => spaced && is_title_case(label),
        (Key::Other, _) => false,
        _ => true,
    };
    accepted.then_some(KeyLine { key, label, name, value, indent, shape })
}

/// The line without the marks of a heading, a list or bold type, and whether it had those of a heading.
fn undecorated(text: &str) -> (&str, bool) {
    let text = text.trim();
    let bare = text.trim_start_matches('#');
    let marked = bare.len() < text.len();
    let bare = bare.trim_start();
    let bare = ["- ", "* "].iter().find_map(|mark| bare.strip_prefix(mark)).unwrap_or(bare);
    (bare.trim_start(), marked)
}

/// Whether an unknown label is written like a key: at most four words, the first in capitals.
fn is_title_case(label: &str) -> bool {
    label.starts_with(char::is_uppercase)
        && label.split_whitespace().count() <= 4
        && label.chars().all(|c| c.is_alphanumeric() || " _-/#()".contains(c))
}

/// Whether the line is a rule: three or more of the same mark.
fn is_rule(text: &str) -> bool {
    let text = text.trim();
    let mut marks = text.chars();
    let first = marks.next();
    text.len() >= 3
        && first.is_some_and(|c| "-=~*_#+".contains(c))
        && marks.all(|c| Some(c) == first)
}
