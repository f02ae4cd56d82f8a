//! The smallest parts that a patch can lose.

use std::collections::BTreeSet;

use super::rehunk::{self, is_change};
use crate::{FilePatch, Origin, Patch};

/// A part of a patch that stays or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    /// A file that is created, deleted or renamed; without it, nothing of the file stays.
    File(usize),
    /// The change of a file's mode.
    Mode(usize),
    /// One run of changed lines.
    Edit { file: usize, hunk: usize, edit: usize },
}

/// All units of a patch, those of one hunk together.
pub(super) fn by_hunk(patch: &Patch) -> Vec<Vec<Unit>> {
    let mut groups = Vec::new();
    for (index, file) in patch.files.iter().enumerate() {
        if needs_header(file) {
            groups.push(vec![Unit::File(index)]);
        }
        if is_whole(file) {
            continue;
        }
        if file.old_mode != file.new_mode {
            groups.push(vec![Unit::Mode(index)]);
        }
        groups.extend(file.hunks.iter().enumerate().map(|(hunk, lines)| {
            let lines: Vec<_> = lines.lines().collect();
            let runs = lines.chunk_by(|a, b| is_change(a) == is_change(b));
            let edits = runs.filter(|run| is_change(&run[0])).count();
            (0..edits).map(|edit| Unit::Edit { file: index, hunk, edit }).collect()
        }));
    }
    groups
}

/// The patch that has only `units` of `patch`.
pub(super) fn part(patch: &Patch, units: impl Iterator<Item = Unit>, context: usize) -> Patch {
    let units: BTreeSet<_> = units.collect();
    let files = patch.files.iter().enumerate().filter_map(|(index, file)| {
        let stays = !needs_header(file) || units.contains(&Unit::File(index));
        stays.then(|| part_of_file(file, index, &units, context))
    });
    Patch { files: files.filter(|file| !file.is_empty()).collect() }
}

fn part_of_file(
    file: &FilePatch,
    index: usize,
    units: &BTreeSet<Unit>,
    context: usize,
) -> FilePatch {
    if is_whole(file) {
        return file.clone();
    }
    let hunks = rehunk::hunks(file, context, |hunk, lines| {
        let mut kept = Vec::with_capacity(lines.len());
        let mut edit = 0;
        for run in lines.chunk_by(|a, b| is_change(a) == is_change(b)) {
            if !is_change(&run[0]) || units.contains(&Unit::Edit { file: index, hunk, edit }) {
                kept.extend_from_slice(run);
            } else {
                kept.extend(rehunk::undone(run.iter().copied()));
            }
            edit += usize::from(is_change(&run[0]));
        }
        kept
    });
    let mut part = FilePatch { hunks, ..file.clone() };
    if file.old_mode != file.new_mode && !units.contains(&Unit::Mode(index)) {
        (part.old_mode, part.new_mode) = (None, None);
    }
    part
}

/// Whether the file's text is made or goes as a whole.
pub(super) fn is_whole(file: &FilePatch) -> bool {
    file.creates() || file.deletes()
}

fn needs_header(file: &FilePatch) -> bool {
    is_whole(file) || file.origin != Origin::InPlace
}
