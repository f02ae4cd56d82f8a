//! Where a name is defined, as seen from the file of a request.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use tree_sitter::Tree;

use super::define::{Found, definitions, includes};
use super::include::{common_folders, folder};
use super::index::{Entry, Index};
use super::uses::Name;
use crate::DefinitionKind as Kind;

/// The distance of a file in the same folder: more than the steps of any include.
const SAME_FOLDER: u8 = 100;
/// The distance of any other file.
const ELSEWHERE: u8 = 101;

/// The definitions that a file sees: its own ones, and those of the tree around it.
pub(super) struct View<'r> {
    path: &'r str,
    source: &'r str,
    /// Where the file itself defines a name.
    own: HashMap<&'r str, Vec<Found>>,
    tree: Option<&'r Index>,
    /// How many includes it takes to the files of the tree.
    steps: HashMap<u32, u8>,
}

/// Where a definition stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    /// In the file itself, in these bytes.
    Own(usize, usize),
    /// In a file of the tree.
    Tree(Entry),
}

/// A definition, and how far off it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Placed {
    pub(super) distance: u8,
    pub(super) kind: Kind,
    /// Of files equally far off the one with more folders in common comes first.
    apart: Reverse<usize>,
    pub(super) place: Place,
}

/// The source of a definition.
pub(super) struct Source {
    pub(super) path: String,
    /// The line that it begins in, counted from 1.
    pub(super) line: usize,
    pub(super) text: String,
}

impl<'r> View<'r> {
    pub(super) fn new(
        path: &'r str,
        source: &'r str,
        syntax: &Tree,
        tree: Option<&'r Index>,
    ) -> Self {
        let mut own: HashMap<_, Vec<_>> = HashMap::new();
        for found in definitions(syntax, source.as_bytes()) {
            own.entry(source.get(found.name.clone()).unwrap_or_default()).or_default().push(found);
        }
        let included = includes(syntax, source.as_bytes());
        let steps = tree
            .map_or_else(HashMap::new, |tree| tree.includes.steps(&tree.paths, path, &included));
        Self { path, source, own, tree, steps }
    }

    /// The definition that a name means here; none if there is none, or if several far off are equally likely.
    ///
    /// A function is shown with its body, wherever that is, and is as far off as its nearest declaration.
    pub(super) fn place(&self, name: &Name<'_>) -> Option<Placed> {
        let mut fit = self.fitting(name);
        fit.sort_unstable();
        let nearest = fit.first()?;
        if nearest.kind == Kind::Prototype
            && let Some(body) = self.only(fit.iter().filter(|placed| placed.kind == Kind::Function))
        {
            return Some(Placed { distance: nearest.distance, ..body });
        }
        self.only(fit.iter())
    }

    /// The first of some definitions, unless it is far off and the second is no worse.
    fn only<'p>(&self, mut sorted: impl Iterator<Item = &'p Placed>) -> Option<Placed> {
        let first = sorted.next()?;
        let rank = |placed: &Placed| (placed.distance, placed.kind, placed.apart);
        let tie = first.distance == ELSEWHERE
            && sorted.next().is_some_and(|second| rank(second) == rank(first));
        (!tie).then(|| first.clone())
    }

    /// All definitions that a name can mean here.
    fn fitting(&self, name: &Name<'_>) -> Vec<Placed> {
        let meant = |kind: Kind| (kind == Kind::Tag) == name.tag;
        let own = self.own.get(name.text).map_or(&[][..], Vec::as_slice);
        let own = own.iter().filter(|found| meant(found.kind)).map(|found| Placed {
            distance: 0,
            kind: found.kind,
            apart: Reverse(usize::MAX),
            place: Place::Own(found.span.start, found.span.end),
        });
        let entries = self.tree.map_or(&[][..], |tree| tree.entries(name.text));
        let theirs = entries.iter().filter(|entry| meant(entry.kind));
        own.chain(theirs.filter_map(|entry| self.seen(*entry))).collect()
    }

    /// A definition of another file, if this one can see it.
    fn seen(&self, entry: Entry) -> Option<Placed> {
        let path = &self.tree?.paths[entry.file as usize];
        let steps = self.steps.get(&entry.file).copied();
        if path == self.path || entry.private && steps.is_none() && !path.ends_with(".h") {
            return None;
        }
        let beside = if folder(path) == folder(self.path) { SAME_FOLDER } else { ELSEWHERE };
        Some(Placed {
            distance: steps.unwrap_or(beside),
            kind: entry.kind,
            apart: Reverse(common_folders(self.path, path)),
            place: Place::Tree(entry),
        })
    }

    /// The source of a definition; none if its file is not as it was.
    pub(super) fn source(&self, place: &Place) -> Option<Source> {
        match place {
            Place::Own(start, end) => {
                Some(excerpt(self.path, self.source.as_bytes(), *start..*end))
            }
            Place::Tree(entry) => {
                let (path, text) = self.tree?.read(*entry)?;
                let span = entry.span();
                (span.end <= text.len()).then(|| excerpt(path, &text, span))
            }
        }
    }
}

fn excerpt(path: &str, text: &[u8], span: Range<usize>) -> Source {
    let line = 1 + text[..span.start].iter().filter(|byte| **byte == b'\n').count();
    Source { path: path.to_owned(), line, text: String::from_utf8_lossy(&text[span]).into_owned() }
}
