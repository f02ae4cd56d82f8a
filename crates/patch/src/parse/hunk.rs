//! One hunk: its header and exactly the lines that the header counts.

use super::cursor::{Cursor, RawLine};
use crate::error::Problem;
use crate::{Error, Hunk, LineKind, LineRange};

/// Line numbers above this are taken for damage; no sum of two overflows a `usize`.
const LAST_LINE: usize = i32::MAX as usize;

/// Reads the hunk whose header is the next line.
pub(crate) fn read(cursor: &mut Cursor<'_>, header: &RawLine<'_>) -> Result<Hunk, Error> {
    let (old, new, section) =
        ranges(header.trimmed()).ok_or_else(|| header.error(Problem::HunkHeader))?;
    let mut hunk = Hunk::new(old.before(), new.before()).with_section(section);
    let mut ended = Ended::default();
    while hunk.old_range().len < old.len || hunk.new_range().len < new.len {
        let line = cursor.next().ok_or_else(|| header.error(Problem::Truncated))?;
        let (kind, text) = classify(&line, cursor)?;
        let old_full = kind.in_old() && hunk.old_range().len == old.len;
        let new_full = kind.in_new() && hunk.new_range().len == new.len;
        if old_full || new_full {
            return Err(line.error(Problem::HunkTooLong));
        }
        ended.admit(kind, text).map_err(|problem| line.error(problem))?;
        hunk.push_line(kind, text);
    }
    hunk.shrink();
    Ok(hunk)
}

/// Which sides have had their unterminated last line.
#[derive(Default)]
struct Ended {
    old: bool,
    new: bool,
}

impl Ended {
    fn admit(&mut self, kind: LineKind, text: &[u8]) -> Result<(), Problem> {
        if kind.in_old() && self.old || kind.in_new() && self.new {
            return Err(Problem::AfterLastLine);
        }
        let last = !text.ends_with(b"\n");
        self.old |= last && kind.in_old();
        self.new |= last && kind.in_new();
        Ok(())
    }
}

/// The kind and the text of a hunk line; takes the marker of a missing newline with it.
fn classify<'a>(
    line: &RawLine<'a>,
    cursor: &mut Cursor<'a>,
) -> Result<(LineKind, &'a [u8]), Error> {
    let (kind, text) = match line.text {
        [b' ', text @ ..] => (LineKind::Context, text),
        [b'-', text @ ..] => (LineKind::Delete, text),
        [b'+', text @ ..] => (LineKind::Insert, text),
        // GNU diff --suppress-blank-empty writes a blank context line like this.
        b"\n" | b"\r\n" => (LineKind::Context, line.text),
        text if text.starts_with(b"@@") || text.starts_with(b"diff ") => {
            return Err(line.error(Problem::HunkTooShort));
        }
        _ => return Err(line.error(Problem::HunkLine)),
    };
    let Some(content) = text.strip_suffix(b"\n") else {
        return Err(line.error(Problem::Truncated));
    };
    let marked = cursor.next_at("\\ ").is_some();
    Ok((kind, if marked { content } else { text }))
}

/// The two ranges and the section of `@@ -old +new @@ section`.
pub(crate) fn ranges(header: &[u8]) -> Option<(LineRange, LineRange, &[u8])> {
    let (old, rest) = range(header.strip_prefix(b"@@ -")?)?;
    let (new, rest) = range(rest.strip_prefix(b" +")?)?;
    let section = rest.strip_prefix(b" @@")?;
    let separated = section.is_empty() || section.starts_with(b" ");
    let counted = old.len + new.len > 0;
    (separated && counted).then_some((old, new, section))
}

fn range(text: &[u8]) -> Option<(LineRange, &[u8])> {
    let (start, rest) = number(text)?;
    let (len, rest) = match rest.strip_prefix(b",") {
        Some(rest) => number(rest)?,
        None => (1, rest),
    };
    let numbered = start > 0 || len == 0;
    numbered.then_some((LineRange { start, len }, rest))
}

/// The number that `text` begins with, and what follows it.
pub(crate) fn number(text: &[u8]) -> Option<(usize, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(digits);
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (number <= LAST_LINE).then_some((number, rest))
}
