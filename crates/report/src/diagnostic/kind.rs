//! What one line of a compiler's output is.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::Location;
use crate::reference::{function_name, number, pattern};

/// What a line is.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// `file:line:column: warning: message`.
    Diagnostic(Head<'a>),
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

/// The head line of a diagnostic.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) location: Location,
    pub(super) severity: &'a str,
    pub(super) message: &'a str,
    /// The line number as written, if it is none that a file can have.
    pub(super) bad_line: Option<&'a str>,
}

/// Says what a line without colours is.
pub(super) fn kind(line: &str) -> Kind<'_> {
    let text = line.trim_end();
    if text.is_empty() {
        Kind::Blank
    } else if let Some(context) = context(text) {
        context
    } else if line.starts_with([' ', '\t', '|', '+']) {
        Kind::Body
    } else {
        function(text)
            .or_else(|| footer(text))
            .or_else(|| head(text))
            .unwrap_or_else(|| unread(text))
    }
}

/// Whether a line only marks places in the line above it.
pub(super) fn is_caret(line: &str) -> bool {
    let marks = line.trim_start_matches([' ', '\t', '|']);
    marks.starts_with(['^', '~']) && marks.chars().all(|c| "^~ \t".contains(c))
}

/// `In file included from a.h:1:`, `inlined from 'f' at a.c:2:3:`, `a.cc:4:5:   required from here`.
fn context(text: &str) -> Option<Kind<'_>> {
    static SHAPES: LazyLock<[Regex; 3]> = LazyLock::new(|| {
        [
            pattern(
                r"^(?:In file included|\s+) from (?P<path>.+?):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?[:,]$",
            ),
            pattern(
                r"^\s+inlined from [‘'`](?P<function>.+)[’'] at (?P<path>.+?):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?[:,]$",
            ),
            pattern(
                r"^(?P<path>[^\s].*?):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?:\s+(?:recursively )?(?:required (?:from|by)|instantiated from|in .constexpr. expansion of)\b.*$",
            ),
        ]
    });
    let found = SHAPES.iter().find_map(|shape| shape.captures(text))?;
    let end = found.name("column").or(found.name("line"))?.end();
    let said = text[end..].trim_matches([':', ',', ' ']);
    let start = found.name("path")?.start();
    let said = if said.is_empty() { text[..start].trim().trim_end_matches(" at") } else { said };
    Some(Kind::Context(location(&found), said))
}

/// `a.c: In function 'f':`, `In member function 'int A::f()',`, `a.c: At top level:`.
fn function(text: &str) -> Option<Kind<'_>> {
    static FUNCTION: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:(?P<path>.+?): )?(?:In (?:[a-z]+ ){0,4}[a-z]+ [‘'`](?P<function>.+)[’'][:,]|(?:In lambda function|At (?:top level|global scope)):)$",
        )
    });
    FUNCTION.captures(text).map(|found| Kind::Function(location(&found)))
}

/// `path:line:column: severity: message`, the line and column optional.
fn head(text: &str) -> Option<Kind<'_>> {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:[A-Za-z/+]+: )?(?:(?P<path>.+?):(?:(?P<line>[0-9]+):(?:(?P<column>[0-9]+):)?(?:\{[0-9:{}-]*\}:)?)? )?",
            r"(?P<severity>fatal error|internal compiler error|error|warning|note|remark|sorry, unimplemented): (?P<message>.*)$",
        ))
    });
    let found = HEAD.captures(text)?;
    let part = |name| found.name(name).map(|part| part.as_str());
    let compiler = matches!(part("path"), Some("cc1" | "cc1plus" | "cc1obj" | "lto1"));
    let message = part("message")?;
    if compiler && message.contains("warnings being treated as errors") {
        return Some(Kind::Footer);
    }
    let mut location = location(&found);
    if compiler {
        location.path = None;
    } else if part("line").is_none() {
        return Some(Kind::Unreadable("a message without a source line is skipped"));
    }
    let bad_line = part("line").filter(|_| location.line.is_none());
    Some(Kind::Diagnostic(Head { location, severity: part("severity")?, message, bad_line }))
}

fn footer(text: &str) -> Option<Kind<'_>> {
    static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:[0-9]+ (?:warnings?|errors?|remarks?)(?: and [0-9]+ errors?)? (?:generated|treated as errors?)",
            r"|compilation terminated|Suppressed [0-9]+ warnings|Use -header-filter|Error while processing)\b",
        ))
    });
    FOOTER.is_match(text).then_some(Kind::Footer)
}

/// A line of no known kind, which may be damaged or a linker's.
fn unread(text: &str) -> Kind<'_> {
    static CUT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^\s:][^:]*\.[A-Za-z0-9+]+:[0-9]+:"));
    static LINKER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"undefined reference to|multiple definition of|^collect2: "));
    if LINKER.is_match(text) {
        Kind::Unreadable("a linker message names no source line and is skipped")
    } else if CUT.is_match(text) {
        Kind::Unreadable("a line that begins like a diagnostic has no severity and is skipped")
    } else {
        Kind::Other
    }
}

fn location(found: &Captures<'_>) -> Location {
    let part = |name| found.name(name).map(|part| part.as_str());
    Location {
        path: part("path").map(str::to_owned),
        line: part("line").and_then(number),
        column: part("column").and_then(number),
        function: part("function").and_then(function_name).map(str::to_owned),
        ..Location::default()
    }
}
