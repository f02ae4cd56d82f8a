//! Finds the places of a file's hunks, and puts the new lines there.
//!
//! Each hunk is tried in ever more forgiving ways. The first way that finds a place decides: if it
//! finds several, the line numbers have to single one out, and nothing more forgiving is tried.

mod align;
mod choose;
mod elide;
mod indent;
mod index;
mod likeness;
mod locate;
mod weave;

use std::borrow::Cow;
use std::cell::Cell;

use align::Alignment;
use index::Index;

use crate::error::Error;
use crate::{Applied, ApplyOptions, FilePatch, Hunk, LineKind, Misfit, Need, Placement, Reading};

impl FilePatch {
    /// Applies the hunks to `old`, the text of the file, forgiving what `options` allow.
    ///
    /// If the patch fits exactly, this is [`FilePatch::apply`].
    ///
    /// ```
    /// use fixwright_patch::{ApplyOptions, Need, Patch};
    ///
    /// let patch = Patch::parse("--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n int a;\n+int b;\n int c;\n")?;
    /// let applied = patch.files[0].apply_with(b"// x\n\tint a;\n\tint c;\n", &ApplyOptions::default())?;
    /// assert_eq!(applied.text, b"// x\n\tint a;\n\tint b;\n\tint c;\n");
    /// assert_eq!(
    ///     applied.placements[0].needs,
    ///     [Need::Offset(1), Need::Whitespace, Need::Reindented]
    /// );
    /// # Ok::<(), fixwright_patch::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with what became of each hunk, if any has no place;
    /// [`Error::AlreadyApplied`] if there is nothing to do; [`Error::Exists`] and
    /// [`Error::NotEmptied`] as [`FilePatch::apply`].
    pub fn apply_with(&self, old: &[u8], options: &ApplyOptions) -> Result<Applied, Error> {
        let file = File {
            creates: self.creates(),
            deletes: self.deletes(),
            hunks: &self.hunks,
            readings: &[],
        };
        file.apply(old, options)
    }
}

/// What a diff does to one file.
#[derive(Clone, Copy)]
pub(crate) struct File<'a> {
    pub(crate) creates: bool,
    pub(crate) deletes: bool,
    pub(crate) hunks: &'a [Hunk],
    /// How the hunks were read, if there is anything to say.
    pub(crate) readings: &'a [Reading],
}

impl File<'_> {
    pub(crate) fn apply(self, old: &[u8], options: &ApplyOptions) -> Result<Applied, Error> {
        if self.creates && !old.is_empty() {
            let made = self.creation().is_some_and(|new| new == old);
            return Err(if made { Error::AlreadyApplied } else { Error::Exists });
        }
        if self.readings.iter().all(Reading::is_exact)
            && let Some(applied) = exactly(self.hunks, old)
        {
            return self.checked(applied);
        }
        let landings = Placer::new(old, options).all(self.hunks, self.readings);
        let applied = weave::weave(old, landings).map_err(|r| Error::Rejected(Box::new(r)))?;
        let idle = |placement: &Placement| placement.needs.contains(&Need::AlreadyApplied);
        if applied.text == old || applied.placements.iter().all(idle) {
            return Err(Error::AlreadyApplied);
        }
        self.checked(applied)
    }

    /// The text of the file that is created.
    fn creation(self) -> Option<Vec<u8>> {
        exactly(self.hunks, b"").map(|applied| applied.text)
    }

    fn checked(self, applied: Applied) -> Result<Applied, Error> {
        let kept = self.deletes && !applied.text.is_empty();
        if kept { Err(Error::NotEmptied) } else { Ok(applied) }
    }
}

/// The patched text if every hunk fits byte for byte where it says.
///
/// A hunk without context on one side stands at the edge of the file. If it does not, its new lines
/// may be there already.
fn exactly(hunks: &[Hunk], old: &[u8]) -> Option<Applied> {
    let mut applied = crate::apply::place(hunks, old).ok()?;
    for (hunk, placement) in hunks.iter().zip(&mut applied.placements) {
        if hunk.old_range().len == 0 && !old.is_empty() {
            placement.needs.push(Need::LineNumberAlone);
        }
    }
    let mut edged = hunks.iter().filter(|hunk| Shape::of(hunk).edge().is_some()).peekable();
    if edged.peek().is_some() {
        let lines: Vec<_> = crate::lines(old).collect();
        if edged.any(|hunk| is_repeated(hunk, &lines, hunk.old_range().before())) {
            return None;
        }
    }
    Some(applied)
}

/// Whether the new lines of a hunk, whose old lines are at `start`, are there as well, because the
/// hunk has no context on one side, which is not the edge of the file.
fn is_repeated(hunk: &Hunk, lines: &[&[u8]], start: usize) -> bool {
    let end = start + hunk.old_range().len;
    let new: Vec<_> = hunk.new_lines().collect();
    let begin = match Shape::of(hunk).edge() {
        Some(Edge::Begin) if start > 0 => end.checked_sub(new.len()),
        Some(Edge::End) if end < lines.len() => Some(start),
        _ => None,
    };
    let there = begin.and_then(|begin| lines.get(begin..begin + new.len()));
    there.is_some_and(|there| there == new) && new.len() > hunk.old_range().len
}

/// How many lines of context a hunk begins and ends with.
#[derive(Clone, Copy)]
struct Shape {
    leading: usize,
    trailing: usize,
}

/// An end of the file.
#[derive(Clone, Copy, PartialEq)]
enum Edge {
    Begin,
    End,
}

impl Shape {
    fn of(hunk: &Hunk) -> Self {
        let kept = |line: &crate::Line<'_>| line.kind == LineKind::Context;
        Self {
            leading: hunk.lines().take_while(kept).count(),
            trailing: hunk.lines().rev().take_while(kept).count(),
        }
    }

    /// The edge of the file at which a hunk of this shape should stand.
    fn edge(self) -> Option<Edge> {
        match (self.leading, self.trailing) {
            (0, 1..) => Some(Edge::Begin),
            (1.., 0) => Some(Edge::End),
            _ => None,
        }
    }
}

/// Where a hunk lands: which of its lines are which lines of the file.
struct Landing<'a> {
    /// The hunk, or what it turned out to mean.
    hunk: Cow<'a, Hunk>,
    alignment: Alignment,
    needs: Vec<Need>,
}

/// How many comparisons of lines a file may cost; a fraction of a second.
const WORK: usize = 1 << 26;

/// The file, and what may be done to find hunks in it.
struct Placer<'a> {
    index: Index<'a>,
    options: &'a ApplyOptions,
    /// How many more comparisons of lines there may be.
    work: Cell<usize>,
}

/// A hunk to be placed.
#[derive(Clone, Copy)]
struct Sought<'a> {
    hunk: &'a Hunk,
    reading: Option<&'a Reading>,
}

impl Sought<'_> {
    /// How many lines come before the hunk, as its header says.
    fn stated(&self) -> Option<usize> {
        let numbered = self.reading.is_none_or(|reading| !reading.unnumbered);
        numbered.then(|| self.hunk.old_range().before())
    }
}

impl<'a> Placer<'a> {
    fn new(old: &'a [u8], options: &'a ApplyOptions) -> Self {
        Self { index: Index::new(old), options, work: Cell::new(WORK) }
    }

    /// Places all hunks, in the order of the diff.
    fn all(&self, hunks: &'a [Hunk], readings: &'a [Reading]) -> Vec<Result<Landing<'a>, Misfit>> {
        let sought = |index: usize| Sought { hunk: &hunks[index], reading: readings.get(index) };
        let mut landings = Vec::with_capacity(hunks.len());
        let mut drift = 0;
        for index in 0..hunks.len() {
            let landing = self.one(sought(index), drift);
            drift = drift_of(&landing, sought(index)).unwrap_or(drift);
            landings.push(landing);
        }
        // What the hunks before did not settle, the ones after may.
        drift = 0;
        for index in (0..hunks.len()).rev() {
            if matches!(landings[index], Err(Misfit::Ambiguous { .. })) && drift != 0 {
                landings[index] = self.one(sought(index), drift);
            }
            drift = drift_of(&landings[index], sought(index)).unwrap_or(drift);
        }
        landings
    }

    /// Places one hunk; the hunk beside it landed `drift` lines after the line that it states.
    fn one(&self, sought: Sought<'a>, drift: isize) -> Result<Landing<'a>, Misfit> {
        let reading = sought.reading;
        if reading.is_some_and(|reading| reading.truncated) {
            return Err(Misfit::Truncated);
        }
        if reading.is_some_and(|reading| reading.uncounted) {
            return Err(Misfit::Uncounted);
        }
        let targets: Vec<usize> = sought
            .stated()
            .into_iter()
            .flat_map(|stated| [stated, stated.saturating_add_signed(drift)])
            .collect();
        let hunk = Cow::Borrowed(sought.hunk);
        let unprefixed = reading.map_or(&[][..], |reading| &reading.unprefixed);
        let elisions = reading.map_or(&[][..], |reading| &reading.elisions);
        let mut landing = match self.locate(hunk, unprefixed, &targets) {
            Err(Misfit::NotFound { .. }) if !elisions.is_empty() => {
                self.elided(sought.hunk, elisions)
            }
            Err(Misfit::NotFound { .. }) if trailing(sought.hunk, unprefixed) > 0 => {
                // They may as well be prose.
                let count = trailing(sought.hunk, unprefixed);
                let kept = &unprefixed[..unprefixed.len() - count];
                self.locate(Cow::Owned(without_last(sought.hunk, count)), kept, &targets)
            }
            landing => landing,
        }?;
        let after = landing.alignment.range.end;
        let stripped = reading.map_or(0, |reading| reading.stripped);
        if !self.index.lines.iter().skip(after).take(stripped).all(|line| likeness::is_empty(line))
        {
            return Err(Misfit::Truncated);
        }
        landing.needs.splice(0..0, self.place_needs(&landing, sought));
        Ok(landing)
    }

    /// What the place of a landing needed, compared with what the header says.
    fn place_needs(&self, landing: &Landing<'_>, sought: Sought<'_>) -> Option<Need> {
        let Some(stated) = sought.stated() else { return Some(Need::Unnumbered) };
        let offset = landing.alignment.start().checked_signed_diff(stated)?;
        (offset != 0).then_some(Need::Offset(offset))
    }
}

/// How many lines after the line that it states a hunk landed.
fn drift_of(landing: &Result<Landing<'_>, Misfit>, sought: Sought<'_>) -> Option<isize> {
    let landing = landing.as_ref().ok()?;
    landing.alignment.start().checked_signed_diff(sought.stated()?)
}

/// How many of the last lines of a hunk lack a prefix.
fn trailing(hunk: &Hunk, unprefixed: &[usize]) -> usize {
    let last = hunk.lines().len();
    unprefixed.iter().rev().zip((0..last).rev()).take_while(|(a, b)| **a == *b).count()
}

/// The hunk less its last `count` lines.
fn without_last(hunk: &Hunk, count: usize) -> Hunk {
    let mut shorter = Hunk::new(hunk.old_range().before(), hunk.new_range().before());
    for line in hunk.lines().take(hunk.lines().len() - count) {
        shorter.push(line.kind, line.text);
    }
    shorter
}
