//! The lines of a file, and where each stands.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::hash::RandomState;
use std::ops::Range;

use super::likeness::{self, Likeness};
use crate::Misfit;

/// The lines of a file; tables of where equal ones stand are made when they are needed.
pub(super) struct Index<'a> {
    pub(super) lines: Vec<&'a [u8]>,
    tables: [OnceCell<Table>; 3],
    code: OnceCell<Code>,
}

/// The lines that are neither blank nor comments.
pub(super) struct Code {
    /// Which lines they are.
    pub(super) lines: Vec<usize>,
    pub(super) table: Table,
}

impl<'a> Index<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let lines = crate::lines(text).collect();
        Self { lines, tables: Default::default(), code: OnceCell::new() }
    }

    pub(super) fn table(&self, likeness: Likeness) -> &Table {
        self.tables[likeness as usize]
            .get_or_init(|| Table::new(self.lines.iter().copied(), likeness))
    }

    pub(super) fn code(&self) -> &Code {
        self.code.get_or_init(|| {
            let mut comments = Comments::default();
            let lines: Vec<_> =
                (0..self.lines.len()).filter(|line| !comments.passes(self.lines[*line])).collect();
            let texts = lines.iter().map(|line| self.lines[*line]);
            let table = Table::new(texts, Likeness::Whitespace);
            Code { lines, table }
        })
    }
}

/// Tells which lines of a C-like text are blank or nothing but comment.
#[derive(Default)]
pub(super) struct Comments {
    /// Whether a comment that began on an earlier line goes on.
    open: bool,
}

impl Comments {
    /// Takes in the next line; whether it is blank or nothing but comment.
    pub(super) fn passes(&mut self, line: &[u8]) -> bool {
        let text = line.trim_ascii();
        if !self.open && !text.starts_with(b"/*") {
            return text.is_empty() || text.starts_with(b"//");
        }
        let body = if self.open { text } else { &text[2..] };
        let end = body.windows(2).position(|two| two == b"*/");
        self.open = end.is_none();
        end.is_none_or(|end| end + 2 == body.len())
    }
}

/// Which of a sequence of lines are alike.
pub(super) struct Table {
    likeness: Likeness,
    state: RandomState,
    /// The number of each kind of line, by its key.
    kinds: HashMap<u64, usize>,
    /// The kind of each line.
    ids: Vec<usize>,
    /// The lines of each kind, kind by kind, ascending.
    places: Vec<usize>,
    /// Where in `places` each kind begins, and the end of the last.
    starts: Vec<usize>,
}

impl Table {
    fn new<'t>(lines: impl Iterator<Item = &'t [u8]>, likeness: Likeness) -> Self {
        let state = RandomState::new();
        let mut kinds = HashMap::new();
        let mut starts = vec![0];
        let mut ids = Vec::new();
        for line in lines {
            let next = kinds.len();
            let id = *kinds.entry(likeness.key(&state, line)).or_insert(next);
            if id == next {
                starts.push(0);
            }
            starts[id + 1] += 1;
            ids.push(id);
        }
        for id in 1..starts.len() {
            starts[id] += starts[id - 1];
        }
        let mut ends = starts.clone();
        let mut places = vec![0; ids.len()];
        for (line, id) in ids.iter().enumerate() {
            places[ends[*id]] = line;
            ends[*id] += 1;
        }
        Self { likeness, state, kinds, ids, places, starts }
    }

    /// The kind of `line`; `None` if no such line is there.
    fn kind(&self, line: &[u8]) -> Option<usize> {
        self.kinds.get(&self.likeness.key(&self.state, line)).copied()
    }

    /// Whether a line like this is there.
    pub(super) fn has(&self, line: &[u8]) -> bool {
        self.kind(line).is_some()
    }

    /// Where in `within` the lines of `pattern` stand one after another: the first line of each
    /// place, the nearest to `near` first, at most [`Table::MOST`].
    ///
    /// Only the places of the rarest line are looked at. Each comparison of two lines takes one off
    /// `work`; nothing left gives [`Misfit::Costly`].
    pub(super) fn find(
        &self,
        pattern: &[&[u8]],
        within: Range<usize>,
        near: usize,
        work: &Cell<usize>,
    ) -> Result<Vec<usize>, Misfit> {
        let Some(ids) = pattern.iter().map(|line| self.kind(line)).collect::<Option<Vec<_>>>()
        else {
            return Ok(Vec::new());
        };
        let of = |id: usize| &self.places[self.starts[id]..self.starts[id + 1]];
        let rarest = (0..ids.len()).min_by_key(|at| of(ids[*at]).len());
        let Some(rarest) = rarest.filter(|_| within.len() >= ids.len()) else {
            return Ok(Vec::new());
        };
        let (low, high) = (within.start + rarest, within.end - (ids.len() - 1 - rarest));
        let places = of(ids[rarest]);
        let places = &places[places.partition_point(|line| *line < low)..];
        let places = &places[..places.partition_point(|line| *line < high)];
        let mut found = Vec::new();
        for line in nearest_first(places, near.saturating_add(rarest)) {
            let start = line - rarest;
            let pairs = self.ids[start..].iter().zip(&ids);
            let equal = pairs.take_while(|(a, b)| a == b).count();
            work.set(work.get().checked_sub(equal + 1).ok_or(Misfit::Costly)?);
            if equal == ids.len() {
                found.push(start);
                if found.len() == Self::MOST {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// How many places of the same lines are looked for.
    pub(super) const MOST: usize = 8;
}

/// The ascending `places`, those nearest to `near` first, of two equally near ones the later.
fn nearest_first(places: &[usize], near: usize) -> impl Iterator<Item = usize> {
    let (mut before, mut after) = places.split_at(places.partition_point(|line| *line < near));
    std::iter::from_fn(move || {
        let next = match (before.last(), after.first()) {
            (Some(a), Some(b)) => near - a < b - near,
            (a, b) => a.is_some() && b.is_none(),
        };
        let (line, rest) = if next { before.split_last()? } else { after.split_first()? };
        if next {
            before = rest;
        } else {
            after = rest;
        }
        Some(*line)
    })
}

/// Whether a hunk's lines tell enough to be looked for with some of its context left out: two
/// telling lines, or one that is deleted.
pub(super) fn tells_enough(context: &[&[u8]], deleted: &[&[u8]]) -> bool {
    let telling = |lines: &[&[u8]]| lines.iter().filter(|line| likeness::is_telling(line)).count();
    telling(deleted) > 0 || telling(context) > 1
}
