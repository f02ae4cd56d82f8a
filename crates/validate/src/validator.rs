//! Judges candidates: each on a copy of its own, compared with the tree as it is.

use std::path::{Path, PathBuf};

use fixwright_patch::Patch;
use serde::{Deserialize, Serialize};

use crate::process::{self, Ending, Run};
use crate::{
    Baseline, Compile, CopyOptions, Error, Isolation, Progress, Verdict, Workspace, diagnostics,
};

/// How many components the names in a candidate have in front of those of the tree: `a/` and `b/`.
const STRIP: usize = 1;

/// Judges candidate fixes for one tree.
#[derive(Debug)]
pub struct Validator {
    tree: PathBuf,
    compile: Compile,
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
        compile: Compile,
        options: CopyOptions,
        isolation: Isolation,
        progress: Progress<'_>,
    ) -> Result<Self, Error> {
        let workspace = Workspace::copy_of(tree, &options)?;
        let baseline = process::run(&compile, &workspace, &isolation, progress)?;
        Ok(Self { tree: tree.to_path_buf(), compile, options, isolation, baseline })
    }

    /// What compiling the tree without any patch gave.
    pub fn baseline(&self) -> &Run {
        &self.baseline
    }

    /// Applies `patch` to a fresh copy of the tree and compiles it.
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
        match process::run(&self.compile, &workspace, &self.isolation, progress) {
            Ok(run) => Ok(self.judged(run)),
            // The command could be started before, so the patch has taken away its program or
            // folder.
            Err(error @ Error::Start { .. }) => Ok(Judged::unrun(self.failed(error.to_string()))),
            Err(error) => Err(error),
        }
    }

    fn judged(&self, run: Run) -> Judged {
        let verdict = match run.ending {
            Ending::Exited(0) => Verdict::Compiles,
            Ending::TimedOut => Verdict::TimedOut,
            Ending::Exited(_) | Ending::Signalled(_) => self.failed(run.output.clone()),
        };
        let new_diagnostics = diagnostics::new_in(&run.output, &self.baseline.output);
        Judged { verdict, new_diagnostics, run: Some(run) }
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
        Self { verdict, new_diagnostics: Vec::new(), run: None }
    }
}

fn not_applied(reason: &impl ToString) -> Verdict {
    Verdict::NotApplied { reason: reason.to_string() }
}

/// The verdict on a patch that cannot be planned, unless the file system is at fault.
fn refusal(error: fixwright_patch::Error) -> Result<Judged, Error> {
    if error.is_io() { Err(Error::Patch(error)) } else { Ok(Judged::unrun(not_applied(&error))) }
}
