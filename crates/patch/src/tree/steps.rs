//! Turns changes into the steps of a write.
//!
//! The order is: remove files, prune folders that got empty, make folders, move the new files in,
//! discard what is left over. So a file can take the place of a folder and the other way round.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

use super::Content;
use super::folder::{Bits, Stamp};
use super::journal::{Step, temporary_name};
use super::walk::Walk;
use crate::Error;

/// A text and where it is to be.
#[derive(Clone, Copy)]
pub(super) struct New<'a> {
    pub(super) path: &'a Path,
    pub(super) content: &'a Content,
    /// The permissions, if not the usual ones.
    pub(super) bits: Option<Bits>,
    /// The file that it replaces.
    pub(super) was: Option<Stamp>,
}

/// A file to remove.
#[derive(Clone, Copy)]
pub(super) struct Old<'a> {
    pub(super) path: &'a Path,
    pub(super) was: Stamp,
}

/// The steps that remove `olds`, prune the folders `pruned` and write `news`; the writes are in the
/// order of `news`.
pub(super) fn steps(
    walk: &mut Walk,
    olds: &[Old<'_>],
    pruned: Vec<PathBuf>,
    news: &[New<'_>],
) -> Result<Vec<Step>, Error> {
    let tag = RandomState::new().build_hasher().finish();
    let mut made = BTreeSet::new();
    let mut writes = Vec::with_capacity(news.len());
    for (index, new) in news.iter().enumerate() {
        walk.reach_parent(new.path)?;
        let folder = walk.place();
        let missing = new.path.ancestors().skip(1);
        made.extend(missing.take_while(|above| *above != folder).map(Path::to_path_buf));
        let temporary = folder.join(temporary_name(tag, index));
        writes.push(Step::Write { temporary, path: new.path.to_path_buf(), was: new.was });
    }
    let remove = |old: &Old<'_>| Step::Remove { path: old.path.to_path_buf(), was: old.was };
    Ok(olds
        .iter()
        .map(remove)
        .chain(pruned.into_iter().map(|path| Step::Prune { path }))
        .chain(made.into_iter().map(|path| Step::Make { path }))
        .chain(writes)
        .collect())
}

/// The folders that the files are in, the deepest first.
pub(super) fn folders(files: &[Old<'_>]) -> Vec<PathBuf> {
    let above = files.iter().flat_map(|file| file.path.ancestors().skip(1));
    let above: BTreeSet<_> = above.filter(|folder| !folder.as_os_str().is_empty()).collect();
    above.into_iter().rev().map(Path::to_path_buf).collect()
}
