//! A tree is compiled and tested, and what comes of it.

use serde::{Deserialize, Serialize};

use crate::process::{Ending, Run, Start};
use crate::tested::{self, Rest};
use crate::{
    Analysis, Baseline, Error, Isolation, Progress, Tested, Toolchain, Verdict, Workspace,
};

/// A judged candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Judged {
    /// What became of it.
    pub verdict: Verdict,
    /// The warnings and errors that the tree without the patch does not have; none where there is nothing to compare with.
    pub new_diagnostics: Vec<String>,
    /// How compiling went, with the limits that held; `None` if it did not come to that.
    pub run: Option<Run>,
    /// How the tests went; `None` if there are none or it did not come to that.
    pub tests: Option<Tested>,
    /// What an analyser says of the tree before and after; `None` if there is none, or it did not come to that.
    #[serde(default)]
    pub analysis: Option<Analysis>,
}

impl Toolchain {
    /// Compiles what is in `workspace`, and runs all of its tests if that succeeds.
    ///
    /// # Errors
    ///
    /// Only what is no fault of the program: the disk, the system, a compiler that is not there, the caller's wish to stop.
    pub fn judge(
        &self,
        workspace: &Workspace,
        isolation: &Isolation,
        progress: Progress<'_>,
    ) -> Result<Judged, Error> {
        self.judged(Rest::Runs, workspace, isolation, progress)
    }

    pub(crate) fn judged(
        &self,
        rest: Rest,
        workspace: &Workspace,
        isolation: &Isolation,
        progress: Progress<'_>,
    ) -> Result<Judged, Error> {
        let run = self.compiled(workspace, isolation, progress)?;
        let tests = match &self.tests {
            Some(suite) if run.succeeded() => {
                Some(tested::run(suite, rest, workspace, isolation, progress)?)
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
            _ => {
                let output = run.output.clone();
                Verdict::CompileError { baseline: Baseline::Unknown, output }
            }
        };
        Ok(Judged { verdict, new_diagnostics: Vec::new(), run: Some(run), tests, analysis: None })
    }

    pub(crate) fn compiled(
        &self,
        workspace: &Workspace,
        isolation: &Isolation,
        progress: Progress<'_>,
    ) -> Result<Run, Error> {
        Start { task: &self.compile, workspace, isolation, input: None }.run(progress)
    }
}

impl Judged {
    /// A verdict that needed no compiling.
    pub fn unrun(verdict: Verdict) -> Self {
        Self { verdict, new_diagnostics: Vec::new(), run: None, tests: None, analysis: None }
    }
}
