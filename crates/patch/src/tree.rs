//! A whole patch on a folder: everything is worked out in memory before anything is written.

mod write;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::PathProblem;
use crate::{Applied, Error, FilePatch, Mode, Origin, Patch, Placement, strip};

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
}

/// A file's text and mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The text.
    pub text: Vec<u8>,
    /// Whether the file can be run as a program.
    pub mode: Mode,
}

impl Patch {
    /// Works out what the patch makes of the files under `root`, whose names in the diff have
    /// `level` components too many: 1 for the usual `a/` and `b/`.
    ///
    /// # Errors
    ///
    /// [`Error::File`] with the cause for the first file that cannot be patched; [`Error::Path`]
    /// for a name that leads out of `root`, into `.git` or over a symbolic link.
    pub fn plan(&self, root: &Path, level: usize) -> Result<Plan, Error> {
        let mut planner = Planner::new(root);
        for file in &self.files {
            let (source, target) = names(file, level)?;
            let path = target.clone().or(source.clone()).unwrap_or_default();
            planner
                .patch(file, source, target, &|old| file.apply(old))
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

    /// Refuses to make both a file and another one inside it.
    fn check_folders(&self) -> Result<(), Error> {
        let made = self.changes.iter().filter(|change| change.new.is_some());
        let paths: Vec<_> = made.map(|change| &change.path).collect();
        // In the order of paths, what is inside comes right after what it is in.
        match paths.windows(2).find(|pair| pair[1].starts_with(pair[0])) {
            Some(pair) => Err(refused(pair[1], PathProblem::NotAFile)),
            None => Ok(()),
        }
    }

    /// The files that change, by path.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
}

/// The file's name in the tree before and after.
pub(crate) fn names(
    file: &FilePatch,
    level: usize,
) -> Result<(Option<PathBuf>, Option<PathBuf>), Error> {
    let stripped =
        |name: &Option<Vec<u8>>| name.as_deref().map(|name| strip(name, level)).transpose();
    let (old, new) = (stripped(&file.old_path)?, stripped(&file.new_path)?);
    match (&old, &new) {
        (Some(old), Some(new)) if old != new && file.origin == Origin::InPlace => {
            let shown = |path: &Path| path.display().to_string();
            Err(Error::NamesDiffer { old: shown(old), new: shown(new) })
        }
        _ => Ok((old, new)),
    }
}

/// The tree as the files of the patch that came so far would leave it.
pub(crate) struct Planner<'a> {
    root: &'a Path,
    changes: BTreeMap<PathBuf, Change>,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(root: &'a Path) -> Self {
        Self { root, changes: BTreeMap::new() }
    }

    /// What all files together make of the tree.
    pub(crate) fn finish(self) -> Result<Plan, Error> {
        let changes = self.changes.into_values().filter(|change| change.old != change.new);
        let plan = Plan { root: self.root.to_path_buf(), changes: changes.collect() };
        plan.check_folders()?;
        Ok(plan)
    }

    /// Patches one file: `source` is its name before, `target` after, and `apply` makes the new
    /// text out of the old. Returns where the hunks landed.
    pub(crate) fn patch(
        &mut self,
        file: &FilePatch,
        source: Option<PathBuf>,
        target: Option<PathBuf>,
        apply: &dyn Fn(&[u8]) -> Result<Applied, Error>,
    ) -> Result<Vec<Placement>, Error> {
        let old = match source {
            Some(source) => self.change(source)?.new.take().ok_or(Error::Missing)?,
            None => Content { text: Vec::new(), mode: Mode::Regular },
        };
        let Some(target) = target else { return Ok(apply(&old.text)?.placements) };
        let change = self.change(target)?;
        if let Some(there) = &change.new {
            return Err(match apply(&there.text) {
                Err(Error::AlreadyApplied) => Error::AlreadyApplied,
                _ => Error::Exists,
            });
        }
        let applied = apply(&old.text)?;
        change.new = Some(Content { text: applied.text, mode: file.new_mode.unwrap_or(old.mode) });
        change.placements.extend_from_slice(&applied.placements);
        Ok(applied.placements)
    }

    /// What has become of `path` so far.
    fn change(&mut self, path: PathBuf) -> Result<&mut Change, Error> {
        Ok(match self.changes.entry(path) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let path = entry.key().clone();
                let old = read(self.root, &path)?;
                entry.insert(Change { path, new: old.clone(), old, placements: Vec::new() })
            }
        })
    }
}

/// The file at `path` below `root`, reached over real folders only.
fn read(root: &Path, path: &Path) -> Result<Option<Content>, Error> {
    let refused = |problem| Err(refused(path, problem));
    let mut full = root.to_path_buf();
    let mut above = None;
    for component in path {
        if above.is_some_and(|metadata: Metadata| !metadata.is_dir()) {
            return refused(PathProblem::NotAFile);
        }
        full.push(component);
        match fs::symlink_metadata(&full) {
            Ok(metadata) if metadata.is_symlink() => return refused(PathProblem::Symlink),
            Ok(metadata) => above = Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidFilename => {
                return refused(PathProblem::Unnameable);
            }
            Err(source) => return Err(Error::Io { path: full, source }),
        }
    }
    match above {
        Some(metadata) if metadata.is_file() => {
            let text = fs::read(&full).map_err(|source| Error::Io { path: full, source })?;
            Ok(Some(Content { text, mode: mode(&metadata) }))
        }
        _ => refused(PathProblem::NotAFile),
    }
}

fn refused(path: &Path, problem: PathProblem) -> Error {
    Error::Path { path: path.to_string_lossy().into_owned(), problem }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> Mode {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & 0o100 == 0 { Mode::Regular } else { Mode::Executable }
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> Mode {
    Mode::Regular
}
