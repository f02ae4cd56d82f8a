//! Judges candidates: each on a copy of its own, compared with the tree as it is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fixwright_patch::{Change, Patch};
use fixwright_report::BugReport;

use crate::process::Run;
use crate::recheck::Recheck;
use crate::tested::Rest;
use crate::{
    Analysis, Baseline, CopyOptions, Error, Executable, Isolation, Judged, Progress, Toolchain,
    Verdict, Workspace, diagnostics,
};

/// How many components the names in a candidate have in front of those of the tree: `a/` and `b/`.
const STRIP: usize = 1;

/// Judges candidate fixes for one tree.
#[derive(Debug)]
pub struct Validator {
    tree: PathBuf,
    toolchain: Toolchain,
    options: CopyOptions,
    isolation: Isolation,
    baseline: Run,
    /// What compiling says of files that are as they were but for the time of their change.
    touched: Mutex<HashMap<Vec<PathBuf>, String>>,
    recheck: Option<Recheck>,
}

impl Validator {
    /// A validator for the source tree at `tree`, which is first compiled as it is. The tree itself
    /// is only read.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; a command or analyser that cannot be started is found here. A tree that does not
    /// compile is no error: see [`Validator::baseline`].
    pub fn new(
        tree: &Path,
        toolchain: impl Into<Toolchain>,
        options: CopyOptions,
        isolation: Isolation,
        progress: Progress<'_>,
    ) -> Result<Self, Error> {
        let toolchain = toolchain.into();
        let workspace = Workspace::copy_of(tree, &options)?;
        let baseline = toolchain.compiled(&workspace, &isolation, progress)?;
        let recheck = toolchain.check.clone().map(|check| Recheck::new(check, tree)).transpose()?;
        let (tree, touched) = (tree.to_path_buf(), Mutex::default());
        Ok(Self { tree, toolchain, options, isolation, baseline, touched, recheck })
    }

    /// How a tree is judged.
    pub fn toolchain(&self) -> &Toolchain {
        &self.toolchain
    }

    /// What compiling the tree without any patch gave.
    pub fn baseline(&self) -> &Run {
        &self.baseline
    }

    /// Applies `patch` to a fresh copy of the tree, compiles it, runs its tests if it has any, and then, if they pass, the analyser if there is one.
    /// Behind a test that runs out of time no further one is run.
    ///
    /// # Errors
    ///
    /// Only what is no fault of the candidate: the disk, the system, or the caller's wish to stop.
    pub fn judge(&self, patch: &Patch, progress: Progress<'_>) -> Result<Judged, Error> {
        let report = self.recheck.as_ref().and_then(Recheck::report);
        self.judge_about(patch, report, progress)
    }

    /// As [`Validator::judge`], but it is the finding `report` that the analyser is to make no longer, if any: one validator
    /// judges the repairs of all findings of a tree.
    ///
    /// # Errors
    ///
    /// As [`Validator::judge`].
    pub fn judge_about(
        &self,
        patch: &Patch,
        report: Option<&BugReport>,
        progress: Progress<'_>,
    ) -> Result<Judged, Error> {
        if patch.is_empty() {
            return Ok(Judged::unrun(not_applied(&"the patch changes nothing")));
        }
        // Tried on the tree itself first, without writing: most bad patches are not worth a copy.
        let planned = match patch.plan(&self.tree, STRIP) {
            Ok(plan) => plan,
            Err(error) => return refusal(error),
        };
        let workspace = match self.patched(patch)? {
            Ok(workspace) => workspace,
            Err(error) => return refusal(error),
        };
        match self.toolchain.judged(Rest::IsLeft, &workspace, &self.isolation, progress) {
            Ok(judged) => {
                drop(workspace);
                let mut judged = self.compared(judged);
                // Of what is no repair anyway nobody asks more.
                if judged.verdict.grade() >= Verdict::Compiles.grade() {
                    self.forgive_old(&mut judged, planned.changes(), progress)?;
                    judged.analysis = self.analysis(patch, report, planned.changes(), progress)?;
                }
                Ok(judged)
            }
            // The command could be started before, so the patch has taken away its program or
            // folder.
            Err(error @ Error::Start { .. }) => {
                let baseline = self.baseline_verdict();
                let output = error.to_string();
                Ok(Judged::unrun(Verdict::CompileError { baseline, output }))
            }
            Err(error) => Err(error),
        }
    }

    /// A copy of the tree with the patch.
    fn patched(&self, patch: &Patch) -> Result<Result<Workspace, fixwright_patch::Error>, Error> {
        let workspace = Workspace::copy_of(&self.tree, &self.options)?;
        Ok(match patch.plan(workspace.root(), STRIP) {
            Ok(plan) => {
                plan.write().map_err(Error::Patch)?;
                Ok(workspace)
            }
            Err(error) => Err(error),
        })
    }

    /// What the analyser says, if there is one.
    fn analysis(
        &self,
        patch: &Patch,
        report: Option<&BugReport>,
        changes: &[Change],
        progress: Progress<'_>,
    ) -> Result<Option<Analysis>, Error> {
        let Some(recheck) = &self.recheck else { return Ok(None) };
        // A fresh copy: what was built and run in the other one may have changed its files.
        let Ok(after) = self.patched(patch)? else { return Ok(None) };
        let before = || Workspace::copy_of(&self.tree, &self.options);
        recheck.run(report, changes, before, &after, &self.isolation, progress)
    }

    /// Judges the tree as it is: what its tests say of it.
    ///
    /// # Errors
    ///
    /// As [`Validator::judge`].
    pub fn judge_unpatched(&self, progress: Progress<'_>) -> Result<Judged, Error> {
        let workspace = Workspace::copy_of(&self.tree, &self.options)?;
        let judged = self.toolchain.judge(&workspace, &self.isolation, progress)?;
        Ok(self.compared(judged))
    }

    /// What compiling makes of the tree, with `patch` if there is one, for its tests to run; [`Executable::Missing`] for a patch that does not apply.
    ///
    /// # Errors
    ///
    /// As [`Validator::judge`].
    pub fn executable(
        &self,
        patch: Option<&Patch>,
        progress: Progress<'_>,
    ) -> Result<Executable, Error> {
        if self.toolchain.program().is_none() {
            return Ok(Executable::Unknown);
        }
        let unpatched = Patch::default();
        match self.patched(patch.unwrap_or(&unpatched))? {
            Ok(workspace) => self.toolchain.executable(&workspace, &self.isolation, progress),
            Err(error) if error.is_io() => Err(Error::Patch(error)),
            Err(_) => Ok(Executable::Missing),
        }
    }

    /// The outcome beside that of the tree as it is.
    fn compared(&self, mut judged: Judged) -> Judged {
        if let Verdict::CompileError { baseline, .. } = &mut judged.verdict {
            *baseline = self.baseline_verdict();
        }
        let output = judged.run.as_ref().map_or("", |run| &run.output);
        judged.new_diagnostics = diagnostics::new_in(output, &self.baseline.output);
        judged
    }

    /// Takes out of what seems new what the compiler says of the changed files without the change too: where the tree was built before, it had
    /// nothing to say of them.
    fn forgive_old(
        &self,
        judged: &mut Judged,
        changes: &[Change],
        progress: Progress<'_>,
    ) -> Result<(), Error> {
        let (Some(run), false) = (&judged.run, judged.new_diagnostics.is_empty()) else {
            return Ok(());
        };
        let paths: Vec<PathBuf> = changes.iter().map(|change| change.path.clone()).collect();
        let known = self.lock().get(&paths).cloned();
        let before = match known {
            Some(known) => known,
            None => {
                let workspace = Workspace::copy_of(&self.tree, &self.options)?;
                workspace.touch(paths.iter().map(PathBuf::as_path))?;
                let run = self.toolchain.compiled(&workspace, &self.isolation, progress)?;
                self.lock().insert(paths, run.output.clone());
                run.output
            }
        };
        judged.new_diagnostics = diagnostics::new_in(&run.output, &before);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<PathBuf>, String>> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn baseline_verdict(&self) -> Baseline {
        if self.baseline.succeeded() { Baseline::Compiles } else { Baseline::Fails }
    }
}

fn not_applied(reason: &impl ToString) -> Verdict {
    Verdict::NotApplied { reason: reason.to_string() }
}

/// The verdict on a patch that cannot be planned, unless the file system is at fault.
fn refusal(error: fixwright_patch::Error) -> Result<Judged, Error> {
    if error.is_io() { Err(Error::Patch(error)) } else { Ok(Judged::unrun(not_applied(&error))) }
}
