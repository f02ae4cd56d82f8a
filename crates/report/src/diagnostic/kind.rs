//! What one line of a compiler's output is.
//!
//! Most lines of a log are none of a compiler's, so this is written without patterns: a line without a colon is
//! done with after one look.

use super::dialect::Dialect;
use super::head::{self, Found, Head};
use crate::Location;
use crate::position::{Position, digits_ahead};
use crate::reference::function_name;

/// What a line is.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// `file:line:column: warning: message`.
    Diagnostic(Box<Head<'a>>),
    /// A line above a diagnostic that says how the compiler came there.
    Context(Location, &'a str),
    /// `file: In function 'f':`; no function at the top level.
    Function(Location),
    /// Source, carets, fix-its, the drawing of a path.
    Body,
    /// A message that has no source line, or that was cut before its severity.
    Unreadable(&'static str),
    /// A count of diagnostics and the like.
    Footer,
    Blank,
    Other,
}

/// Says what a line is.
pub(super) fn kind(line: &str, dialect: Dialect) -> Kind<'_> {
    let text = line.trim_end();
    let Some(first) = text.bytes().next() else { return Kind::Blank };
    let colon = memchr::memchr(b':', text.as_bytes());
    match first {
        b' ' | b'\t' if colon.is_some() => {
            indented_context(text).or_else(|| indented_head(text)).unwrap_or(Kind::Body)
        }
        b' ' | b'\t' => Kind::Body,
        b'|' | b'+' => Kind::Body,
        _ if is_footer(text) => Kind::Footer,
        _ if colon.is_some() => with_colon(text, dialect),
        // What an `inlined from` goes on from ends in a comma.
        b'I' => function(text).unwrap_or(Kind::Other),
        _ => Kind::Other,
    }
}

fn with_colon(text: &str, dialect: Dialect) -> Kind<'_> {
    if let Some(context) = context(text).or_else(|| function(text)) {
        return context;
    }
    match head::find(text, dialect) {
        Some(Found::Head(head)) => Kind::Diagnostic(head),
        Some(Found::Placeless) => Kind::Unreadable("a message without a source line is skipped"),
        Some(Found::Footer) => Kind::Footer,
        None => unread(text),
    }
}

/// Whether a line only marks places in the line above it.
pub(super) fn is_caret(line: &str) -> bool {
    let marks = line.trim_start_matches([' ', '\t', '|']);
    marks.starts_with(['^', '~']) && marks.bytes().all(|c| b"^~ \t".contains(&c))
}

/// `In file included from a.h:1:`, `a.cc:4:5:   required from here`.
fn context(text: &str) -> Option<Kind<'_>> {
    const INCLUDED: &str = "In file included from ";
    const CAME: [&str; 4] = ["required from", "required by", "instantiated from", "expansion of"];
    if let Some(place) = text.strip_prefix(INCLUDED) {
        return listed(place, INCLUDED.trim_end());
    }
    CAME.iter().find(|words| text.contains(**words))?;
    let (position, said) = Position::leading(text)?;
    let said = said.strip_prefix(' ')?.trim_start();
    let plain = said.strip_prefix("recursively ").unwrap_or(said);
    let constexpr = plain.starts_with("in ‘constexpr’ ") || plain.starts_with("in 'constexpr' ");
    (constexpr || CAME[..3].iter().any(|words| plain.starts_with(words)))
        .then(|| Kind::Context(position.location(), said.trim_matches([':', ',', ' '])))
}

/// `                 from a.c:1:`, `    inlined from 'f' at a.c:2:3:`.
fn indented_context(text: &str) -> Option<Kind<'_>> {
    let said = text.trim_start();
    if let Some(place) = said.strip_prefix("from ") {
        return listed(place, "from");
    }
    let (_, place) = said.strip_prefix("inlined from ")?.rsplit_once(" at ")?;
    let said = &said[..said.len() - place.len() - " at ".len()];
    let function = quoted(said).and_then(|(_, name, _)| function_name(name))?;
    let Kind::Context(location, _) = listed(place, said)? else { return None };
    Some(Kind::Context(location.in_function(function), said))
}

/// `  a.c(3,5): warning C4996: message`, as MSBuild writes.
fn indented_head(text: &str) -> Option<Kind<'_>> {
    // No severity with a number stands in most of the source that is shown.
    memchr::memmem::find(text.as_bytes(), b"): ")?;
    head::is_indented(text).then(|| with_colon(text.trim_start(), Dialect::Compiler))
}

/// A place that a comma or a colon ends.
fn listed<'a>(place: &str, said: &'a str) -> Option<Kind<'a>> {
    let position = Position::whole(place.strip_suffix([':', ','])?)?;
    Some(Kind::Context(position.location(), said))
}

/// `a.c: In function 'f':`, `In member function 'int A::f()',`, `a.c: At top level:`.
fn function(text: &str) -> Option<Kind<'_>> {
    const NAMELESS: [&str; 3] = ["In lambda function", "At top level", "At global scope"];
    let said = text.strip_suffix([':', ','])?;
    let (path, said) = match said.find(": In ").or_else(|| said.find(": At ")) {
        Some(at) => (Some(said[..at].to_owned()), &said[at + 2..]),
        None => (None, said),
    };
    let mut location = Location { path, ..Location::default() };
    if NAMELESS.contains(&said) {
        return Some(Kind::Function(location));
    }
    let (before, name, "") = quoted(said.strip_prefix("In ")?)? else { return None };
    let words = before.strip_suffix(' ')?;
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    if words.split(' ').count() > 5 || !words.split(' ').all(word) {
        return None;
    }
    location.function = function_name(name).map(str::to_owned);
    Some(Kind::Function(location))
}

/// What stands before, in and behind the outermost quotes.
fn quoted(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(['‘', '\'', '`'])?;
    let (name, behind) = rest.rsplit_once(['’', '\''])?;
    Some((before, name, behind))
}

fn is_footer(text: &str) -> bool {
    const WHOLE: [&str; 4] =
        ["compilation terminated", "Suppressed ", "Use -header-filter", "Error while processing"];
    let counts = |text: &str| {
        let counted = text.starts_with(" warning")
            || text.starts_with(" error")
            || text.starts_with(" remark");
        counted && (text.contains(" generated") || text.contains(" treated as error"))
    };
    match digits_ahead(text) {
        ("", _) => WHOLE.iter().any(|words| text.starts_with(words)),
        (_, rest) => counts(rest),
    }
}

/// A line of no known kind, which may be damaged or a linker's.
fn unread(text: &str) -> Kind<'_> {
    const LINKER: [&str; 3] = ["undefined reference to", "multiple definition of", " error LNK"];
    if LINKER.iter().any(|words| text.contains(words)) || text.starts_with("collect2: ") {
        Kind::Unreadable("a linker message names no source line and is skipped")
    } else if Position::leading(text).is_some_and(|(position, _)| is_file(position.path)) {
        Kind::Unreadable("a line that begins like a diagnostic has no severity and is skipped")
    } else {
        Kind::Other
    }
}

/// Whether a path has an extension and is no more than a path.
fn is_file(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':')
        && path.starts_with(|c: char| c.is_ascii_alphabetic());
    let path = if drive { &path[2..] } else { path };
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    let is_extension = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+')
    };
    !path.contains(':') && extension.is_some_and(is_extension)
}
