//! The head line of a diagnostic: `path:line:column: severity: message`.

use super::dialect::Dialect;
use crate::position::Position;
use crate::{Location, Step};

/// The head line of a diagnostic.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) location: Location,
    pub(super) severity: &'a str,
    pub(super) message: &'a str,
    /// The line number as written, if it is none that a file can have.
    pub(super) bad_line: Option<&'a str>,
    /// How sure the tool is, if it says so.
    pub(super) certainty: Option<&'a str>,
    /// The way to the place, if the line gives one.
    pub(super) steps: Vec<Step>,
}

impl<'a> Head<'a> {
    fn new(position: Position<'a>, severity: &'a str, message: &'a str) -> Self {
        let (location, bad_line) = (position.location(), position.bad_line());
        Self { location, severity, message, bad_line, certainty: None, steps: Vec::new() }
    }
}

/// What a line with a severity turns out to be.
#[derive(Debug)]
pub(super) enum Found<'a> {
    Head(Box<Head<'a>>),
    /// A message that names no source line.
    Placeless,
    /// That warnings are errors, which is said once for a whole run.
    Footer,
}

/// What `text` is if it has a severity.
pub(super) fn find(text: &str, dialect: Dialect) -> Option<Found<'_>> {
    let bracketed = match dialect {
        Dialect::Compiler => graded(text),
        Dialect::Cppcheck => listed(text),
    };
    bracketed.or_else(|| {
        let (before, severity, message) = split(text, dialect)?;
        Some(found(before, severity, message))
    })
}

/// The parts before and behind the first severity, and the severity.
fn split(text: &str, dialect: Dialect) -> Option<(&str, &str, &str)> {
    let mut at = 0;
    loop {
        if let Some(severity) = severity_at(&text[at..], dialect) {
            let before = text[..at].strip_suffix(": ").unwrap_or(&text[..at]);
            return Some((before, severity, &text[at + severity.len() + 2..]));
        }
        at += memchr::memmem::find(&text.as_bytes()[at..], b": ")? + 2;
    }
}

fn severity_at(text: &str, dialect: Dialect) -> Option<&'static str> {
    let follows = |word: &&&str| text.starts_with(**word) && text[word.len()..].starts_with(": ");
    dialect.severities().iter().find(follows).copied()
}

fn found<'a>(before: &'a str, severity: &'a str, message: &'a str) -> Found<'a> {
    let before = without_ranges(unlabelled(before));
    if let Some(position) = Position::whole(before) {
        return Found::Head(Box::new(Head::new(position, severity, message)));
    }
    let location = match before {
        "cc1" | "cc1plus" | "cc1obj" | "lto1" => {
            if message.contains("warnings being treated as errors") {
                return Found::Footer;
            }
            Location::default()
        }
        // What stands on a command line has no line of its own.
        _ if before.starts_with('<') && before.ends_with('>') => {
            Location { path: Some(before.to_owned()), ..Location::default() }
        }
        _ => return Found::Placeless,
    };
    Found::Head(Box::new(Head {
        location,
        severity,
        message,
        bad_line: None,
        certainty: None,
        steps: Vec::new(),
    }))
}

/// The text without a label that a build tool put before it, such as `C/C++: `.
fn unlabelled(before: &str) -> &str {
    let label =
        before.bytes().take_while(|&b| b.is_ascii_alphabetic() || b"/+".contains(&b)).count();
    match before[label..].strip_prefix(": ") {
        Some(rest) if label > 0 => rest,
        _ => before,
    }
}

/// The text without clang's `:{1:2-1:5}{2:3-2:4}` at its end.
fn without_ranges(before: &str) -> &str {
    let is_range =
        |rest: &str| rest.ends_with('}') && rest.bytes().all(|b| b"0123456789:-{}".contains(&b));
    match before.find(":{") {
        Some(at) if is_range(&before[at + 1..]) => &before[..at],
        _ => before,
    }
}

/// CodeChecker's way to write: `[HIGH] path:line:column: message [check]`.
fn graded(text: &str) -> Option<Found<'_>> {
    let (severity, rest) = text.strip_prefix('[')?.split_once("] ")?;
    if severity.is_empty() || !severity.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let (position, message) = Position::leading(rest)?;
    Some(Found::Head(Box::new(Head::new(position, severity, message.strip_prefix(' ')?))))
}

/// cppcheck's way to write before 1.84: `[a.c:4] -> [a.c:7]: (warning, inconclusive) message`.
fn listed(text: &str) -> Option<Found<'_>> {
    let (places, rest) = text.strip_prefix('[')?.split_once("]: (")?;
    let (severity, message) = rest.split_once(") ")?;
    let places = places.split("] -> [").map(Position::whole).collect::<Option<Vec<_>>>()?;
    let (severity, certainty) = match severity.split_once(", ") {
        Some((severity, certainty)) => (severity, Some(certainty)),
        None => (severity, None),
    };
    let mut head = Head::new(*places.last()?, severity, message);
    head.certainty = certainty;
    if places.len() > 1 {
        head.steps = places.iter().map(|place| Step::new(place.location(), "")).collect();
    }
    Some(Found::Head(Box::new(head)))
}
