//! What one line of valgrind's text is.

use std::sync::LazyLock;

use regex::Regex;

use crate::Location;
use crate::reference::{number, pattern};
use crate::trace::bare_name;

/// What a line says behind its prefix.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// `Memcheck, a memory error detector`.
    Tool(&'a str),
    /// `Using Valgrind-3.19.0 and LibVEX`.
    Version(&'a str),
    Frame(Location),
    /// ` Address 0x4a40048 is 8 bytes inside a block of size 16 free'd`: about the error above.
    Aside(&'a str),
    /// The first line of an error, or another line that is not indented.
    Text(&'a str),
    /// Dashes between helgrind's errors, with or without a heading.
    Rule,
    Blank,
}

/// The process and what follows the prefix `==12== `; `None` for lines that are not valgrind's.
pub(super) fn content(line: &str) -> Option<(&str, &str)> {
    static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:==|\*\*)(?:[0-9:.]{8,} )?(?P<process>[0-9]{1,10})(?:==|\*\*)(?: (?P<content>.*))?$",
        )
    });
    if !line.starts_with("==") && !line.starts_with("**") {
        return None;
    }
    let found = PREFIX.captures(line)?;
    let part = |name| found.name(name).map_or("", |part| part.as_str());
    Some((part("process"), part("content")))
}

/// Says what the content of a line is.
pub(super) fn kind(content: &str) -> Kind<'_> {
    let text = content.trim();
    if text.is_empty() {
        Kind::Blank
    } else if let Some(location) = frame(content) {
        Kind::Frame(location)
    } else if text.starts_with("-----") || text.starts_with("---Thread-Announcement") {
        Kind::Rule
    } else if let Some(tool) =
        text.split_once(", a ").filter(|(_, rest)| rest.ends_with(" detector"))
    {
        Kind::Tool(tool.0)
    } else if let Some(rest) = text.strip_prefix("Using Valgrind-") {
        Kind::Version(rest.split(' ').next().unwrap_or(rest))
    } else if content.starts_with(' ') {
        Kind::Aside(text)
    } else {
        Kind::Text(text)
    }
}

/// The frame in `   by 0x10918E: buf_new (heap.c:9)`.
fn frame(content: &str) -> Option<Location> {
    static FRAME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^\s+(?:at|by) 0x[0-9A-Fa-f]+: (?P<name>.*?)(?: \((?:in [^()]+|(?P<path>[^()]+):(?P<line>[0-9]+))\))?$",
        )
    });
    let found = FRAME.captures(content.trim_end())?;
    Some(Location {
        function: bare_name(&found["name"]).filter(|name| name != "???"),
        path: found.name("path").map(|path| path.as_str().to_owned()),
        line: found.name("line").and_then(|line| number(line.as_str())),
        ..Location::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        for (line, function, place) in [
            ("   at 0x1092B9: main (heap.c:35)", "main", "heap.c:35"),
            ("   by 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload.so)", "malloc", "?"),
            ("   by 0x1: ??? (in /usr/lib/x.so)", "", "?"),
            ("   by 0x1: ???", "", "?"),
            (
                "   by 0x1: operator new(unsigned long) (vg_replace_malloc.c:334)",
                "operator new",
                "vg_replace_malloc.c:334",
            ),
            (
                "   by 0x1: std::function<void (int)>::operator()(int) const (std_function.h:590)",
                "std::function<void (int)>::operator()",
                "std_function.h:590",
            ),
            ("   by 0x1: f (/home/a b/x.c:3)", "f", "/home/a b/x.c:3"),
        ] {
            let found = frame(line).expect(line);
            assert_eq!(found.function.as_deref().unwrap_or(""), function, "{line}");
            assert_eq!(found.to_string(), place, "{line}");
        }
        assert_eq!(frame("at 0x1: main"), None);
    }

    #[test]
    fn contents() {
        assert_eq!(content("==12== Invalid read"), Some(("12", "Invalid read")));
        assert_eq!(content("==12=="), Some(("12", "")));
        assert_eq!(content("==00:00:00:01.234 12==    at 0x1: f"), Some(("12", "   at 0x1: f")));
        assert_eq!(content("==12==ERROR: AddressSanitizer: x"), None);
        assert_eq!(content("12"), None);
    }
}
