//! Hunks made anew out of the lines of others.

use std::ops::Range;

use crate::{FilePatch, Hunk, Line, LineKind};

/// Neighbouring lines of a file.
struct Stretch<'a> {
    /// How many lines of the old text come before.
    before: usize,
    lines: Vec<Line<'a>>,
    section: &'a [u8],
}

/// The hunks of `file` with what `change` makes of the lines of each, given its index, and with at
/// most `context` unchanged lines around each change. `change` must leave the old text alone.
pub(super) fn hunks<'a>(
    file: &'a FilePatch,
    context: usize,
    change: impl Fn(usize, &[Line<'a>]) -> Vec<Line<'a>>,
) -> Vec<Hunk> {
    let mut stretches: Vec<Stretch<'a>> = Vec::new();
    for (index, hunk) in file.hunks.iter().enumerate() {
        let lines: Vec<_> = hunk.lines().collect();
        let lines = change(index, &lines);
        let before = hunk.old_range().before();
        match stretches.last_mut() {
            Some(last) if last.before + count(&last.lines, LineKind::in_old) == before => {
                last.lines.extend(lines);
            }
            _ => stretches.push(Stretch { before, lines, section: hunk.section() }),
        }
    }
    let mut shift = Shift::default();
    stretches.iter().flat_map(|stretch| split(stretch, context, &mut shift)).collect()
}

/// Whether a line is not the same in both texts.
pub(super) fn is_change(line: &Line<'_>) -> bool {
    line.kind != LineKind::Context
}

/// The lines as they are in the old text, unchanged.
pub(super) fn undone<'a>(lines: impl Iterator<Item = Line<'a>>) -> impl Iterator<Item = Line<'a>> {
    lines.filter(|line| line.kind.in_old()).map(|line| Line { kind: LineKind::Context, ..line })
}

fn count(lines: &[Line<'_>], side: impl Fn(LineKind) -> bool) -> usize {
    lines.iter().filter(|line| side(line.kind)).count()
}

/// How many lines the hunks so far have deleted and inserted.
#[derive(Default)]
struct Shift {
    deleted: usize,
    inserted: usize,
}

/// The hunks of one stretch.
fn split(stretch: &Stretch<'_>, context: usize, shift: &mut Shift) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut before, mut at) = (stretch.before, 0);
    for range in groups(&stretch.lines, context) {
        before += count(&stretch.lines[at..range.start], LineKind::in_old);
        let lines = &stretch.lines[range.clone()];
        let new_before = (before + shift.inserted).saturating_sub(shift.deleted);
        let mut hunk = Hunk::new(before, new_before).with_section(stretch.section);
        lines.iter().for_each(|line| hunk.push(line.kind, line.text));
        before += hunk.old_range().len;
        shift.deleted += count(lines, |kind| kind == LineKind::Delete);
        shift.inserted += count(lines, |kind| kind == LineKind::Insert);
        at = range.end;
        hunks.push(hunk);
    }
    hunks
}

/// The lines of each hunk: changes with fewer than twice `context` lines between them stay together.
fn groups(lines: &[Line<'_>], context: usize) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for at in (0..lines.len()).filter(|at| is_change(&lines[*at])) {
        match groups.last_mut() {
            Some(last) if at - last.end <= context.saturating_mul(2) => last.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    for group in &mut groups {
        group.start = group.start.saturating_sub(context);
        group.end = group.end.saturating_add(context).min(lines.len());
    }
    groups
}
