//! The ways to find a hunk, from the strictest on.

use std::borrow::Cow;

use super::align::Alignment;
use super::choose::{at_edge, choose};
use super::index::{Comments, tells_enough};
use super::likeness::{Likeness, is_empty};
use super::{Edge, Landing, Placer, Shape};
use crate::{Hunk, LineKind, Misfit, Need};

impl<'a> Placer<'a> {
    /// Finds the place of `hunk`, whose lines `unprefixed` lack their prefix.
    pub(super) fn locate(
        &self,
        hunk: Cow<'a, Hunk>,
        unprefixed: &[usize],
        targets: &[usize],
    ) -> Result<Landing<'a>, Misfit> {
        if hunk.old_range().len == 0 {
            return self.without_old_lines(hunk);
        }
        let loosest = self.likenesses().last().unwrap_or(Likeness::Exact);
        let missing = hunk.old_lines().find(|line| !self.index.table(loosest).has(line));
        let missing = missing.map(<[u8]>::to_vec);
        let landing = match self.unbroken(&hunk, unprefixed, targets)? {
            Some(landing) => Some(landing),
            None => match self.interrupted(&hunk, targets)? {
                None => self.applied(&hunk, targets),
                landing => landing,
            },
        };
        let landing = match landing {
            None => self.fuzzy(&hunk, targets)?,
            landing => landing,
        };
        landing.ok_or(Misfit::NotFound { missing })
    }

    /// How different lines may be.
    fn likenesses(&self) -> impl Iterator<Item = Likeness> + use<> {
        let allowed = [
            (true, Likeness::Exact),
            (self.options.line_ends, Likeness::LineEnds),
            (self.options.whitespace, Likeness::Whitespace),
        ];
        allowed.into_iter().filter_map(|(allowed, likeness)| allowed.then_some(likeness))
    }

    /// A hunk that only inserts, and has no context, has a place in an empty file only.
    fn without_old_lines(&self, hunk: Cow<'a, Hunk>) -> Result<Landing<'a>, Misfit> {
        if !self.index.lines.is_empty() {
            return Err(Misfit::NoContext);
        }
        let alignment = Alignment::contiguous(&hunk, LineKind::in_old, 0, [0, 0]);
        Ok(Landing { hunk, alignment, needs: Vec::new() })
    }

    /// All lines of the hunk, one after another.
    fn unbroken(
        &self,
        hunk: &Cow<'a, Hunk>,
        unprefixed: &[usize],
        targets: &[usize],
    ) -> Result<Option<Landing<'a>>, Misfit> {
        let whole =
            self.options.unprefixed.then(|| unprefixed_throughout(hunk, unprefixed)).flatten();
        let stages = [
            (Some(hunk), Likeness::Exact, unprefixed.len()),
            (Some(hunk), Likeness::LineEnds, unprefixed.len()),
        ];
        let whole = whole.map(|(hunk, count)| (Cow::Owned(hunk), count));
        let whole = whole.as_ref();
        let count = whole.map_or(0, |(_, count)| *count);
        let stages = stages.into_iter().chain([
            (whole.map(|(hunk, _)| hunk), Likeness::Exact, count),
            (whole.map(|(hunk, _)| hunk), Likeness::LineEnds, count),
            (Some(hunk), Likeness::Whitespace, unprefixed.len()),
        ]);
        for (hunk, likeness, count) in stages {
            let allowed = self.likenesses().any(|allowed| allowed == likeness)
                && (count == 0 || self.options.unprefixed);
            let Some(hunk) = hunk.filter(|_| allowed) else { continue };
            let Some(start) = self.lines(hunk, LineKind::in_old, likeness, [0, 0], targets)? else {
                continue;
            };
            let Some(mut landing) = self.anchored(hunk, likeness, start, targets) else { continue };
            if count > 0 {
                landing.needs.push(Need::Unprefixed(count));
            }
            return Ok(Some(landing));
        }
        Ok(None)
    }

    /// Where the lines of one side of the hunk, less some at its ends, stand one after another.
    fn lines(
        &self,
        hunk: &Hunk,
        side: fn(LineKind) -> bool,
        likeness: Likeness,
        [leading, trailing]: [usize; 2],
        targets: &[usize],
    ) -> Result<Option<usize>, Misfit> {
        let file = &self.index.lines;
        let all: Vec<_> =
            hunk.lines().filter(|line| side(line.kind)).map(|line| line.text).collect();
        let pattern = &all[leading..all.len() - trailing];
        let targets: Vec<_> = targets.iter().map(|target| target + leading).collect();
        let mut within = 0..file.len();
        if pattern.last().is_some_and(|line| !line.ends_with(b"\n")) {
            within.start = file.len().saturating_sub(pattern.len());
        }
        if !self.options.offset {
            let stated = targets.first().copied().unwrap_or(usize::MAX);
            within.start = within.start.max(stated);
            within.end = within.end.min(stated.saturating_add(pattern.len())).max(within.start);
        }
        let mut places = Vec::new();
        let nears = if targets.is_empty() { &[0][..] } else { &targets };
        for near in nears {
            places.extend(self.index.table(likeness).find(
                pattern,
                within.clone(),
                *near,
                &self.work,
            )?);
        }
        places.sort_unstable();
        places.dedup();
        let same = |place: usize| {
            file[place..].iter().zip(pattern).all(|(line, expected)| likeness.holds(line, expected))
        };
        places.retain(|place| same(*place));
        let edge = at_edge(Shape::of(hunk).edge(), all.len(), file.len());
        choose(places, &targets, edge, self.options)
    }

    /// The landing at `start`, if a hunk that should be at the edge of the file may be there.
    fn anchored(
        &self,
        hunk: &Cow<'a, Hunk>,
        likeness: Likeness,
        start: usize,
        targets: &[usize],
    ) -> Option<Landing<'a>> {
        let file = &self.index.lines;
        let old = hunk.old_range().len;
        let edge = Shape::of(hunk).edge();
        if edge.is_none() || at_edge(edge, old, file.len()) == Some(start) {
            return Some(self.landing(hunk, start, [0, 0]));
        }
        let new: Vec<_> = hunk.new_lines().collect();
        let begin = match edge {
            Some(Edge::Begin) => (start + old).checked_sub(new.len()),
            _ => Some(start),
        };
        let there = begin.and_then(|begin| Some((begin, file.get(begin..begin + new.len())?)));
        let same = |there: &[&[u8]]| there.iter().zip(&new).all(|(a, b)| likeness.holds(a, b));
        if let Some((begin, _)) = there.filter(|(_, there)| new.len() > old && same(there)) {
            return Some(applied_at(hunk, begin));
        }
        if targets.first() == Some(&start) {
            return Some(self.landing(hunk, start, [0, 0]));
        }
        (self.options.fuzz > 0).then(|| {
            let mut landing = self.landing(hunk, start, [0, 0]);
            landing.needs.push(Need::Unanchored);
            landing
        })
    }

    /// The old lines, less the context that `fuzz` leaves out, stand one after another at `start`.
    fn landing(&self, hunk: &Cow<'a, Hunk>, start: usize, fuzz: [usize; 2]) -> Landing<'a> {
        let alignment = Alignment::contiguous(hunk, LineKind::in_old, start, fuzz);
        let needs = alignment.needs(hunk, &self.index.lines);
        Landing { hunk: hunk.clone(), alignment, needs }
    }

    /// All lines of the hunk, with blank lines and comments of the file in between.
    fn interrupted(
        &self,
        hunk: &Cow<'a, Hunk>,
        targets: &[usize],
    ) -> Result<Option<Landing<'a>>, Misfit> {
        let mut comments = Comments::default();
        let lines: Vec<_> = hunk.lines().collect();
        let skipped: Vec<_> =
            lines.iter().map(|line| line.kind.in_old() && comments.passes(line.text)).collect();
        let code = |kind| {
            let lines = lines.iter().zip(&skipped);
            let lines = lines.filter(move |(line, skipped)| line.kind == kind && !**skipped);
            lines.map(|(line, _)| line.text).collect::<Vec<_>>()
        };
        let deletes_none = lines
            .iter()
            .zip(&skipped)
            .all(|(line, skipped)| line.kind != LineKind::Delete || !skipped);
        let allowed = self.options.interruptions && self.options.whitespace && deletes_none;
        if !allowed || !tells_enough(&code(LineKind::Context), &code(LineKind::Delete)) {
            return Ok(None);
        }
        let file = self.index.code();
        let old =
            lines.iter().zip(&skipped).filter(|(line, skipped)| line.kind.in_old() && !**skipped);
        let pattern: Vec<_> = old.map(|(line, _)| line.text).collect();
        let targets: Vec<_> =
            targets.iter().map(|target| file.lines.partition_point(|line| line < target)).collect();
        let near = targets.last().copied().unwrap_or_default();
        let places = file.table.find(&pattern, 0..file.lines.len(), near, &self.work)?;
        let Some(place) = choose(places, &targets, None, self.options)? else { return Ok(None) };
        let places = &file.lines[place..place + pattern.len()];
        Ok(self.between(hunk, &skipped, places))
    }

    /// The landing whose lines of code are the `places` of the file; the lines `skipped` are
    /// context that the file has or has not.
    fn between(
        &self,
        hunk: &Cow<'a, Hunk>,
        skipped: &[bool],
        places: &[usize],
    ) -> Option<Landing<'a>> {
        let file = &self.index.lines;
        let mut places = places.iter().copied().peekable();
        let mut free = *places.peek()?;
        let mut at = Vec::with_capacity(skipped.len());
        for (line, skipped) in hunk.lines().zip(skipped) {
            let next = places.peek().copied().unwrap_or(file.len());
            let place = match line.kind {
                LineKind::Insert => None,
                _ if !skipped => places.next(),
                _ => Some(free).filter(|free| {
                    *free < next && Likeness::Whitespace.holds(file[*free], line.text)
                }),
            };
            free = place.map_or(free, |place| place + 1);
            at.push(place);
        }
        let known = at.iter().flatten().count();
        let alignment = Alignment::new(at);
        let mut needs = alignment.needs(hunk, file);
        needs.push(Need::Interrupted(alignment.range.len() - known));
        let texts: Vec<_> = hunk.lines().map(|line| line.text).collect();
        let same = alignment
            .pairs()
            .all(|(line, place)| Likeness::Whitespace.holds(texts[line], file[place]));
        same.then(|| Landing { hunk: hunk.clone(), alignment, needs })
    }

    /// The new lines, if the file has them in just one place, and they tell that the hunk was
    /// applied before.
    fn applied(&self, hunk: &Cow<'a, Hunk>, targets: &[usize]) -> Option<Landing<'a>> {
        let shape = Shape::of(hunk);
        let inserts =
            hunk.lines().any(|line| line.kind == LineKind::Insert && !is_empty(line.text));
        if !inserts && (shape.leading == 0 || shape.trailing == 0) {
            return None;
        }
        let start = self.likenesses().find_map(|likeness| {
            self.lines(hunk, LineKind::in_new, likeness, [0, 0], targets).ok().flatten()
        })?;
        Some(applied_at(hunk, start))
    }

    /// The lines of the hunk less some context at its ends, one after another.
    fn fuzzy(
        &self,
        hunk: &Cow<'a, Hunk>,
        targets: &[usize],
    ) -> Result<Option<Landing<'a>>, Misfit> {
        let Shape { leading, trailing } = Shape::of(hunk);
        let most = leading.max(trailing);
        let lines: Vec<_> = hunk.lines().collect();
        for fuzz in 1..=self.options.fuzz.min(most) {
            let dropped = [leading, trailing].map(|context| (fuzz + context).saturating_sub(most));
            // Of a hunk that is context alone, both ends may be all there is.
            let Some(kept) = lines.get(dropped[0]..lines.len().saturating_sub(dropped[1])) else {
                break;
            };
            let texts = |kind| {
                kept.iter()
                    .filter(move |line| line.kind == kind)
                    .map(|line| line.text)
                    .collect::<Vec<_>>()
            };
            let context = texts(LineKind::Context);
            if context.is_empty() || !tells_enough(&context, &texts(LineKind::Delete)) {
                break;
            }
            for likeness in self.likenesses() {
                if let Some(start) =
                    self.lines(hunk, LineKind::in_old, likeness, dropped, targets)?
                {
                    let mut landing = self.landing(hunk, start, dropped);
                    landing.needs.push(Need::Fuzz { leading: dropped[0], trailing: dropped[1] });
                    return Ok(Some(landing));
                }
            }
        }
        Ok(None)
    }
}

/// The landing of a hunk whose new lines stand at `start` already.
fn applied_at<'a>(hunk: &Cow<'a, Hunk>, start: usize) -> Landing<'a> {
    let alignment = Alignment::contiguous(hunk, LineKind::in_new, start, [0, 0]);
    Landing { hunk: hunk.clone(), alignment, needs: vec![Need::AlreadyApplied] }
}

/// The hunk as it reads if none of its context lines has a prefix: what was taken for one belongs to
/// the line. `None` if that makes no difference. Also how many lines then lack their prefix.
fn unprefixed_throughout(hunk: &Hunk, unprefixed: &[usize]) -> Option<(Hunk, usize)> {
    let mut whole = Hunk::new(hunk.old_range().before(), hunk.new_range().before());
    let mut count = unprefixed.len();
    for (index, line) in hunk.lines().enumerate() {
        let prefixed = line.kind == LineKind::Context
            && !is_empty(line.text)
            && unprefixed.binary_search(&index).is_err();
        count += usize::from(prefixed);
        if prefixed {
            whole.push(line.kind, &[b" ", line.text].concat());
        } else {
            whole.push(line.kind, line.text);
        }
    }
    (count > unprefixed.len()).then_some((whole, count))
}
