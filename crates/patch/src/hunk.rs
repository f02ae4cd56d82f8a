//! A hunk: one run of neighbouring lines, some kept, some deleted, some inserted.

use std::fmt;

/// What a hunk says about one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// In the old text and in the new one.
    Context,
    /// In the old text only.
    Delete,
    /// In the new text only.
    Insert,
}

impl LineKind {
    /// Whether such a line is part of the old text.
    pub fn in_old(self) -> bool {
        self != Self::Insert
    }

    /// Whether such a line is part of the new text.
    pub fn in_new(self) -> bool {
        self != Self::Delete
    }

    fn reversed(self) -> Self {
        match self {
            Self::Context => Self::Context,
            Self::Delete => Self::Insert,
            Self::Insert => Self::Delete,
        }
    }
}

/// One line of a [`Hunk`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line<'a> {
    /// Which side of the change the line belongs to.
    pub kind: LineKind,
    /// The line as the file has it: with its line end, and without one only where the file ends
    /// unterminated.
    pub text: &'a [u8],
}

impl<'a> Line<'a> {
    /// The line without its `\n`. A carriage return before it belongs to the content.
    pub fn content(&self) -> &'a [u8] {
        self.text.strip_suffix(b"\n").unwrap_or(self.text)
    }

    /// Whether the line ends in `\n`; if not, a diff marks it with `\ No newline at end of file`.
    pub fn has_newline(&self) -> bool {
        self.text.ends_with(b"\n")
    }
}

/// A range of lines as a hunk header writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LineRange {
    /// The first line, counted from 1; for an empty range the line before it, 0 at the start of the
    /// file.
    pub start: usize,
    /// How many lines.
    pub len: usize,
}

impl LineRange {
    /// The range of `len` lines that follow the first `before` lines of a text.
    pub fn after(before: usize, len: usize) -> Self {
        Self { start: before + usize::from(len > 0), len }
    }

    /// How many lines of the text come before this range: the 0-based index of its first line.
    pub fn before(&self) -> usize {
        self.start.saturating_sub(usize::from(self.len > 0))
    }
}

/// `start,len`, or `start` alone where the length is 1.
impl fmt::Display for LineRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len {
            1 => write!(f, "{}", self.start),
            len => write!(f, "{},{len}", self.start),
        }
    }
}

/// One run of neighbouring lines, some kept, some deleted, some inserted.
///
/// The lengths of [`Hunk::old_range`] and [`Hunk::new_range`] are taken from the lines themselves,
/// so a hunk cannot disagree with its header.
///
/// ```
/// use fixwright_patch::{Hunk, LineKind};
///
/// let mut hunk = Hunk::new(6, 6);
/// hunk.push(LineKind::Delete, b"old\n");
/// hunk.push(LineKind::Insert, b"new\nand more\n");
/// assert_eq!(hunk.header(), b"@@ -7 +7,2 @@\n");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Hunk {
    old_before: usize,
    new_before: usize,
    old_len: usize,
    new_len: usize,
    section: Vec<u8>,
    /// The text of all lines, one after another.
    body: Vec<u8>,
    /// Each line's kind and where in `body` it ends.
    ends: Vec<(LineKind, usize)>,
}

impl Hunk {
    /// An empty hunk that stands after the first `old_before` lines of the old text
    /// and the first `new_before` lines of the new one.
    pub fn new(old_before: usize, new_before: usize) -> Self {
        Self {
            old_before,
            new_before,
            old_len: 0,
            new_len: 0,
            section: Vec::new(),
            body: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Sets the heading that follows the ranges, in C usually the function that the hunk is in.
    /// It goes no further than the first line end.
    #[must_use]
    pub fn with_section(mut self, section: &[u8]) -> Self {
        let line = section.split(|byte| *byte == b'\n').next().unwrap_or_default();
        self.section = line.trim_ascii().to_vec();
        self
    }

    /// Appends every line of `text`. Only the last line of a file may lack its `\n`.
    pub fn push(&mut self, kind: LineKind, text: &[u8]) {
        crate::lines(text).for_each(|line| self.push_line(kind, line));
    }

    /// Gives back the memory that more lines would have taken.
    pub(crate) fn shrink(&mut self) {
        self.body.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Appends `line`, which has no line end but its last byte; nothing if it is empty.
    pub(crate) fn push_line(&mut self, kind: LineKind, line: &[u8]) {
        if !line.is_empty() {
            self.body.extend_from_slice(line);
            self.ends.push((kind, self.body.len()));
            self.old_len += usize::from(kind.in_old());
            self.new_len += usize::from(kind.in_new());
        }
    }

    /// The lines of the old text that the hunk covers.
    pub fn old_range(&self) -> LineRange {
        LineRange::after(self.old_before, self.old_len)
    }

    /// The lines of the new text that the hunk covers.
    pub fn new_range(&self) -> LineRange {
        LineRange::after(self.new_before, self.new_len)
    }

    /// The heading that follows the ranges; empty if there is none.
    pub fn section(&self) -> &[u8] {
        &self.section
    }

    /// The lines in the order of the diff.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = Line<'_>> + ExactSizeIterator {
        self.ends.iter().enumerate().map(|(index, &(kind, end))| {
            let start = index.checked_sub(1).map_or(0, |previous| self.ends[previous].1);
            Line { kind, text: &self.body[start..end] }
        })
    }

    /// The lines of the old text: context and deletions.
    pub fn old_lines(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.lines().filter(|line| line.kind.in_old()).map(|line| line.text)
    }

    /// The lines of the new text: context and insertions.
    pub fn new_lines(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.lines().filter(|line| line.kind.in_new()).map(|line| line.text)
    }

    /// The hunk that undoes this one; in each run of changes the deletions come first again.
    #[must_use]
    pub fn reverse(&self) -> Self {
        let mut reversed = Self::new(self.new_before, self.old_before).with_section(&self.section);
        let lines: Vec<_> = self.lines().collect();
        let kept = |line: &Line<'_>| line.kind == LineKind::Context;
        for run in lines.chunk_by(|a, b| kept(a) == kept(b)) {
            for kind in [LineKind::Context, LineKind::Insert, LineKind::Delete] {
                for line in run.iter().filter(|line| line.kind == kind) {
                    reversed.push(kind.reversed(), line.text);
                }
            }
        }
        reversed
    }
}

impl fmt::Debug for Hunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        crate::print::hunk(&mut text, self);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}
