//! What one line of a sanitizer's trace is.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::Location;
use crate::reference::pattern;
use crate::trace::{Access, frame, place};

/// `==12==ERROR: AddressSanitizer: message`, `WARNING: ThreadSanitizer: message (pid=12)`.
const HEAD: &str = r"(?:==[0-9]+==\s?)?(?P<word>ERROR|WARNING): (?P<tool>[A-Za-z]*Sanitizer|libFuzzer): (?P<message>.*)";
/// `a.c:5:10: runtime error: message`.
const UNDEFINED: &str =
    r#"(?P<place>[^\n"]*?(?::[0-9]+(?::[0-9]+)?|>|0x[0-9a-f]+)): runtime error: (?P<message>.*)"#;
const LEAK: &str =
    r"(?:Direct|Indirect) leak of (?P<size>[0-9]+) byte\(s\) in [0-9]+ object\(s\).*";
const SUMMARY: &str = r"SUMMARY: (?P<tool>[A-Za-z]*Sanitizer|libFuzzer): (?P<message>.*)";

/// What a line is.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// A defect is named.
    Head {
        word: &'a str,
        tool: &'a str,
        message: &'a str,
    },
    /// Undefined behaviour at a place.
    Undefined {
        place: Location,
        message: &'a str,
    },
    /// A leak.
    Leak {
        message: &'a str,
        size: &'a str,
    },
    /// An access to memory, whose stack follows.
    Access {
        access: Access,
        previous: bool,
        size: &'a str,
        address: &'a str,
        message: &'a str,
    },
    /// A line above a stack, and what the stack is.
    Stack {
        tag: &'static str,
        message: &'a str,
    },
    /// A frame, and whether it is the first of its stack.
    Frame {
        first: bool,
        location: Location,
    },
    /// Something about the memory or the signal.
    Prose(&'a str),
    /// A note to undefined behaviour.
    Note {
        place: Location,
        message: &'a str,
    },
    /// Source, shadow bytes and the like.
    Body,
    Summary {
        tool: &'a str,
        message: &'a str,
    },
    /// The last line of a report.
    End,
    Blank,
    Other(&'a str),
}

/// Whether a report begins with this line.
pub(super) fn begins(line: &str) -> bool {
    head(without_prefix(line).trim()).is_some()
}

/// Whether a text has a part that every head has.
pub(super) fn has_sign(text: &str) -> bool {
    static SIGN: LazyLock<Regex> =
        LazyLock::new(|| pattern("Sanitizer: |libFuzzer: |: runtime error: | leak of "));
    SIGN.is_match(text)
}

/// A line without the time that a build server, or the number that a test runner, puts before it.
pub(super) fn without_prefix(line: &str) -> &str {
    static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?Z |[0-9]{1,6}: )")
    });
    PREFIX.find(line).map_or(line, |found| &line[found.end()..])
}

/// Says what a line is.
pub(super) fn kind(line: &str) -> Kind<'_> {
    let text = line.trim();
    if text.is_empty() {
        Kind::Blank
    } else if let Some(location) = text.starts_with('#').then(|| frame(text)).flatten() {
        Kind::Frame { first: text.starts_with("#0 "), location }
    } else {
        head(text)
            .or_else(|| access(text))
            .or_else(|| stack(text))
            .or_else(|| note(text))
            .or_else(|| body(line))
            .unwrap_or(Kind::Other(text))
    }
}

fn head(text: &str) -> Option<Kind<'_>> {
    static SHAPES: LazyLock<[Regex; 4]> = LazyLock::new(|| {
        [HEAD, UNDEFINED, LEAK, SUMMARY].map(|shape| pattern(&format!("^{shape}$")))
    });
    if !has_sign(text) {
        return None;
    }
    let [head, undefined, leak, summary] = &*SHAPES;
    if let Some(found) = head.captures(text) {
        let (word, tool) = (part(&found, "word"), part(&found, "tool"));
        return Some(Kind::Head { word, tool, message: part(&found, "message") });
    }
    if let Some(found) = undefined.captures(text) {
        return Some(Kind::Undefined {
            place: place(part(&found, "place")),
            message: part(&found, "message"),
        });
    }
    if let Some(found) = leak.captures(text) {
        return Some(Kind::Leak { message: text, size: part(&found, "size") });
    }
    let found = summary.captures(text)?;
    Some(Kind::Summary { tool: part(&found, "tool"), message: part(&found, "message") })
}

fn access(text: &str) -> Option<Kind<'_>> {
    static ACCESS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?P<previous>Previous )?(?:[Aa]tomic |\[[a-z]+\] )?(?P<access>(?i:read|write)) of size (?P<size>[0-9]+) at (?P<address>0x[0-9a-f]+)\b",
        )
    });
    let found = ACCESS.captures(text)?;
    let read = part(&found, "access").eq_ignore_ascii_case("read");
    Some(Kind::Access {
        access: if read { Access::Read } else { Access::Write },
        previous: found.name("previous").is_some(),
        size: part(&found, "size"),
        address: part(&found, "address"),
        message: text.trim_end_matches(':'),
    })
}

/// The lines above stacks, by how they begin and what they have in them; the first that fits counts.
fn stack(text: &str) -> Option<Kind<'_>> {
    const SHAPES: &[(&str, &str, &str)] = &[
        ("freed by thread", "", "freed by"),
        ("previously allocated by thread", "", "allocated by"),
        ("allocated by thread", "", "allocated by"),
        ("Location is heap block", " allocated by ", "allocated by"),
        ("Thread T", " created by ", "thread created"),
        ("Thread T", " created at", "thread created"),
        ("Address 0x", " is located in stack of ", "stack frame"),
        ("Uninitialized value was stored", "", "stored at"),
        ("Uninitialized value was created", "", "created by"),
        ("Memory was marked as uninitialized", "", "created by"),
        ("Mutex M", " created at", "mutex created"),
        ("Mutex M", " acquired ", "mutex acquired"),
    ];
    let fits =
        |(begin, within, _): &&(&str, &str, &str)| text.starts_with(begin) && text.contains(within);
    let (_, _, tag) = SHAPES.iter().find(fits)?;
    Some(Kind::Stack { tag, message: text.trim_end_matches(':') })
}

fn note(text: &str) -> Option<Kind<'_>> {
    let (place_text, message) = text.split_once(": note: ")?;
    let address = place_text.starts_with("0x");
    Some(Kind::Note {
        place: if address { Location::default() } else { place(place_text) },
        message,
    })
}

fn body(line: &str) -> Option<Kind<'_>> {
    static PROSE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:(?:==[0-9]+==\s?)?(?:Hint: |The signal is caused by |Register values)|0x[0-9a-f]+ is located |Location is |HINT: ",
            r"|Address 0x|This frame has |\[[0-9]+, [0-9]+\) '|object passed to delete|size of the |Uninitialized bytes in ",
            r"|Cycle in lock order graph|\[[0-9]+\] size=|As if synchronized)",
        ))
    });
    let text = line.trim();
    if let Some(found) = PROSE.find(text) {
        let bare = text.trim_start_matches(|c: char| c == '=' || c.is_ascii_digit()).trim_start();
        return Some(Kind::Prose(if found.as_str().starts_with("==") { bare } else { text }));
    }
    let end = text.ends_with("==ABORTING")
        || text.starts_with("Exiting")
        || text.starts_with("==================");
    let body = line.starts_with(' ') || line.starts_with("=>") || line.starts_with("Shadow byte");
    match (end, body) {
        (true, _) => Some(Kind::End),
        (_, true) => Some(Kind::Body),
        _ => None,
    }
}

fn part<'a>(found: &Captures<'a>, name: &str) -> &'a str {
    found.name(name).map_or("", |part| part.as_str())
}
