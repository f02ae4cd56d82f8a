//! Positions such as `path:line:column`, read without patterns because every line of a log is asked for one.

use crate::Location;
use crate::reference::number;

/// A position as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position<'a> {
    pub(crate) path: &'a str,
    /// The digits of the line.
    pub(crate) line: &'a str,
    /// The digits of the column.
    pub(crate) column: Option<&'a str>,
}

impl<'a> Position<'a> {
    /// A text that is `path:line` or `path:line:column`; the path may have colons of its own.
    pub(crate) fn whole(text: &'a str) -> Option<Self> {
        let (before, last) = digits_behind(text)?;
        let (path, line, column) = match digits_behind(before) {
            Some((path, line)) => (path, line, Some(last)),
            None => (before, last, None),
        };
        (!path.is_empty()).then_some(Self { path, line, column })
    }

    /// A text that is `path(line)` or `path(line,column)`, as Microsoft's compilers write.
    pub(crate) fn in_brackets(text: &'a str) -> Option<Self> {
        let (path, numbers) = text.strip_suffix(')')?.rsplit_once('(')?;
        let mut numbers = numbers.split(',');
        let (line, column) = (numbers.next()?, numbers.next());
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let numbered = is_number(line) && column.into_iter().chain(numbers).all(is_number);
        (numbered && !path.is_empty()).then_some(Self { path, line, column })
    }

    /// The first position that `text` begins with and a colon ends, and what follows the colon.
    pub(crate) fn leading(text: &'a str) -> Option<(Self, &'a str)> {
        let mut from = 0;
        loop {
            let colon = from + memchr::memchr(b':', &text.as_bytes()[from..])?;
            let (line, rest) = digits_ahead(&text[colon + 1..]);
            if let (1.., Some(behind)) = (line.len(), rest.strip_prefix(':')) {
                if colon == 0 {
                    return None;
                }
                let (column, further) = digits_ahead(behind);
                let end = further.strip_prefix(':').filter(|_| !column.is_empty());
                let (column, rest) = end.map_or((None, behind), |rest| (Some(column), rest));
                return Some((Self { path: &text[..colon], line, column }, rest));
            }
            from = colon + 1;
        }
    }

    /// The place; without a line if that is no number that a line can have.
    pub(crate) fn location(&self) -> Location {
        Location {
            path: Some(self.path.to_owned()),
            line: number(self.line),
            column: self.column.and_then(number),
            ..Location::default()
        }
    }

    /// The line as it is written, if it is none that a file can have.
    pub(crate) fn bad_line(&self) -> Option<&'a str> {
        number(self.line).is_none().then_some(self.line)
    }
}

/// `text:12` as `text` and `12`.
fn digits_behind(text: &str) -> Option<(&str, &str)> {
    let start = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, digits) = text.split_at(text.len() - start);
    (!digits.is_empty()).then_some((before.strip_suffix(':')?, digits))
}

/// `12text` as `12` and `text`.
pub(crate) fn digits_ahead(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_keep_the_colons_of_paths() {
        let whole = |text| Position::whole(text).map(|p| (p.path, p.line, p.column));
        assert_eq!(whole("a.c:3"), Some(("a.c", "3", None)));
        assert_eq!(whole("C:\\a b.c:3:7"), Some(("C:\\a b.c", "3", Some("7"))));
        assert_eq!(whole("a:1:2:3"), Some(("a:1", "2", Some("3"))));
        assert_eq!(whole(":3"), None);
        assert_eq!(whole("a.c"), None);
        let bracketed = |text| Position::in_brackets(text).map(|p| (p.path, p.line, p.column));
        assert_eq!(bracketed("C:\\a (1)\\b.c(3,7)"), Some(("C:\\a (1)\\b.c", "3", Some("7"))));
        assert_eq!(bracketed("a.c(3)"), Some(("a.c", "3", None)));
        assert_eq!(bracketed("a.c(3,7,3,9)"), Some(("a.c", "3", Some("7"))));
        assert_eq!(bracketed("f(x)"), None);
        assert_eq!(bracketed("f()"), None);
        assert_eq!(bracketed("(3)"), None);
        let leading =
            |text| Position::leading(text).map(|(p, rest)| (p.path, p.line, p.column, rest));
        assert_eq!(leading("a.c:3: m"), Some(("a.c", "3", None, " m")));
        assert_eq!(
            leading("C:/a b.c:3:7: m: 1:2:"),
            Some(("C:/a b.c", "3", Some("7"), " m: 1:2:"))
        );
        assert_eq!(leading("a.c:3:7-9: m"), Some(("a.c", "3", None, "7-9: m")));
        assert_eq!(leading("a.c:3"), None);
        assert_eq!(leading(":3: m"), None);
    }
}
