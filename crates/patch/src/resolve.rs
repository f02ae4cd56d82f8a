//! Which files of a tree a diff means.

mod find;

use std::path::{Path, PathBuf};

use find::{Finder, Target};

use crate::tree::Planner;
use crate::{ApplyOptions, Error, FilePatch, Placement, Plan, Recovered};

/// How the files of a diff are found in a tree, and how they are patched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanOptions {
    /// How names in the diff become paths.
    pub names: Names,
    /// The file that is meant where the diff names none, or one of the same base name that the tree
    /// does not have; relative to the root.
    pub file: Option<PathBuf>,
    /// What is forgiven when hunks are placed.
    pub apply: ApplyOptions,
}

impl PlanOptions {
    /// Nothing is forgiven and nothing is guessed; names have `level` components too many.
    pub fn strict(level: usize) -> Self {
        Self { names: Names::Strip(level), file: None, apply: ApplyOptions::strict() }
    }

    /// The options with another way to find files.
    #[must_use]
    pub fn with_names(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// The options with the `file` that is meant where the diff does not tell.
    #[must_use]
    pub fn with_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// The options with others for the hunks.
    #[must_use]
    pub fn with_apply(mut self, apply: ApplyOptions) -> Self {
        self.apply = apply;
        self
    }
}

/// How names in a diff become paths in a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Names {
    /// Exactly as stated, less so many components. If the old and the new name differ, the file is
    /// the one of them that there is, and not the copy `x.orig` or `x~` of `x`.
    Strip(usize),
    /// Less the `a/` or `b/` that git puts in front, or else as stated or less one component, if
    /// there is such a file. Otherwise the only file of the tree whose path ends with the name, or
    /// with as much of the end of the name as any does.
    ///
    /// Not more than a million names in the tree are looked at.
    #[default]
    Find,
}

/// How a file was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Found {
    /// At its name, less this many components.
    Stripped(usize),
    /// As the only file of the tree with this end of the path.
    Suffix,
    /// As the file that the options name.
    Given,
}

/// What a diff makes of a tree: file by file, and all together.
#[derive(Debug)]
#[non_exhaustive]
pub struct Planned {
    /// What became of each file of the diff, in its order.
    pub files: Vec<PlannedFile>,
    plan: Result<Plan, Error>,
}

/// What became of one file of a diff.
#[derive(Debug)]
#[non_exhaustive]
pub struct PlannedFile {
    /// The file, relative to the root; as the diff names it if it was not found.
    pub path: PathBuf,
    /// How it was found; `None` if it was not.
    pub found: Option<Found>,
    /// Where the hunks landed, or why the file cannot be patched: [`Error::Rejected`] has the
    /// reason for each hunk. [`Error::AlreadyApplied`] if there is nothing to do.
    pub result: Result<Vec<Placement>, Error>,
}

impl Planned {
    /// Whether every file can be patched or already is.
    pub fn fits(&self) -> bool {
        self.files.iter().all(PlannedFile::fits) && self.plan.is_ok()
    }

    /// The plan for the whole tree; files that already are as the diff would make them stay.
    ///
    /// # Errors
    ///
    /// [`Error::File`] for the first file that cannot be patched.
    pub fn into_plan(self) -> Result<Plan, Error> {
        let fits = |file: &PlannedFile| file.fits();
        match self.files.into_iter().find(|file| !fits(file)) {
            Some(PlannedFile { path, result: Err(source), .. }) => {
                Err(Error::File { path, source: Box::new(source) })
            }
            _ => self.plan,
        }
    }
}

impl PlannedFile {
    /// Whether the file can be patched or already is.
    pub fn fits(&self) -> bool {
        matches!(self.result, Ok(_) | Err(Error::AlreadyApplied))
    }
}

impl Recovered {
    /// Works out what the diff makes of the files under `root`.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the tree cannot be read, and the errors of
    /// [`settle`](crate::settle). A file that cannot be patched is no error here: it is in
    /// [`Planned::files`].
    pub fn plan_with(&self, root: &Path, options: &PlanOptions) -> Result<Planned, Error> {
        let mut planner = Planner::open(root)?;
        let mut finder = Finder::new(root, options, self.files.len() == 1);
        let found: Vec<_> = self.files.iter().map(|file| finder.find(&file.patch)).collect();
        for target in found.iter().flatten() {
            planner.announce(&target.header, &target.names);
        }
        let mut files = Vec::with_capacity(found.len());
        for (file, target) in self.files.iter().zip(found) {
            let (path, found, result) = match target {
                Ok(Target { header, names, found }) => {
                    let path = names.path().to_path_buf();
                    let apply = |old: &[u8]| file.apply_as(&header, old, &options.apply);
                    let result = planner.patch(&header, names, &apply);
                    (path, Some(found), result)
                }
                Err(error) => (shown(&file.patch), None, Err(error)),
            };
            match result {
                Err(error) if error.is_io() => return Err(error),
                result => files.push(PlannedFile { path, found, result }),
            }
        }
        Ok(Planned { files, plan: planner.finish() })
    }
}

/// The name in the diff, for people.
fn shown(file: &FilePatch) -> PathBuf {
    let name = file.new_path.as_ref().or(file.old_path.as_ref());
    name.map_or_else(PathBuf::new, |name| String::from_utf8_lossy(name).into_owned().into())
}
