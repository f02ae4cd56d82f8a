//! Carries out a plan, all of it or nothing.

use std::path::Path;

use super::journal::Step;
use super::site::{Site, is_as_planned};
use super::steps::{New, Old, folders, steps};
use super::{Change, Plan, Stamp};
use crate::Error;

impl Plan {
    /// Writes the changed files: all of them, or none.
    ///
    /// The new texts are first written to temporary files beside their targets. Then the list of
    /// the renames and removals that are left to do is put into force by renaming it to
    /// `.fixwright-journal` in the root, they are done, and the list is removed. If a step fails,
    /// what was done is undone. Folders that the removals leave empty are removed too, as git does.
    /// The files keep their permissions, but neither their owner nor extended attributes.
    ///
    /// # When the process is killed
    ///
    /// The list says at every moment what became of the write. Before it is in force, the tree is
    /// the old one; from then on the tree counts as the new one, though renames may be outstanding.
    /// [`settle`](crate::settle), which [`Patch::plan`](crate::Patch::plan) and this function
    /// begin with, discards the temporary files of the former and finishes the renames of the
    /// latter. Nothing is flushed to the disk: this holds when the process dies, not when the
    /// machine does.
    ///
    /// # Other processes
    ///
    /// The root is locked, so a second write to the same root fails with [`Error::Busy`]. Programs
    /// that know nothing of the lock must leave the tree alone while the write lasts. What they
    /// changed since the plan was made is found and refused, and no folder that is swapped for a
    /// symbolic link leads a write astray.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`], [`Error::Busy`], the errors of [`settle`](crate::settle), and
    /// [`Error::Io`] if a file could not be written, all with the tree as before;
    /// [`Error::NotUndone`] if it could not be restored either.
    pub fn write(&self) -> Result<(), Error> {
        let mut site = Site::lock(&self.root)?;
        site.settle()?;
        self.check(&mut site)?;
        if self.changes.is_empty() {
            return Ok(());
        }
        let (steps, news) = self.steps(&mut site)?;
        site.stage(&steps, &news)?;
        self.finish(&mut site, &steps)
    }

    /// What there is to do, and the texts for it.
    fn steps(&self, site: &mut Site) -> Result<(Vec<Step>, Vec<New<'_>>), Error> {
        let (mut olds, mut news) = (Vec::new(), Vec::with_capacity(self.changes.len()));
        for change in &self.changes {
            let (path, was) = (change.path.as_path(), change.seen.map(|seen| seen.stamp));
            match &change.new {
                Some(content) => news.push(New { path, content, bits: change.bits, was }),
                None => olds.extend(was.map(|was| Old { path, was })),
            }
        }
        let steps = steps(&mut site.walk, &olds, folders(&olds), &news)?;
        Ok((steps, news))
    }

    /// Does what the journal in force says; undoes it if it cannot be done.
    fn finish(&self, site: &mut Site, steps: &[Step]) -> Result<(), Error> {
        let Err((done, cause)) = site.carry_out(steps) else { return site.conclude() };
        let (done, left) = steps.split_at(done);
        Err(match self.undo(site, done, left) {
            Ok(()) => cause,
            Err(source) => Error::NotUndone { source: Box::new(source), cause: Box::new(cause) },
        })
    }

    /// Refuses to write over what has changed since it was read.
    fn check(&self, site: &mut Site) -> Result<(), Error> {
        for change in &self.changes {
            let status = site.walk.look(&change.path)?;
            if !is_as_planned(status.as_ref(), change.seen.map(|seen| seen.stamp)) {
                return Err(Error::Changed { path: self.root.join(&change.path) });
            }
        }
        Ok(())
    }

    /// Writes the old texts back, as another write whose journal replaces the one in force.
    fn undo(&self, site: &mut Site, done: &[Step], left: &[Step]) -> Result<(), Error> {
        let (steps, news) = self.back(site, done, left)?;
        site.stage(&steps, &news)?;
        site.carry_out(&steps).map_err(|(_, error)| error)?;
        site.conclude()
    }

    /// What there is to do to undo the steps that are `done` and forget those that are `left`.
    fn back(
        &self,
        site: &mut Site,
        done: &[Step],
        left: &[Step],
    ) -> Result<(Vec<Step>, Vec<New<'_>>), Error> {
        let (mut olds, mut news, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for step in done.iter().rev() {
            match step {
                Step::Make { path } => made.push(path.clone()),
                Step::Remove { path, .. } => news.extend(self.old(path, None)),
                Step::Write { path, was, .. } => {
                    let Some(now) = site.walk.look(path)?.map(|status| status.stamp) else {
                        continue;
                    };
                    match was {
                        Some(_) => news.extend(self.old(path, Some(now))),
                        None => olds.push(Old { path, was: now }),
                    }
                }
                Step::Prune { .. } | Step::Discard { .. } => {}
            }
        }
        let mut back = steps(&mut site.walk, &olds, made, &news)?;
        back.extend(left.iter().filter_map(|step| match step {
            Step::Write { temporary, .. } => Some(Step::Discard { temporary: temporary.clone() }),
            _ => None,
        }));
        Ok((back, news))
    }

    /// The file at `path` as it was when the plan was made.
    fn old(&self, path: &Path, was: Option<Stamp>) -> Option<New<'_>> {
        let at = self.changes.binary_search_by(|change| change.path.as_path().cmp(path)).ok()?;
        let Change { path, old, seen, .. } = &self.changes[at];
        let bits = seen.map(|seen| seen.bits);
        old.as_ref().map(|content| New { path, content, bits, was })
    }
}

#[cfg(all(test, unix))]
mod tests;
