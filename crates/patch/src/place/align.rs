//! Which lines of a hunk are which lines of the file.

use std::ops::Range;

use super::likeness::Likeness;
use crate::recover::is_elision;
use crate::{Hunk, Line, LineKind, Need};

/// Which lines of a hunk are which lines of the file.
pub(super) struct Alignment {
    /// For each line of the hunk, the line of the file; none for insertions and for context that
    /// the file does not have.
    at: Vec<Option<usize>>,
    /// The lines of the file that the hunk stands for.
    pub(super) range: Range<usize>,
}

impl Alignment {
    /// `at` has an entry for each of the hunk's lines, and at least one of them is a line.
    pub(super) fn new(at: Vec<Option<usize>>) -> Self {
        let mut lines = at.iter().copied().flatten();
        let first = lines.next().unwrap_or_default();
        let range = first..lines.next_back().map_or(first + 1, |last| last + 1);
        Self { at, range }
    }

    /// The lines of one side of the hunk, less some at its ends, stand at `start` one after another.
    pub(super) fn contiguous(
        hunk: &Hunk,
        side: fn(LineKind) -> bool,
        start: usize,
        [leading, trailing]: [usize; 2],
    ) -> Self {
        let count = hunk.lines().filter(|line| side(line.kind)).count();
        let mut seen = 0;
        let place = |line: Line<'_>| {
            seen += usize::from(side(line.kind));
            let kept = side(line.kind) && (leading + 1..=count - trailing).contains(&seen);
            kept.then(|| start + seen - leading - 1)
        };
        let at = hunk.lines().map(place).collect();
        let begin = start.saturating_sub(leading);
        Self { at, range: begin..start + count - leading }
    }

    /// The line of the file where the hunk begins.
    pub(super) fn start(&self) -> usize {
        self.range.start
    }

    /// The hunk's lines that the file has, each with its number in the hunk and in the file.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        self.at.iter().enumerate().filter_map(|(line, place)| Some((line, (*place)?)))
    }

    /// What had to be forgiven because the lines of hunk and file differ.
    pub(super) fn needs(&self, hunk: &Hunk, file: &[&[u8]]) -> Vec<Need> {
        let lines: Vec<_> = hunk.lines().collect();
        let (mut ends, mut last, mut space) = (false, false, false);
        for (line, place) in self.pairs() {
            let (a, b) = (lines[line].text, file[place]);
            space |= !Likeness::LineEnds.holds(a, b);
            last |= a.ends_with(b"\n") != b.ends_with(b"\n");
            ends |= a.ends_with(b"\r\n") != b.ends_with(b"\r\n")
                && b.ends_with(b"\n")
                && a.ends_with(b"\n");
        }
        let needs = [(ends, Need::LineEnds), (last, Need::FinalNewline), (space, Need::Whitespace)];
        needs.into_iter().filter_map(|(needed, need)| needed.then_some(need)).collect()
    }

    /// The changes to the file: which of its lines each replaces, and by which of the hunk's lines.
    pub(super) fn splices(&self, hunk: &Hunk) -> Vec<(Range<usize>, Vec<usize>)> {
        let mut splices: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
        let mut open = false;
        // Where the next insertion goes, if the line before it says so.
        let mut after = None;
        for (index, line) in hunk.lines().enumerate() {
            let place = self.at[index];
            match line.kind {
                LineKind::Context => {
                    open = false;
                    after =
                        place.map(|place| place + 1).or(after.filter(|_| !is_elision(line.text)));
                }
                LineKind::Delete => {
                    let place = place.unwrap_or(self.range.end);
                    match splices.last_mut().filter(|last| open && last.0.end == place) {
                        Some(last) => last.0.end = place + 1,
                        None => splices.push((place..place + 1, Vec::new())),
                    }
                    (open, after) = (true, Some(place + 1));
                }
                LineKind::Insert => {
                    let place = after.unwrap_or_else(|| self.next(index));
                    match splices.last_mut().filter(|_| open) {
                        Some(last) => last.1.push(index),
                        None => splices.push((place..place, vec![index])),
                    }
                    (open, after) = (true, Some(place));
                }
            }
        }
        splices
    }

    /// The line of the file that stands after the hunk's line `index`.
    fn next(&self, index: usize) -> usize {
        self.at[index..].iter().copied().flatten().next().unwrap_or(self.range.end)
    }
}
