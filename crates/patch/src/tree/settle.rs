//! Ends a write that was cut off.

use std::path::Path;

use super::folder::Kind;
use super::journal::{DRAFT, JOURNAL, Step};
use super::site::{Site, is_as_planned};
use super::walk::Walk;
use crate::Error;

/// What [`settle`] found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settled {
    /// No write was cut off here.
    Nothing,
    /// The temporary files of a write were removed that had not begun to change the tree: the tree
    /// is the old one.
    TakenBack,
    /// The renames that were left of a write were done: the tree is the new one.
    Finished,
}

/// Ends a [`Plan::write`](crate::Plan::write) to `root` that was cut off because its process was
/// killed.
///
/// Afterwards the tree is as it was before that write or as the write was to make it, with no
/// temporary files. [`Patch::plan`](crate::Patch::plan) and [`Plan::write`](crate::Plan::write)
/// call it themselves. It may be killed as well, and called again.
///
/// What the journal of the cut-off write says is not trusted further than a patch: it can only move
/// the temporary files of a write to places in the tree, and remove files that have not changed
/// since.
///
/// # Errors
///
/// [`Error::Busy`] while another process is writing to `root`; [`Error::Unfinished`] if the journal
/// is damaged or a file that it names has been changed, with nothing done; [`Error::Path`] if a
/// symbolic link is in the way; [`Error::Io`].
pub fn settle(root: &Path) -> Result<Settled, Error> {
    let walk = Walk::open(root)?;
    if walk.status(Path::new(DRAFT))?.is_none() && walk.status(Path::new(JOURNAL))?.is_none() {
        return Ok(Settled::Nothing);
    }
    Site::lock(root)?.settle()
}

impl Site {
    /// Ends a write that was cut off in this tree.
    pub(super) fn settle(&mut self) -> Result<Settled, Error> {
        let mut found = Settled::Nothing;
        if let Some(steps) = self.read_own(DRAFT)? {
            // Nothing else is written before the draft is whole.
            self.take_back(&steps.unwrap_or_default())?;
            self.remove_own(DRAFT)?;
            found = Settled::TakenBack;
        }
        if let Some(steps) = self.read_own(JOURNAL)? {
            let steps = steps.ok_or_else(|| self.unfinished(JOURNAL.as_ref()))?;
            let outstanding = self.outstanding(steps)?;
            self.carry_out(&outstanding).map_err(|(_, error)| error)?;
            self.remove_own(JOURNAL)?;
            found = Settled::Finished;
        }
        Ok(found)
    }

    /// The steps that were not done yet, if they can all be done as planned.
    fn outstanding(&mut self, steps: Vec<Step>) -> Result<Vec<Step>, Error> {
        let mut outstanding = Vec::new();
        for step in steps {
            let (path, was) = match &step {
                Step::Remove { path, was } if self.is_there(path)? => (path, Some(*was)),
                Step::Write { temporary, path, was } if self.is_there(temporary)? => (path, *was),
                Step::Remove { .. } | Step::Write { .. } => continue,
                _ => {
                    outstanding.push(step);
                    continue;
                }
            };
            if !is_as_planned(self.walk.look(path)?.as_ref(), was) {
                return Err(self.unfinished(path));
            }
            outstanding.push(step);
        }
        Ok(outstanding)
    }

    /// Whether there is a file at `path`; a folder comes in the place of a removed file.
    fn is_there(&mut self, path: &Path) -> Result<bool, Error> {
        Ok(self.walk.look(path)?.is_some_and(|status| status.kind != Kind::Folder))
    }
}
