//! When a line of a diff counts as a line of the file.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};

/// How alike two lines are, from the strictest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// Byte for byte.
    Exact,
    /// But for the line end: `\n`, `\r\n` or none.
    LineEnds,
    /// But for white space at the ends and for how much of it there is in between.
    Whitespace,
}

impl Likeness {
    /// Whether two lines are so alike.
    pub(super) fn holds(self, a: &[u8], b: &[u8]) -> bool {
        match self {
            Self::Exact => a == b,
            Self::LineEnds => content(a) == content(b),
            Self::Whitespace => words(a).eq(words(b)),
        }
    }

    /// A number that is equal for lines that are so alike, and hardly ever for others.
    pub(super) fn key(self, state: &RandomState, line: &[u8]) -> u64 {
        let mut hasher = state.build_hasher();
        match self {
            Self::Exact => line.hash(&mut hasher),
            Self::LineEnds => content(line).hash(&mut hasher),
            Self::Whitespace => words(line).for_each(|word| word.hash(&mut hasher)),
        }
        hasher.finish()
    }
}

/// The line without its line end.
pub(super) fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The white space that a line begins with.
pub(super) fn indentation(line: &[u8]) -> &[u8] {
    let line = content(line);
    let end = line.iter().position(|byte| !is_blank(*byte));
    &line[..end.unwrap_or(line.len())]
}

/// Whether there is nothing but white space in the line.
pub(super) fn is_empty(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// Whether the line says something, unlike a brace or a blank line, which are everywhere.
pub(super) fn is_telling(line: &[u8]) -> bool {
    line.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    content(line).split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}
