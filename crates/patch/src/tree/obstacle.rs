//! Files in the place of folders, and folders in the place of files.

use std::path::{Path, PathBuf};

use super::folder::Kind;
use super::walk::{Reach, Walk};
use super::{Change, refused};
use crate::Error;
use crate::error::PathProblem;

/// What is in the place of a file that the tree does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// A folder of the same name.
    Folder,
    /// A file where the way to it should have a folder.
    FileAbove,
}

/// Refuses changes that cannot all be made: `changes` is in the order of paths, `obstacles` are in
/// the places of some of them.
pub(super) fn check(
    walk: &mut Walk,
    changes: &[Change],
    obstacles: &[(PathBuf, Obstacle)],
) -> Result<(), Error> {
    // In the order of paths, what is inside comes right after what it is in.
    let made: Vec<_> = changes.iter().filter(|change| change.new.is_some()).collect();
    let nested = made.windows(2).find(|pair| pair[1].path.starts_with(&pair[0].path));
    if let Some(pair) = nested {
        return Err(refused(&pair[1].path, PathProblem::NotAFile));
    }
    for (path, obstacle) in obstacles {
        let goes = match obstacle {
            Obstacle::FileAbove => path.ancestors().skip(1).any(|above| removed(changes, above)),
            Obstacle::Folder => all_removed(walk, changes, path)?,
        };
        if !goes {
            return Err(refused(path, PathProblem::NotAFile));
        }
    }
    Ok(())
}

fn removed(changes: &[Change], path: &Path) -> bool {
    let found = changes.binary_search_by(|change| change.path.as_path().cmp(path));
    found.is_ok_and(|at| changes[at].new.is_none())
}

/// Whether there is nothing in `folder` but files that go.
fn all_removed(walk: &mut Walk, changes: &[Change], folder: &Path) -> Result<bool, Error> {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if walk.reach(&folder)? != Reach::All {
            return Ok(false);
        }
        for name in walk.here().names().map_err(walk.error(Path::new("")))? {
            let path = folder.join(&name);
            match walk.status(Path::new(&name))?.map(|status| status.kind) {
                Some(Kind::Folder) => folders.push(path),
                _ if removed(changes, &path) => {}
                _ => return Ok(false),
            }
        }
    }
    Ok(true)
}
