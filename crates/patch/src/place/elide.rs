//! Hunks that leave lines out with `...`.

use std::borrow::Cow;
use std::ops::Range;

use super::align::Alignment;
use super::likeness::Likeness;
use super::{Landing, Placer};
use crate::{Hunk, Line, LineKind, Misfit, Need};

/// What stands between two elisions.
struct Segment<'a> {
    /// The number of its first line in the hunk.
    first: usize,
    lines: &'a [Line<'a>],
    /// The old ones among its lines.
    old: Vec<&'a [u8]>,
    /// The places that the file has for it.
    places: Vec<usize>,
}

impl Segment<'_> {
    fn is_settled(&self) -> bool {
        let changes = self.lines.iter().any(|line| line.kind != LineKind::Context);
        self.places.len() == 1 || self.places.len() > 1 && !changes
    }
}

impl<'a> Placer<'a> {
    /// Places a hunk whose lines `elisions` stand for any lines.
    ///
    /// The segments in between have to come in the order of the hunk. Those with changes need to
    /// be unique: in the file, or between two others that are.
    pub(super) fn elided(&self, hunk: &'a Hunk, elisions: &[usize]) -> Result<Landing<'a>, Misfit> {
        if !self.options.elisions || !self.options.offset {
            return Err(Misfit::Elided { allowed: false });
        }
        let lines: Vec<_> = hunk.lines().collect();
        let mut segments = segments(&lines, elisions);
        for _ in 0..=segments.len() {
            self.narrow(&mut segments)?;
        }
        if segments.is_empty() || !segments.iter().all(Segment::is_settled) {
            return Err(Misfit::Elided { allowed: true });
        }
        let mut at = vec![None; lines.len()];
        for segment in segments.iter().filter(|segment| segment.places.len() == 1) {
            let old = segment.lines.iter().enumerate().filter(|(_, line)| line.kind.in_old());
            for (place, (line, _)) in (segment.places[0]..).zip(old) {
                at[segment.first + line] = Some(place);
            }
        }
        let known = at.iter().flatten().count();
        let alignment = Alignment::new(at);
        let mut needs = alignment.needs(hunk, &self.index.lines);
        needs.push(Need::Elided(alignment.range.len() - known));
        Ok(Landing { hunk: Cow::Borrowed(hunk), alignment, needs })
    }

    /// Looks for each segment between the unique ones before and after it.
    fn narrow(&self, segments: &mut [Segment<'_>]) -> Result<(), Misfit> {
        let likeness = if self.options.whitespace { Likeness::Whitespace } else { Likeness::Exact };
        let table = self.index.table(likeness);
        for index in 0..segments.len() {
            let within = between_unique(segments, index, self.index.lines.len());
            let segment = &mut segments[index];
            segment.places = table.find(&segment.old, within, 0, &self.work)?;
        }
        Ok(())
    }
}

fn segments<'a>(lines: &'a [Line<'a>], elisions: &[usize]) -> Vec<Segment<'a>> {
    let starts = std::iter::once(0).chain(elisions.iter().map(|line| line + 1));
    let ends = elisions.iter().copied().chain([lines.len()]);
    let ranges = starts.zip(ends).filter(|(start, end)| start < end);
    let segment = |(first, end)| {
        let lines: &[Line<'_>] = &lines[first..end];
        let old = lines.iter().filter(|line| line.kind.in_old()).map(|line| line.text).collect();
        Segment { first, lines, old, places: Vec::new() }
    };
    ranges.map(segment).collect()
}

/// The lines of the file between the nearest segments with one place, before and after `index`.
fn between_unique(segments: &[Segment<'_>], index: usize, len: usize) -> Range<usize> {
    let unique = |segment: &&Segment<'_>| segment.places.len() == 1;
    let low = segments[..index].iter().rev().find(unique);
    let high = segments[index + 1..].iter().find(unique);
    let low = low.map_or(0, |segment| segment.places[0] + segment.old.len());
    low..high.map_or(len, |segment| segment.places[0]).max(low)
}
