//! A whole patch on a folder: everything is worked out in memory before anything is written.

mod folder;
mod journal;
mod obstacle;
mod planner;
mod settle;
mod site;
mod steps;
mod walk;
mod write;

use std::path::{Path, PathBuf};

pub use settle::{Settled, settle};

use crate::error::PathProblem;
use crate::{Error, FilePatch, Mode, Origin, Patch, Placement, strip};
use folder::{Bits, Stamp};
pub(crate) use planner::Planner;

/// What a patch makes of a source tree. Nothing is changed until [`Plan::write`].
#[derive(Clone, Debug)]
pub struct Plan {
    root: PathBuf,
    changes: Vec<Change>,
}

/// What a patch makes of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The file, relative to the root of the tree.
    pub path: PathBuf,
    /// What is there now; `None` if there is no such file.
    pub old: Option<Content>,
    /// What is to be there; `None` if the file is to go.
    pub new: Option<Content>,
    /// Where the hunks landed, in the order of the patch; for a renamed file, at its new name.
    pub placements: Vec<Placement>,
    /// How the old file was when it was read.
    seen: Option<Seen>,
    /// The permissions that the new file is to have, if not the usual ones.
    bits: Option<Bits>,
}

/// A file's text and mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The text.
    pub text: Vec<u8>,
    /// Whether the file can be run as a program.
    pub mode: Mode,
}

/// How a file was when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    stamp: Stamp,
    bits: Bits,
}

impl Patch {
    /// Works out what the patch makes of the files under `root`, whose names in the diff have
    /// `level` components too many: 1 for the usual `a/` and `b/`.
    ///
    /// The files of the patch are taken in their order, each on top of what those before it have
    /// made, with the exception that git makes: a copy, and a rename of a file that was not edited
    /// before, start from the file as it is in the tree. So two files can swap their names.
    ///
    /// If an earlier [`Plan::write`] was cut off in this tree, it is first taken back or finished,
    /// as [`settle`] does.
    ///
    /// # Errors
    ///
    /// [`Error::File`] with the cause for the first file that cannot be patched; [`Error::Path`]
    /// for a name that leads out of `root`, into `.git` or over a symbolic link, or whose place
    /// another file takes; the errors of [`settle`].
    pub fn plan(&self, root: &Path, level: usize) -> Result<Plan, Error> {
        let names: Vec<_> =
            self.files.iter().map(|file| names(file, level)).collect::<Result<_, _>>()?;
        let mut planner = Planner::open(root)?;
        for (file, names) in self.files.iter().zip(&names) {
            planner.announce(file, names);
        }
        for (file, names) in self.files.iter().zip(names) {
            let path = names.path().to_path_buf();
            planner
                .patch(file, names, &|old| file.apply(old))
                .map_err(|source| Error::File { path, source: Box::new(source) })?;
        }
        planner.finish()
    }
}

impl Plan {
    /// The folder that the patch is for.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files that change, by path.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
}

/// A file's name in the tree before and after.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) source: Option<PathBuf>,
    pub(crate) target: Option<PathBuf>,
}

impl Names {
    /// The name to speak of the file by.
    pub(crate) fn path(&self) -> &Path {
        self.target.as_deref().or(self.source.as_deref()).unwrap_or(Path::new(""))
    }
}

/// The file's names, less `level` components.
pub(crate) fn names(file: &FilePatch, level: usize) -> Result<Names, Error> {
    let stripped =
        |name: &Option<Vec<u8>>| name.as_deref().map(|name| strip(name, level)).transpose();
    let (old, new) = (stripped(&file.old_path)?, stripped(&file.new_path)?);
    match (&old, &new) {
        (Some(old), Some(new)) if old != new && file.origin == Origin::InPlace => {
            let shown = |path: &Path| path.display().to_string();
            Err(Error::NamesDiffer { old: shown(old), new: shown(new) })
        }
        _ => Ok(Names { source: old, target: new }),
    }
}

fn refused(path: &Path, problem: PathProblem) -> Error {
    Error::Path { path: path.to_string_lossy().into_owned(), problem }
}
