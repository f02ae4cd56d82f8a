//! Goes from folder to folder in a tree.

use std::io;
use std::path::{Path, PathBuf};

use super::folder::{Folder, Kind, Status};
use super::refused;
use crate::Error;
use crate::error::PathProblem;

/// A tree, with the folders open that lead to where the walk stands.
#[derive(Debug)]
pub(super) struct Walk {
    root: PathBuf,
    top: Folder,
    way: Vec<(PathBuf, Folder)>,
}

/// How far a walk came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To the folder.
    All,
    /// To the last folder above it that there is.
    Missing,
    /// To the last folder above it; the next component is there but is no folder.
    Blocked,
}

impl Walk {
    pub(super) fn open(root: &Path) -> Result<Self, Error> {
        let top = Folder::open(root).map_err(|source| Error::Io { path: root.into(), source })?;
        Ok(Self { root: root.to_path_buf(), top, way: Vec::new() })
    }

    /// Goes to `folder`, over real folders only.
    pub(super) fn reach(&mut self, folder: &Path) -> Result<Reach, Error> {
        let kept = self.way.iter().zip(folder).take_while(|((name, _), next)| name == *next);
        self.way.truncate(kept.count());
        for name in folder.iter().skip(self.way.len()) {
            match self.here().enter(Path::new(name)) {
                Ok(next) => self.way.push((name.into(), next)),
                Err(error) => return self.stopped(folder, Path::new(name), error),
            }
        }
        Ok(Reach::All)
    }

    /// Why there is no folder `name` to enter.
    fn stopped(&self, folder: &Path, name: &Path, error: io::Error) -> Result<Reach, Error> {
        if error.kind() == io::ErrorKind::NotFound {
            return Ok(Reach::Missing);
        }
        match self.status(name)?.map(|status| status.kind) {
            Some(Kind::Link) => Err(refused(folder, PathProblem::Symlink)),
            Some(Kind::File | Kind::Other) => Ok(Reach::Blocked),
            _ => Err(self.error(name)(error)),
        }
    }

    /// Goes to the folder that `path` is in; gives the last component of `path` back.
    pub(super) fn reach_parent<'a>(&mut self, path: &'a Path) -> Result<(Reach, &'a Path), Error> {
        let name = path.file_name().unwrap_or_default();
        let reach = self.reach(path.parent().unwrap_or(Path::new("")))?;
        Ok((reach, Path::new(name)))
    }

    /// What is at `path`; `None` if there is nothing.
    pub(super) fn look(&mut self, path: &Path) -> Result<Option<Status>, Error> {
        match self.reach_parent(path)? {
            (Reach::All, name) => self.status(name),
            _ => Ok(None),
        }
    }

    /// What is under `name` in the folder where the walk stands.
    pub(super) fn status(&self, name: &Path) -> Result<Option<Status>, Error> {
        self.here().status(name).map_err(self.error(name))
    }

    /// The folder where the walk stands.
    pub(super) fn here(&self) -> &Folder {
        self.way.last().map_or(&self.top, |(_, folder)| folder)
    }

    /// The root, or the `depth`-th folder on the way from there.
    pub(super) fn above(&self, depth: usize) -> &Folder {
        depth.checked_sub(1).and_then(|at| self.way.get(at)).map_or(&self.top, |(_, folder)| folder)
    }

    /// Where the walk stands, relative to the root.
    pub(super) fn place(&self) -> PathBuf {
        self.way.iter().map(|(name, _)| name).collect()
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The root of the tree, open.
    pub(super) fn top(&self) -> &Folder {
        &self.top
    }

    /// The error of the system about `name` in the folder where the walk stands.
    pub(super) fn error(&self, name: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| {
            let path = self.place().join(name);
            match source.kind() {
                io::ErrorKind::InvalidFilename => refused(&path, PathProblem::Unnameable),
                _ => Error::Io { path: self.root.join(path), source },
            }
        }
    }
}
