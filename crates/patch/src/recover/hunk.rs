//! One hunk: where it ends and what its lines are, whatever its header says.

use std::ops::Range;

use super::region::Region;
use super::{Flaw, Note, Reading, is_elision, trimmed};
use crate::parse::hunk::{number, ranges};
use crate::{Hunk, LineKind, LineRange};

/// What a hunk header says.
#[derive(Default)]
struct Header {
    /// Both ranges, if it is well-formed.
    ranges: Option<[LineRange; 2]>,
    /// How many old lines come before the hunk.
    before: Option<usize>,
    section: Vec<u8>,
    flaw: Option<Flaw>,
}

impl Header {
    fn read(line: &[u8]) -> Self {
        if let Some((old, new, section)) = ranges(line) {
            let section = section.to_vec();
            return Self {
                ranges: Some([old, new]),
                before: Some(old.before()),
                section,
                flaw: None,
            };
        }
        let at = line.iter().take_while(|byte| **byte == b'@').count();
        let start = line[at..].trim_ascii_start().strip_prefix(b"-").and_then(number);
        let before = start.map(|(start, _)| start.saturating_sub(1));
        let flaw = if before.is_some() { Flaw::MalformedHunkHeader } else { Flaw::Unnumbered };
        Self { before, flaw: Some(flaw), ..Self::default() }
    }
}

/// A hunk, how it was read, and the line after it.
pub(super) struct Read {
    pub(super) hunk: Hunk,
    pub(super) reading: Reading,
    pub(super) end: usize,
}

/// Reads the hunk that begins at line `index`, with its header or without one.
///
/// If it is all that the header says, and no more lines of a hunk follow, the header is right.
/// Otherwise everything belongs to the hunk up to what begins something else.
pub(super) fn read(region: &Region<'_>, index: usize) -> Read {
    let (header, start) = match trimmed(region.line(index)) {
        line if line.starts_with(b"@@") => (Header::read(line), index + 1),
        _ => (Header { flaw: Some(Flaw::NoHunkHeader), ..Header::default() }, index),
    };
    let counted = header.ranges.and_then(|ranges| counted(region, start, ranges));
    let end = counted.unwrap_or_else(|| uncounted(region, start));
    let lines = Lines::read(region, start..end);
    let [old, new] = header.ranges.unwrap_or([LineRange::default(); 2]);
    let before = |range: LineRange, len| match header.ranges {
        Some(_) => LineRange { len, ..range }.before(),
        None => header.before.unwrap_or_default(),
    };
    let [old_len, new_len] = lines.counts();
    let mut hunk =
        Hunk::new(before(old, old_len), before(new, new_len)).with_section(&header.section);
    lines.lines.iter().for_each(|(kind, text)| hunk.push(*kind, text));

    let span = region.span(index..end.max(index + 1));
    let mut notes = Vec::new();
    let at_header = region.span(index..index + 1);
    notes.extend(header.flaw.map(|flaw| Note { flaw, span: at_header.clone() }));
    if header.ranges.is_some() && [old_len, new_len] != [old.len, new.len] {
        let flaw = Flaw::HeaderMismatch { stated: [old, new], counted: [old_len, new_len] };
        notes.push(Note { flaw, span: at_header });
    }
    let at_end = (end..region.len()).all(|line| region.line(line).trim_ascii().is_empty());
    let missing = header
        .ranges
        .map(|[old, new]| [old.len.saturating_sub(old_len), new.len.saturating_sub(new_len)]);
    let last = lines.lines.last().map(|(kind, _)| *kind);
    let tail = match missing {
        _ if counted.is_some() || !(lines.unterminated || region.open && at_end) => Tail::Whole,
        Some([0, 0]) | None if last != Some(LineKind::Insert) || !lines.unterminated => Tail::Whole,
        Some([old, new]) if old == new && old <= 3 && last == Some(LineKind::Context) => {
            Tail::Stripped(old)
        }
        _ => Tail::Cut,
    };
    let flaw = match tail {
        Tail::Whole => lines.unterminated.then_some(Flaw::Unterminated),
        Tail::Stripped(missing) => Some(Flaw::Stripped(missing)),
        Tail::Cut => Some(Flaw::Truncated),
    };
    let at_tail = region.span(end.saturating_sub(1)..end);
    notes.extend(flaw.map(|flaw| Note { flaw, span: at_tail }));
    notes.extend(lines.notes);
    let reading = Reading {
        span,
        block: region.block,
        notes,
        unnumbered: header.before.is_none(),
        truncated: tail == Tail::Cut,
        uncounted: false,
        stripped: if let Tail::Stripped(missing) = tail { missing } else { 0 },
        unprefixed: lines.unprefixed,
        elisions: lines.elisions,
    };
    Read { hunk, reading, end }
}

/// Whether a hunk is all there.
#[derive(Clone, Copy, PartialEq)]
enum Tail {
    /// It is. Where no header counts the lines, the last one is complete if the file has it; but an
    /// insertion may be cut off anywhere.
    Whole,
    /// It lacks so many lines, which may be blank context that was trimmed with the end of the text.
    Stripped(usize),
    /// It was cut off.
    Cut,
}

/// The end of the hunk if the header counts it right. After that, `-- ` is the line above a mail's
/// signature.
fn counted(region: &Region<'_>, start: usize, [old, new]: [LineRange; 2]) -> Option<usize> {
    let (mut old_len, mut new_len, mut end) = (0, 0, start);
    while old_len < old.len || new_len < new.len {
        let kind = kind(region.line(end))?;
        old_len += usize::from(kind.in_old());
        new_len += usize::from(kind.in_new());
        end += 1;
        while is_marker(region.line(end)) {
            end += 1;
        }
    }
    let changes = |line: usize| matches!(region.line(line), [b'+' | b'-', ..]);
    let signed = matches!(trimmed(region.line(end)), b"-- " | b"--" | b"---");
    let rest = end + usize::from(signed);
    let more = region.line(end).starts_with(b" ") || (rest..boundary(region, rest)).any(changes);
    (old_len == old.len && new_len == new.len && !more).then_some(end)
}

/// The end of the hunk as its lines tell. What lacks a prefix at its end may be prose: only what
/// comes before a blank line counts.
fn uncounted(region: &Region<'_>, start: usize) -> usize {
    let end = boundary(region, start);
    let is_sure = |line: &usize| {
        matches!(region.line(*line), [b'+' | b'-' | b' ', ..]) || is_marker(region.line(*line))
    };
    let sure = (start..end).rev().find(is_sure).map_or(start, |line| line + 1);
    let is_blank = |line: &usize| region.line(*line).trim_ascii().is_empty();
    (sure..end).find(is_blank).unwrap_or(end)
}

/// The first line from `start` on that belongs to no hunk.
pub(super) fn boundary(region: &Region<'_>, start: usize) -> usize {
    (start..region.len()).find(|line| is_boundary(region, *line)).unwrap_or(region.len())
}

fn is_boundary(region: &Region<'_>, index: usize) -> bool {
    let line = region.line(index);
    let next = region.line(index + 1);
    match line.first() {
        Some(b'@') => line.starts_with(b"@@"),
        Some(b'-') => {
            let signature = trimmed(line) == b"-- " && next.first().is_none_or(u8::is_ascii_digit);
            signature || line.starts_with(b"--- ") && next.starts_with(b"+++ ")
        }
        Some(b'`' | b'~') => line.starts_with(b"```") || line.starts_with(b"~~~"),
        Some(b' ' | b'+' | b'\\') => false,
        _ => {
            let keys = [&b"diff -"[..], b"Index: ", b"Only in ", b"From "];
            keys.iter().any(|key| line.starts_with(key))
                || crate::parse::unsupported(trimmed(line)).is_some()
        }
    }
}

/// What the prefix of a line says; `None` if it has none. A blank line is context that lost it.
fn kind(line: &[u8]) -> Option<LineKind> {
    match line {
        [b' ', ..] | b"\n" | b"\r\n" => Some(LineKind::Context),
        [b'-', ..] => Some(LineKind::Delete),
        [b'+', ..] => Some(LineKind::Insert),
        _ => None,
    }
}

fn is_marker(line: &[u8]) -> bool {
    line.starts_with(b"\\ ")
}

/// The lines of a hunk, and what is wrong with them.
#[derive(Default)]
struct Lines {
    lines: Vec<(LineKind, Vec<u8>)>,
    unprefixed: Vec<usize>,
    elisions: Vec<usize>,
    notes: Vec<Note>,
    /// Whether the last line has no line end.
    unterminated: bool,
}

impl Lines {
    fn read(region: &Region<'_>, range: Range<usize>) -> Self {
        let mut lines = Self::default();
        for index in range {
            let line = region.line(index);
            if !is_marker(line) {
                lines.push(line, is_marker(region.line(index + 1)), region.span(index..index + 1));
            }
        }
        lines
    }

    fn push(&mut self, line: &[u8], marked: bool, span: Range<usize>) {
        let number = self.lines.len();
        let kind = kind(line);
        let mut flaw = |flaw| self.notes.push(Note { flaw, span: span.clone() });
        if kind.is_none_or(|kind| kind == LineKind::Context) && is_elision(line) {
            flaw(Flaw::Elision);
            self.elisions.push(number);
        } else if kind.is_none() {
            flaw(Flaw::Unprefixed);
            self.unprefixed.push(number);
        }
        let prefixed = matches!(line, [b' ' | b'-' | b'+', ..]);
        let mut text = line[usize::from(prefixed)..].to_vec();
        // No file ends with a blank line that has no line end.
        if marked && text != b"\n" {
            text.truncate(text.strip_suffix(b"\n").unwrap_or(&text).len());
        } else if !text.ends_with(b"\n") {
            self.unterminated = true;
            text.push(b'\n');
        }
        self.lines.push((kind.unwrap_or(LineKind::Context), text));
    }

    /// How many old and new lines there are.
    fn counts(&self) -> [usize; 2] {
        let count =
            |side: fn(LineKind) -> bool| self.lines.iter().filter(|(kind, _)| side(*kind)).count();
        [count(LineKind::in_old), count(LineKind::in_new)]
    }
}
