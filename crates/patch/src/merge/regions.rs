//! Which lines of a merged text come from which side.

use std::ops::Range;

use super::{ConflictStyle, Sides};
use crate::Edit;

/// Conflicts with at most this many lines between them become one.
const NEAR: usize = 3;

/// What becomes of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    Ours,
    Theirs,
    Conflict,
}

/// Lines of the base that a side changed, and what the sides have for them. Between two regions,
/// and around them, our lines are taken.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub(super) take: Take,
    pub(super) base: Range<usize>,
    pub(super) ours: Range<usize>,
    pub(super) theirs: Range<usize>,
}

/// The regions in the order of the texts, conflicts refined as `style` wants it.
pub(super) fn find(sides: &Sides<'_>, style: ConflictStyle) -> Vec<Region> {
    let mut regions = overlay(sides);
    match style {
        ConflictStyle::Merge => {
            let refined = regions.into_iter().flat_map(|region| refine(sides, region));
            join_near(sides, refined)
        }
        ConflictStyle::Diff3 => regions,
        ConflictStyle::ZealousDiff3 => {
            regions.iter_mut().for_each(|region| trim(sides, region));
            regions
        }
    }
}

/// Lays the edits of both sides over the base.
fn overlay(sides: &Sides<'_>) -> Vec<Region> {
    let ours = with_sentinel(&sides.base, &sides.ours);
    let theirs = with_sentinel(&sides.base, &sides.theirs);
    let (mut ours_at, mut theirs_at) = (0, 0);
    let mut regions = Vec::new();
    while ours_at + 1 < ours.len() || theirs_at + 1 < theirs.len() {
        let (a, b) = (&ours[ours_at], &theirs[theirs_at]);
        if a.old.end < b.old.start {
            push(&mut regions, region(Take::Ours, &a.old, a, b));
            ours_at += 1;
        } else if b.old.end < a.old.start {
            push(&mut regions, region(Take::Theirs, &b.old, a, b));
            theirs_at += 1;
        } else {
            let alike = a.old == b.old && sides.ours[a.new.clone()] == sides.theirs[b.new.clone()];
            if !alike {
                let both = a.old.start.min(b.old.start)..a.old.end.max(b.old.end);
                push(&mut regions, region(Take::Conflict, &both, a, b));
            }
            let (a_end, b_end) = (a.old.end, b.old.end);
            ours_at += usize::from(a_end <= b_end);
            theirs_at += usize::from(b_end <= a_end);
        }
    }
    regions
}

/// The edits that turn `base` into `side`, and one more behind the end of both texts.
fn with_sentinel(base: &[&[u8]], side: &[&[u8]]) -> Vec<Edit> {
    let mut edits = super::myers::edits(base, side);
    let behind = |len: usize| len + 1..len + 1;
    edits.push(Edit { old: behind(base.len()), new: behind(side.len()) });
    edits
}

/// The region of the lines `base`. `ours` and `theirs` are the edits in it or, on a side that has
/// none there, the next one.
fn region(take: Take, base: &Range<usize>, ours: &Edit, theirs: &Edit) -> Region {
    Region {
        take,
        base: base.clone(),
        ours: counterpart(base, ours),
        theirs: counterpart(base, theirs),
    }
}

/// The lines of a side that stand for the lines `base`, given the side's last edit in them or its
/// next one. If more edits are in them, the start may be wrong; [`push`] keeps that of the first.
fn counterpart(base: &Range<usize>, edit: &Edit) -> Range<usize> {
    let start = (edit.new.start + base.start).saturating_sub(edit.old.start);
    let end = if base.end < edit.old.start {
        edit.new.start - (edit.old.start - base.end)
    } else {
        edit.new.end + (base.end - edit.old.end)
    };
    start..end
}

/// Appends a region; one that touches the last one is joined to it, and two different ones that
/// touch are a conflict.
fn push(regions: &mut Vec<Region>, next: Region) {
    match regions.last_mut() {
        Some(last) if next.ours.start <= last.ours.end || next.theirs.start <= last.theirs.end => {
            if last.take != next.take {
                last.take = Take::Conflict;
            }
            last.base.end = next.base.end;
            last.ours.end = next.ours.end;
            last.theirs.end = next.theirs.end;
        }
        _ => regions.push(next),
    }
}

/// Takes the lines that both sides share out of a conflict, wherever they are in it.
fn refine(sides: &Sides<'_>, region: Region) -> Vec<Region> {
    let one_sided = region.ours.is_empty() || region.theirs.is_empty();
    if region.take != Take::Conflict || one_sided {
        return vec![region];
    }
    let (ours, theirs) = (&sides.ours[region.ours.clone()], &sides.theirs[region.theirs.clone()]);
    let edits = super::myers::edits(ours, theirs);
    if edits.is_empty() {
        return vec![Region { take: Take::Ours, ..region }];
    }
    let moved = |range: Range<usize>, by: usize| range.start + by..range.end + by;
    let part = |edit: Edit| Region {
        ours: moved(edit.old, region.ours.start),
        theirs: moved(edit.new, region.theirs.start),
        ..region.clone()
    };
    edits.into_iter().map(part).collect()
}

/// Joins conflicts that are so near to each other that one is easier to read than two.
fn join_near(sides: &Sides<'_>, regions: impl Iterator<Item = Region>) -> Vec<Region> {
    let mut joined: Vec<Region> = Vec::new();
    for next in regions {
        match joined.last_mut() {
            Some(last)
                if last.take == Take::Conflict
                    && next.take == Take::Conflict
                    && is_short(&sides.ours[last.ours.end..next.ours.start]) =>
            {
                last.ours.end = next.ours.end;
                last.theirs.end = next.theirs.end;
            }
            _ => joined.push(next),
        }
    }
    joined
}

/// Whether lines are few, or have no word in them.
fn is_short(lines: &[&[u8]]) -> bool {
    lines.len() <= NEAR || !lines.iter().copied().flatten().any(u8::is_ascii_alphanumeric)
}

/// Takes the lines that both sides share out of the two ends of a conflict.
fn trim(sides: &Sides<'_>, region: &mut Region) {
    if region.take != Take::Conflict {
        return;
    }
    let (ours, theirs) = (&sides.ours[region.ours.clone()], &sides.theirs[region.theirs.clone()]);
    let lead = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let rest = ours[lead..].iter().rev().zip(theirs[lead..].iter().rev());
    let trail = rest.take_while(|(a, b)| a == b).count();
    region.ours = region.ours.start + lead..region.ours.end - trail;
    region.theirs = region.theirs.start + lead..region.theirs.end - trail;
}
