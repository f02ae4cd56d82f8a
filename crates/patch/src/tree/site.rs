//! A tree that is locked for writing, and what can be done to it.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::folder::{Kind, Lock, Onto, Stamp, Status};
use super::journal::{DRAFT, JOURNAL, LONGEST, Step, decode, encode};
use super::refused;
use super::steps::New;
use super::walk::{Reach, Walk};
use crate::error::PathProblem;
use crate::{Error, Mode};

/// A tree that no other process writes to.
pub(super) struct Site {
    pub(super) walk: Walk,
    root: PathBuf,
    _lock: Lock,
}

impl Site {
    pub(super) fn lock(root: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: root.into(), source };
        let lock = Lock::take(root).map_err(failed)?;
        let lock = lock.ok_or_else(|| Error::Busy { root: root.into() })?;
        Ok(Self { walk: Walk::open(root)?, root: root.into(), _lock: lock })
    }

    /// Writes the journal and all new texts beside the tree's files. When this returns, the journal
    /// is in force; if it fails, the tree is as before.
    pub(super) fn stage(&mut self, steps: &[Step], news: &[New<'_>]) -> Result<(), Error> {
        let staged = self.try_stage(steps, news);
        if staged.is_err() && self.take_back(steps).is_ok() {
            drop(self.walk.top().remove(Path::new(DRAFT)));
        }
        staged
    }

    fn try_stage(&mut self, steps: &[Step], news: &[New<'_>]) -> Result<(), Error> {
        self.draft(steps)?;
        self.write_texts(steps, news)?;
        self.put_in_force()
    }

    /// Writes the journal as a draft, which is enough to find what is written next.
    pub(super) fn draft(&mut self, steps: &[Step]) -> Result<(), Error> {
        let journal = encode(steps);
        let fits = || match journal.len() as u64 {
            0..=LONGEST => Ok(()),
            _ => Err(io::ErrorKind::FileTooLarge.into()),
        };
        let draft = fits().and_then(|()| self.walk.top().create(Path::new(DRAFT), None, false));
        draft.and_then(|mut draft| draft.write_all(&journal)).map_err(self.own_error(DRAFT))
    }

    /// Writes the new texts to their temporary files.
    pub(super) fn write_texts(&mut self, steps: &[Step], news: &[New<'_>]) -> Result<(), Error> {
        let temporaries = steps.iter().filter_map(|step| match step {
            Step::Write { temporary, .. } => Some(temporary),
            _ => None,
        });
        for (temporary, new) in temporaries.zip(news) {
            let name = self.enter_parent(temporary)?;
            let executable = new.content.mode == Mode::Executable;
            let file = self.walk.here().create(name, new.bits, executable);
            let written = file.and_then(|mut file| file.write_all(&new.content.text));
            written.map_err(self.walk.error(name))?;
        }
        Ok(())
    }

    /// The moment from which on the tree counts as the new one.
    fn put_in_force(&mut self) -> Result<(), Error> {
        let top = self.walk.top();
        let renamed = top.rename(Path::new(DRAFT), top, Path::new(JOURNAL), Onto::File);
        renamed.map_err(self.own_error(JOURNAL))
    }

    /// Removes what a journal that never came in force has led to.
    pub(super) fn take_back(&mut self, steps: &[Step]) -> Result<(), Error> {
        for step in steps {
            if let Step::Write { temporary, .. } = step {
                self.discard(temporary)?;
            }
        }
        Ok(())
    }

    /// Does the steps; if one fails, says how many were done.
    pub(super) fn carry_out(&mut self, steps: &[Step]) -> Result<(), (usize, Error)> {
        for (done, step) in steps.iter().enumerate() {
            self.carry_out_one(step).map_err(|error| (done, error))?;
        }
        Ok(())
    }

    fn carry_out_one(&mut self, step: &Step) -> Result<(), Error> {
        match step {
            Step::Remove { path, .. } => {
                let name = self.enter_parent(path)?;
                self.walk.here().remove(name).map_err(self.walk.error(name))
            }
            Step::Prune { path } => {
                if let (Reach::All, name) = self.walk.reach_parent(path)? {
                    // It stays if somebody has put something else into it.
                    drop(self.walk.here().remove_folder(name));
                }
                Ok(())
            }
            Step::Make { path } => {
                let name = self.enter_parent(path)?;
                match self.walk.here().make(name) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                        Err(self.walk.error(name)(error))
                    }
                    _ => Ok(()),
                }
            }
            Step::Write { temporary, path, was } => self.put(temporary, path, *was),
            Step::Discard { temporary } => self.discard(temporary),
        }
    }

    fn put(&mut self, temporary: &Path, path: &Path, was: Option<Stamp>) -> Result<(), Error> {
        let name = self.enter_parent(path)?;
        let depth = temporary.parent().map_or(0, |folder| folder.iter().count());
        let (from, onto) = (
            temporary.file_name().unwrap_or_default(),
            match was {
                Some(_) => Onto::File,
                None => Onto::Nothing,
            },
        );
        let staged = self.walk.above(depth);
        let renamed = staged.rename(Path::new(from), self.walk.here(), name, onto);
        renamed.map_err(self.walk.error(name))
    }

    fn discard(&mut self, temporary: &Path) -> Result<(), Error> {
        let (Reach::All, name) = self.walk.reach_parent(temporary)? else { return Ok(()) };
        match self.walk.here().remove(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.walk.error(name)(error))
            }
            _ => Ok(()),
        }
    }

    /// Ends a write whose steps were all done.
    pub(super) fn conclude(&mut self) -> Result<(), Error> {
        self.remove_own(JOURNAL)
    }

    pub(super) fn remove_own(&mut self, name: &str) -> Result<(), Error> {
        self.walk.top().remove(Path::new(name)).map_err(self.own_error(name))
    }

    /// The steps of the journal `name`; `None` if there is no such file, `Some(None)` if it is
    /// damaged.
    pub(super) fn read_own(&mut self, name: &str) -> Result<Option<Option<Vec<Step>>>, Error> {
        let path = Path::new(name);
        let status = self.walk.top().status(path).map_err(self.own_error(name))?;
        match status {
            None => return Ok(None),
            Some(Status { kind: Kind::File, .. }) => {}
            Some(_) => return Err(refused(path, PathProblem::NotAFile)),
        }
        let mut text = Vec::new();
        let opened = self.walk.top().read(path);
        let read = opened.and_then(|(file, _)| file.take(LONGEST + 1).read_to_end(&mut text));
        read.map_err(self.own_error(name))?;
        Ok(Some(decode(&text)))
    }

    /// Goes to the folder that `path` is in.
    fn enter_parent<'a>(&mut self, path: &'a Path) -> Result<&'a Path, Error> {
        match self.walk.reach_parent(path)? {
            (Reach::All, name) => Ok(name),
            (Reach::Missing, _) => Err(self.failed(path, io::ErrorKind::NotFound)),
            (Reach::Blocked, _) => Err(self.failed(path, io::ErrorKind::NotADirectory)),
        }
    }

    fn failed(&self, path: &Path, kind: io::ErrorKind) -> Error {
        Error::Io { path: self.root.join(path), source: kind.into() }
    }

    /// The error that the journal cannot be carried out because of the file `path`.
    pub(super) fn unfinished(&self, path: &Path) -> Error {
        Error::Unfinished { path: self.root.join(path), journal: self.root.join(JOURNAL) }
    }

    fn own_error(&self, name: &str) -> impl FnOnce(io::Error) -> Error {
        let path = self.root.join(name);
        move |source| Error::Io { path, source }
    }
}

/// Whether a step finds what it was planned for.
pub(super) fn is_as_planned(status: Option<&Status>, was: Option<Stamp>) -> bool {
    match (status, was) {
        (Some(status), Some(was)) => status.kind == Kind::File && status.stamp == was,
        // A folder is pruned by another step first, or the write fails.
        (None | Some(Status { kind: Kind::Folder, .. }), None) => true,
        _ => false,
    }
}
