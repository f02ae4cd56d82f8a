//! Judges candidates: each on a copy of its own, compared with the tree as it is.

use std::path::{Path, PathBuf};

use fixwright_patch::Patch;
use serde::{Deserialize, Serialize};

use crate::process::{Ending, Run, Start};
use crate::{
    Baseline, CopyOptions, Error, Isolation, Progress, Tested, Toolchain, Verdict, Workspace,
    diagnostics, tested,
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
}

/// A judged candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Judged {
    /// What became of it.
    pub verdict: Verdict,
    /// The warnings and errors that the tree without the patch does not have.
    pub new_diagnostics: Vec<String>,
    /// How compiling went, with the limits that held; `None` if it did not come to that.
    pub run: Option<Run>,
    /// How the tests went; `None` if there are none or it did not come to that.
    pub tests: Option<Tested>,
}

impl Validator {
    /// A validator for the source tree at `tree`, which is first compiled as it is. The tree itself
    /// is only read.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; the command that cannot be started is found here. A tree that does not
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
        let baseline = compile(&toolchain, &workspace, &isolation, progress)?;
        Ok(Self { tree: tree.to_path_buf(), toolchain, options, isolation, baseline })
    }

    /// What compiling the tree without any patch gave.
    pub fn baseline(&self) -> &Run {
        &self.baseline
    }

    /// Applies `patch` to a fresh copy of the tree, compiles it, and runs its tests if it has any.
    ///
    /// # Errors
    ///
    /// Only what is no fault of the candidate: the disk, the system, or the caller's wish to stop.
    pub fn judge(&self, patch: &Patch, progress: Progress<'_>) -> Result<Judged, Error> {
        if patch.is_empty() {
            return Ok(Judged::unrun(not_applied(&"the patch changes nothing")));
        }
        // Tried on the tree itself first, without writing: most bad patches are not worth a copy.
        if let Err(error) = patch.plan(&self.tree, STRIP) {
            return refusal(error);
        }
        let workspace = Workspace::copy_of(&self.tree, &self.options)?;
        match patch.plan(workspace.root(), STRIP) {
            Ok(plan) => plan.write().map_err(Error::Patch)?,
            Err(error) => return refusal(error),
        }
        match compile(&self.toolchain, &workspace, &self.isolation, progress) {
            Ok(run) => self.judged(run, &workspace, progress),
            // The command could be started before, so the patch has taken away its program or
            // folder.
            Err(error @ Error::Start { .. }) => Ok(Judged::unrun(self.failed(error.to_string()))),
            Err(error) => Err(error),
        }
    }

    /// Judges the tree as it is: what its tests say of it.
    ///
    /// # Errors
    ///
    /// As [`Validator::judge`].
    pub fn judge_unpatched(&self, progress: Progress<'_>) -> Result<Judged, Error> {
        let workspace = Workspace::copy_of(&self.tree, &self.options)?;
        let run = compile(&self.toolchain, &workspace, &self.isolation, progress)?;
        self.judged(run, &workspace, progress)
    }

    fn judged(
        &self,
        run: Run,
        workspace: &Workspace,
        progress: Progress<'_>,
    ) -> Result<Judged, Error> {
        let tests = match &self.toolchain.tests {
            Some(suite) if run.succeeded() => {
                Some(tested::run(suite, workspace, &self.isolation, progress)?)
            }
            _ => None,
        };
        let verdict = match (run.ending, &tests) {
            (Ending::Exited(0), None) => Verdict::Compiles,
            (Ending::Exited(0), Some(tested)) if tested.failed.is_empty() => Verdict::Plausible,
            (Ending::Exited(0), Some(tested)) => {
                Verdict::Failed { passed: tested.passed(), total: tested.total }
            }
            (ending, _) if ending.is_time_out() => Verdict::TimedOut,
            _ => self.failed(run.output.clone()),
        };
        let new_diagnostics = diagnostics::new_in(&run.output, &self.baseline.output);
        Ok(Judged { verdict, new_diagnostics, run: Some(run), tests })
    }

    fn failed(&self, output: String) -> Verdict {
        let compiles = self.baseline.succeeded();
        let baseline = if compiles { Baseline::Compiles } else { Baseline::Fails };
        Verdict::CompileError { baseline, output }
    }
}

impl Judged {
    /// A verdict that needed no compiling.
    pub fn unrun(verdict: Verdict) -> Self {
        Self { verdict, new_diagnostics: Vec::new(), run: None, tests: None }
    }
}

fn compile(
    toolchain: &Toolchain,
    workspace: &Workspace,
    isolation: &Isolation,
    progress: Progress<'_>,
) -> Result<Run, Error> {
    Start { task: &toolchain.compile, workspace, isolation, input: None }.run(progress)
}

fn not_applied(reason: &impl ToString) -> Verdict {
    Verdict::NotApplied { reason: reason.to_string() }
}

/// The verdict on a patch that cannot be planned, unless the file system is at fault.
fn refusal(error: fixwright_patch::Error) -> Result<Judged, Error> {
    if error.is_io() { Err(Error::Patch(error)) } else { Ok(Judged::unrun(not_applied(&error))) }
}
