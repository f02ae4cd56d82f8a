//! The parts of a text that may be a diff: fenced blocks, or all of it.

use std::borrow::Cow;
use std::ops::Range;

use super::{Flaw, Note};
use crate::Error;
use crate::error::Problem;

/// Neighbouring lines of a text, without the indentation of the fence around them.
pub(super) struct Region<'a> {
    text: Cow<'a, [u8]>,
    /// Where in `text` each line begins, and the end of the last.
    starts: Vec<usize>,
    /// The bytes of each line in the whole text.
    spans: Vec<Range<usize>>,
    /// The number of the first line in the whole text, counted from 1.
    first: usize,
    /// The number of the fenced block, counted from 1.
    pub(super) block: Option<usize>,
    /// Whether this is the end of the text and may have been cut off: the fence is not closed.
    pub(super) open: bool,
}

impl<'a> Region<'a> {
    fn new(text: &'a [u8], lines: &[Range<usize>], indent: usize) -> Self {
        let mut region = Self {
            text: Cow::Borrowed(&[]),
            starts: vec![0],
            spans: Vec::with_capacity(lines.len()),
            first: 1,
            block: None,
            open: false,
        };
        let within = lines.first().map_or(0, |line| line.start)..lines.last().map_or(0, |l| l.end);
        let mut dedented = Vec::new();
        for line in lines {
            let raw = &text[line.clone()];
            let blank = raw.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let skipped = blank.min(indent);
            let len = raw.len() - skipped;
            region.spans.push(line.start + skipped..line.end);
            region.starts.push(region.starts[region.starts.len() - 1] + len);
            if indent > 0 {
                dedented.extend_from_slice(&raw[skipped..]);
            }
        }
        region.text = if indent > 0 { Cow::Owned(dedented) } else { Cow::Borrowed(&text[within]) };
        region
    }

    /// How many lines.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A line with its line end; empty past the end.
    pub(super) fn line(&self, index: usize) -> &[u8] {
        match self.starts.get(index..index + 2) {
            Some(ends) => &self.text[ends[0]..ends[1]],
            None => &[],
        }
    }

    /// The text from a line on.
    pub(super) fn rest(&self, index: usize) -> &[u8] {
        &self.text[self.starts[index.min(self.len())]..]
    }

    /// The error that a line has a `problem`.
    pub(super) fn error(&self, index: usize, problem: Problem) -> Error {
        let span = self.span(index..index + 1);
        let line = self.first + index;
        Error::Parse { line, span, problem }
    }

    /// The bytes of some lines in the whole text.
    pub(super) fn span(&self, lines: Range<usize>) -> Range<usize> {
        match (self.spans.get(lines.start), self.spans[..lines.end.min(self.len())].last()) {
            (Some(first), Some(last)) => first.start..last.end.max(first.start),
            _ => 0..0,
        }
    }
}

/// A fenced block.
struct Block {
    /// The lines between the fences.
    lines: Range<usize>,
    indent: usize,
    closed: bool,
    /// Whether it is marked as a diff.
    tagged: bool,
}

/// The parts of `text` that may be a diff, and what is skipped.
///
/// Fenced blocks with diffs are; if a diff begins outside of them, the fences belong to it, and all
/// of the text is one part.
pub(super) fn regions(text: &[u8]) -> (Vec<Region<'_>>, Vec<Note>) {
    let lines = spans(text);
    let blocks = blocks(text, &lines);
    let diffs: Vec<_> =
        (1..).zip(&blocks).filter(|(_, block)| is_diff(text, &lines, block)).collect();
    let mut outside = vec![true; lines.len()];
    blocks.iter().for_each(|block| outside[block.lines.clone()].fill(false));
    let begins = |index: usize| outside[index] && begins_diff(&lines[index..], text);
    if diffs.is_empty() || (0..lines.len()).any(begins) {
        return (vec![Region::new(text, &lines, 0)], Vec::new());
    }
    let mut notes = Vec::new();
    let mut regions = Vec::new();
    let mut end = 0;
    for (number, block) in diffs {
        note_prose(&mut notes, text, &lines[end..block.lines.start.saturating_sub(1)]);
        end = (block.lines.end + 1).min(lines.len());
        let mut region = Region::new(text, &lines[block.lines.clone()], block.indent);
        region.first = block.lines.start + 1;
        region.block = Some(number);
        region.open = !block.closed;
        if region.open {
            let fence = &lines[block.lines.start - 1];
            notes.push(Note { flaw: Flaw::OpenFence, span: fence.clone() });
        }
        regions.push(region);
    }
    note_prose(&mut notes, text, &lines[end..]);
    (regions, notes)
}

fn spans(text: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let span = |line: &[u8]| {
        start += line.len();
        start - line.len()..start
    };
    crate::lines(text).map(span).collect()
}

fn note_prose(notes: &mut Vec<Note>, text: &[u8], lines: &[Range<usize>]) {
    if let (Some(first), Some(last)) = (lines.first(), lines.last())
        && !text[first.start..last.end].trim_ascii().is_empty()
    {
        notes.push(Note { flaw: Flaw::Prose, span: first.start..last.end });
    }
}

/// The indentation, the character, the length and the tag of a fence.
fn fence(line: &[u8]) -> Option<(usize, u8, usize, &[u8])> {
    let text = line.trim_ascii_start();
    let mark = *text.first().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let len = text.iter().take_while(|byte| **byte == mark).count();
    let tag = text[len..].trim_ascii();
    let fits = len >= 3 && !(mark == b'`' && tag.contains(&b'`'));
    fits.then_some((line.len() - text.len(), mark, len, tag))
}

fn blocks(text: &[u8], lines: &[Range<usize>]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let opening = fence(&text[lines[index].clone()]);
        index += 1;
        let Some((indent, mark, len, tag)) = opening else { continue };
        let closes = |line: &Range<usize>| {
            fence(&text[line.clone()]).is_some_and(|(_, closing, count, tag)| {
                closing == mark && count >= len && tag.is_empty()
            })
        };
        let end = lines[index..].iter().position(closes);
        let start = index;
        index = end.map_or(lines.len(), |end| start + end);
        let tagged = [&b"diff"[..], b"patch", b"udiff"].iter().any(|name| {
            let word = tag.split(u8::is_ascii_whitespace).next();
            word.is_some_and(|word| word.eq_ignore_ascii_case(name))
        });
        blocks.push(Block { lines: start..index, indent, closed: end.is_some(), tagged });
        index += 1;
    }
    blocks
}

fn is_diff(text: &[u8], lines: &[Range<usize>], block: &Block) -> bool {
    let lines = &lines[block.lines.clone()];
    let dedented = |line: &Range<usize>| {
        let text = &text[line.clone()];
        let blank = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        line.start + blank.min(block.indent)..line.end
    };
    let lines: Vec<_> = lines.iter().map(dedented).collect();
    let changes = |line: &Range<usize>| matches!(text[line.start..line.end], [b'+' | b'-', ..]);
    block.tagged && lines.iter().any(changes)
        || (0..lines.len()).any(|index| begins_diff(&lines[index..], text))
}

/// Whether a file header or a hunk header begins with the first line.
fn begins_diff(lines: &[Range<usize>], text: &[u8]) -> bool {
    let at = |index: usize, key: &[u8]| {
        lines.get(index).is_some_and(|line| text[line.clone()].starts_with(key))
    };
    let named =
        at(0, b"--- ") && (at(1, b"+++ ") || at(1, b"@@")) || at(0, b"+++ ") && at(1, b"@@");
    at(0, b"diff --git ") || at(0, b"@@") || named
}
