//! The head line of a diagnostic: `path:line:column: severity: message`, or as Microsoft's tools and those that can
//! imitate them write it, `path(line,column): severity C4996: message`.

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
    /// The number of the message, if it has one: `C4996`.
    pub(super) code: Option<&'a str>,
}

impl<'a> Head<'a> {
    fn new(position: Position<'a>, severity: &'a str, message: &'a str) -> Self {
        let (location, bad_line) = (position.location(), position.bad_line());
        let steps = Vec::new();
        Self { location, severity, message, bad_line, certainty: None, steps, code: None }
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
        let split = split(text, dialect)?;
        in_brackets(split).or_else(|| Some(found(split.before, split.severity, split.message)))
    })
}

/// A severity in a line.
#[derive(Clone, Copy)]
struct Split<'a> {
    before: &'a str,
    severity: &'a str,
    code: Option<&'a str>,
    message: &'a str,
}

/// The first severity, and what stands before and behind it.
fn split(text: &str, dialect: Dialect) -> Option<Split<'_>> {
    let mut at = 0;
    loop {
        let before = text[..at].strip_suffix(": ").unwrap_or(&text[..at]);
        let found = severity_at(&text[at..], dialect);
        if let Some((severity, code, message)) = found
            // Only there does a word with a number stand between severity and colon.
            && (code.is_none() || Position::in_brackets(before.trim_end()).is_some())
        {
            return Some(Split { before, severity, code, message });
        }
        at += memchr::memmem::find(&text.as_bytes()[at..], b": ")? + 2;
    }
}

/// A severity at the start of a text, the number of the message, and the message.
fn severity_at(text: &str, dialect: Dialect) -> Option<(&'static str, Option<&str>, &str)> {
    dialect.severities().iter().find_map(|severity| {
        let rest = text.strip_prefix(severity)?;
        if let Some(message) = rest.strip_prefix(": ") {
            return Some((*severity, None, message));
        }
        let (code, message) = rest.strip_prefix(' ')?.split_once(": ")?;
        is_code(code).then_some((*severity, Some(code), message))
    })
}

/// `C4996`, `CS0168`, `LNK2019`.
fn is_code(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = &text[letters..];
    (1..=4).contains(&letters)
        && (3..=5).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A head with its place in brackets. Such a line may be indented, have the number of MSBuild's project before it, and
/// the file of the project in brackets behind it.
fn in_brackets(split: Split<'_>) -> Option<Found<'_>> {
    let before = split.before.trim();
    let (project, place) = before.split_once('>').unwrap_or(("", before));
    let place = if project.bytes().all(|b| b.is_ascii_digit()) { place.trim() } else { before };
    let position = Position::in_brackets(place)?;
    let project = split.message.rsplit_once(" [").filter(|(_, file)| file.ends_with("proj]"));
    let message = project.map_or(split.message, |(message, _)| message.trim_end());
    let head = Head { code: split.code, ..Head::new(position, split.severity, message) };
    Some(Found::Head(Box::new(head)))
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
        code: None,
    }))
}

/// Whether an indented line is a head all the same, which only MSBuild writes: its message has a number.
pub(super) fn is_indented(text: &str) -> bool {
    let split = split(text.trim_start(), Dialect::Compiler);
    split.is_some_and(|split| split.code.is_some())
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
