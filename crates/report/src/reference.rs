//! Names of places and functions, found in prose.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::Location;

/// `path:line`, `path:line-line`, `path:line:column`; the path has a dot or a slash in it.
const PLACE: &str = r#"(?P<path>(?:[A-Za-z]:[\\/])?[^\s:()"'`,;<>]*[./\\][^\s:()"'`,;<>]*):(?P<line>[0-9]+)(?:-(?P<end>[0-9]+))?(?::(?P<column>[0-9]+))?\b"#;

/// A place at the start of `text`, and what follows it.
pub(crate) fn leading_place(text: &str) -> Option<(Location, &str)> {
    static LEADING: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^{PLACE}")));
    // Most lines that are asked for have no colon before a digit.
    if !has_number(text) {
        return None;
    }
    let found = LEADING.captures(text)?;
    let rest = &text[found.get_match().end()..];
    Some((location(&found)?, rest))
}

/// The first place anywhere in `text`, also in the form `file.c, line 12`, and the bytes it takes up.
pub(crate) fn place_within(text: &str) -> Option<(Location, Range<usize>)> {
    static SHORT: LazyLock<Regex> = LazyLock::new(|| pattern(PLACE));
    static LONG: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?i)(?P<path>(?:[A-Za-z]:[\\/])?[^\s:()"'`,;<>]*[./\\][^\s:()"'`,;<>]+)["'`]?,?\s+\(?(?:at\s+|on\s+)?lines?:?\s*(?P<line>[0-9]+)(?:\s*(?:-|–|to)\s*(?P<end>[0-9]+))?(?P<column>[0-9]{0})"#,
        )
    });
    // The patterns are slow beside a search for what each of them has to find.
    let bytes = text.as_bytes();
    let lined = || bytes.windows(4).any(|word| word.eq_ignore_ascii_case(b"line"));
    let short = has_number(text).then_some(&*SHORT);
    [short, lined().then_some(&*LONG)].into_iter().flatten().find_map(|shape| {
        let found = shape.captures(text)?;
        Some((location(&found)?, found.get_match().range()))
    })
}

/// Whether a colon stands before a digit.
fn has_number(text: &str) -> bool {
    let behind = |at: usize| text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
    memchr::memchr_iter(b':', text.as_bytes()).any(behind)
}

/// The location in a match of one of the patterns above; none if its line is no line number.
fn location(found: &regex::Captures<'_>) -> Option<Location> {
    let number = |name: &str| found.name(name).and_then(|digits| number(digits.as_str()));
    let mut location = Location::new(&found["path"], number("line")?);
    location.end_line = number("end");
    location.column = number("column");
    Some(location)
}

/// A line or column number, which counts from 1.
pub(crate) fn number(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|&n| n > 0)
}

/// The bare name of a function that may be written as a call, a declaration or a signature.
///
/// `f()`, `int f(char *s)`, `f(` and `ns::f` become `f`, `f`, `f` and `ns::f`.
pub(crate) fn function_name(text: &str) -> Option<&str> {
    let quotes = ['`', '\'', '"', '‘', '’', '*', ' ', '\t'];
    let text = text.trim_matches(quotes);
    let name = match text.split_once('(') {
        Some((before, _)) => before.trim_end().rsplit([' ', '\t', '*', '&']).next()?,
        None => text,
    };
    let name = name.trim_matches(quotes);
    (!name.is_empty()).then_some(name)
}

/// Numbers of the Common Weakness Enumeration in `text`, added to `found` unless there already.
pub(crate) fn collect_cwe(text: &str, found: &mut Vec<u32>) {
    static CWE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\bCWE(?:[- :#]|-ID)*([0-9]{1,5})\b"));
    if !text.as_bytes().windows(3).any(|word| word.eq_ignore_ascii_case(b"cwe")) {
        return;
    }
    for number in CWE.captures_iter(text).filter_map(|found| number(&found[1])) {
        if !found.contains(&number) {
            found.push(number);
        }
    }
}

/// A pattern that is part of this crate.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this crate are constants that its tests compile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_prose() {
        let at = |text| place_within(text).map(|(place, _)| place.to_string());
        assert_eq!(at("f() in src/a.c:12").as_deref(), Some("src/a.c:12"));
        assert_eq!(at("src/a.c:12:5").as_deref(), Some("src/a.c:12:5"));
        assert_eq!(at("`src/a.c`, line 12").as_deref(), Some("src/a.c:12"));
        assert_eq!(at("src/a.c (lines 12 to 14)").as_deref(), Some("src/a.c:12"));
        assert_eq!(at("C:\\src\\a.c:12").as_deref(), Some("C:\\src\\a.c:12"));
        assert_eq!(at("a.c:0"), None);
        assert_eq!(at("a.c:99999999999"), None);
        assert_eq!(at("12:30 std::string"), None);
    }

    #[test]
    fn names_of_functions() {
        for (text, name) in [
            ("main", Some("main")),
            ("`main()`", Some("main")),
            ("cut_in_the_middle(", Some("cut_in_the_middle")),
            ("static struct foo *make(int a, char *b)", Some("make")),
            ("A::f(int) const", Some("A::f")),
            ("void T<int>::f()", Some("T<int>::f")),
            ("()", None),
            ("  ", None),
        ] {
            assert_eq!(function_name(text), name, "{text}");
        }
    }

    #[test]
    fn weaknesses_are_listed_once() {
        let mut found = Vec::new();
        collect_cwe("Overflow (CWE-120), cwe 121; CWE-120; XCWE-5", &mut found);
        assert_eq!(found, [120, 121]);
    }
}
