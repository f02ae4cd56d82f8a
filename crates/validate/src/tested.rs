//! Running the tests of a program.

use std::fs;

use fixwright_report::{BugReport, Format, TestFailure, parse_as};
use serde::{Deserialize, Serialize};

use crate::process::{Ending, Run, Start};
use crate::suite::{Compare, Suite, TestCase, WrongOutput};
use crate::{Error, Isolation, Progress, Workspace};

/// The most bytes that are kept of what a program wrote in a test that it failed.
const MOST_KEPT: usize = 32 << 10;

/// How the tests of a program went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tested {
    /// How many tests there are.
    pub total: u32,
    /// The tests that failed, in order.
    pub failed: Vec<FailedTest>,
    /// How many tests behind the last failed one were not run, since that one ran out of time.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unrun: u32,
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

/// What becomes of the tests behind one that ran out of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// They are run: each may take as long.
    Runs,
    /// They are not: a candidate that loops forever is no repair, whatever else it does.
    IsLeft,
}

impl Tested {
    /// Of so many tests these failed.
    pub fn new(total: u32, failed: Vec<FailedTest>) -> Self {
        Self { total, failed, unrun: 0 }
    }

    /// How many tests passed.
    pub fn passed(&self) -> u32 {
        self.total.saturating_sub(self.failed.len() as u32).saturating_sub(self.unrun)
    }
}

/// A test that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailedTest {
    /// Its place in the suite, from 0.
    pub index: u32,
    /// Why.
    pub failure: Failure,
    /// How the program ran.
    pub run: Run,
}

/// Why a test failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Failure {
    /// It ended by itself, with the wrong output.
    Output {
        /// What is wrong with it.
        wrong: WrongOutput,
    },
    /// It ended by itself and says by its exit code that something is wrong: [`Compare::ExitCode`](crate::Compare::ExitCode).
    Exit {
        /// The exit code.
        code: i32,
    },
    /// A sanitizer that it was built with found a fault.
    Sanitizer {
        /// The sanitizer's name for it: `heap-buffer-overflow`.
        rule: String,
    },
    /// It was ended by a signal: 11 for a wrong address, 8 for a division by zero.
    Signal {
        /// The number.
        number: i32,
    },
    /// There was no program to run: compiling made none, or a test before took it away.
    Missing,
    /// It went over a limit.
    Limit {
        /// Which one.
        ending: Ending,
    },
}

/// Runs the tests of `suite`, whose program is built in `workspace`.
pub(crate) fn run(
    suite: &Suite,
    rest: Rest,
    workspace: &Workspace,
    isolation: &Isolation,
    progress: Progress<'_>,
) -> Result<Tested, Error> {
    let total = suite.tests.len() as u32;
    let mut failed = Vec::new();
    let path = workspace.input();
    for (index, test) in (0..).zip(&suite.tests) {
        fs::write(&path, &test.input).map_err(Error::io(&path))?;
        let start = Start { task: &suite.run, workspace, isolation, input: Some(&path) };
        let (failure, run) = match start.run(progress) {
            Ok(run) => (failure(suite, test, &run), run),
            // Another command than a program of the tree is there for all candidates, or for none.
            Err(error @ Error::Start { .. }) if suite.runs_own_program() => {
                (Some(Failure::Missing), Run::new(Ending::Exited(127), error.to_string()))
            }
            Err(error) => return Err(error),
        };
        let Some(failure) = failure else { continue };
        let is_late = rest == Rest::IsLeft && run.ending.is_time_out();
        failed.push(FailedTest { index, failure, run: run.shortened(MOST_KEPT) });
        if is_late {
            return Ok(Tested { total, failed, unrun: total - index - 1 });
        }
    }
    Ok(Tested { total, failed, unrun: 0 })
}

/// Why a run fails a test, if it does: a sanitizer's finding fails any. The exit code is the program's own business, unless nothing else is asked for.
fn failure(suite: &Suite, test: &TestCase, run: &Run) -> Option<Failure> {
    if let Some(rule) = sanitizer(&run.errors) {
        return Some(Failure::Sanitizer { rule });
    }
    match run.ending {
        Ending::Exited(code) if suite.compare == Compare::ExitCode => {
            (code != 0).then_some(Failure::Exit { code })
        }
        Ending::Exited(_) => {
            let wrong = suite.compare.check(&test.output, &run.output);
            wrong.map(|wrong| Failure::Output { wrong })
        }
        Ending::Signalled(number) => Some(Failure::Signal { number }),
        ending => Some(Failure::Limit { ending }),
    }
}

/// The rule of the first report of a sanitizer.
fn sanitizer(errors: &str) -> Option<String> {
    let found = parse_as(Format::Sanitizer, errors).ok()?;
    found.reports.into_iter().find_map(|report| report.rule.id)
}

impl FailedTest {
    /// A test that failed, of number `index` from 0.
    pub fn new(index: u32, failure: Failure, run: Run) -> Self {
        Self { index, failure, run }
    }

    /// The failure as a bug report, which a prompt can show. `test` is the one that failed.
    pub fn report(&self, test: &TestCase) -> BugReport {
        let mut shown = TestFailure::default();
        shown.input = Some(test.input.clone());
        shown.expected = Some(test.output.clone());
        shown.actual = Some(self.run.output.clone());
        let mut report = BugReport::default();
        report.test = Some(shown);
        report.title = Some(self.failure.to_string());
        report
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Output { wrong: WrongOutput::Presentation } => {
                f.write_str("presentation error: the output is right but for white space")
            }
            Self::Output { wrong: WrongOutput::Extra } => {
                f.write_str("the output has everything expected, and more: debug output, perhaps")
            }
            Self::Output { wrong: WrongOutput::Different } => f.write_str("wrong output"),
            Self::Exit { code } => write!(f, "ended with exit code {code}"),
            Self::Sanitizer { rule } => write!(f, "run-time error: {rule}"),
            Self::Signal { number: 11 } => f.write_str("run-time error: segmentation fault"),
            Self::Signal { number: 8 } => {
                f.write_str("run-time error: division by zero or the like (SIGFPE)")
            }
            Self::Signal { number: 6 } => f.write_str("run-time error: aborted"),
            Self::Signal { number } => write!(f, "run-time error: signal {number}"),
            Self::Missing => f.write_str("there is no program to run"),
            Self::Limit { ending: Ending::WallTime | Ending::CpuTime } => {
                f.write_str("time limit exceeded")
            }
            Self::Limit { ending: Ending::Flood } => f.write_str("output limit exceeded"),
            Self::Limit { .. } => f.write_str("file limit exceeded"),
        }
    }
}
