//! What is wrong with a program, as running it shows.

use fixwright_report::{BugReport, Format, Level};
use fixwright_validate::{FailedTest, Judged, Verdict};
use serde::{Deserialize, Serialize};

use crate::{Error, RepairSample, TestCase};

/// The extra field with what the compiler says.
pub(crate) const COMPILE_ERROR: &str = "compile_error";
/// The extra field with the tests that fail.
pub(crate) const FAILS: &str = "buggy_fails";
/// The extra field with what became of one of them.
const RUN: &str = "failing_run";
/// The most characters of an output that are kept.
const MOST_OUTPUT: usize = 1000;

/// What is wrong with a program, as compiling and testing it showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fault {
    /// What the compiler says; empty if it compiles.
    pub compile_error: String,
    /// The tests that fail, from 0; of a program that does not compile none.
    pub failed: Vec<u32>,
    /// How it fails one of them: a short one where there is one.
    pub run: Option<FailingRun>,
}

/// How a program fails a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailingRun {
    /// The test, from 0.
    pub test: u32,
    /// Why it fails: `wrong output`, `time limit exceeded`.
    pub failure: String,
    /// What the program wrote, at most its first 1,000 characters.
    pub output: String,
}

impl Fault {
    /// What is wrong with a program that was so judged, by these tests; `None` if nothing is.
    pub fn of(judged: &Judged, tests: &[TestCase]) -> Option<Self> {
        let compile_error =
            |said| Some(Self { compile_error: said, failed: Vec::new(), run: None });
        match &judged.verdict {
            Verdict::CompileError { output, .. } => compile_error(said(output)),
            Verdict::TimedOut => compile_error("compiling takes too long".to_owned()),
            Verdict::Failed { .. } => {
                let failures: Vec<_> = judged.tests.iter().flat_map(|it| &it.failed).collect();
                let failed: Vec<u32> = failures.iter().map(|failure| failure.index).collect();
                let shown = shown(&failed, tests);
                let run = failures.iter().find(|failure| Some(failure.index) == shown);
                let run = run.map(|failure| FailingRun::from(*failure));
                Some(Self { compile_error: String::new(), failed, run })
            }
            _ => None,
        }
    }
}

impl From<&FailedTest> for FailingRun {
    fn from(failed: &FailedTest) -> Self {
        Self {
            test: failed.index,
            failure: failed.failure.to_string(),
            output: failed.run.output.chars().take(MOST_OUTPUT).collect(),
        }
    }
}

/// Which of the failed tests is shown: a short one where there is one, so that it can be shown whole.
pub(crate) fn shown(failed: &[u32], tests: &[TestCase]) -> Option<u32> {
    /// Bytes of input and output that are short.
    const SHORT: usize = 600;
    let known = || failed.iter().filter_map(|index| Some((*index, tests.get(*index as usize)?)));
    let is_short = |(_, test): &(u32, &TestCase)| test.input.len() + test.output.len() <= SHORT;
    known().find(is_short).or_else(|| known().next()).map(|(index, _)| index)
}

impl RepairSample {
    /// Says what is wrong with the code, for [`report`](Self::report) to tell: in the extra field `failing_run`, and in `compile_error` and `buggy_fails`
    /// unless one of them says it already.
    ///
    /// # Errors
    ///
    /// None that a [`Fault`] brings about: strings and numbers can be written.
    pub fn set_fault(&mut self, fault: &Fault) -> Result<(), Error> {
        if !self.has_fault() {
            self.extra.insert(COMPILE_ERROR, &fault.compile_error)?;
            self.extra.insert(FAILS, &fault.failed)?;
        }
        match &fault.run {
            Some(run) => self.extra.insert(RUN, run),
            None => self.extra.take::<FailingRun>(RUN).map(drop),
        }
    }

    /// How the code fails a test, where the sample says it.
    pub fn failing_run(&self) -> Option<FailingRun> {
        self.extra.get(RUN).ok().flatten()
    }

    /// Whether it is said what is wrong with the code.
    fn has_fault(&self) -> bool {
        let error = self.extra.get::<String>(COMPILE_ERROR).ok().flatten().unwrap_or_default();
        let failed = self.extra.get::<Vec<u32>>(FAILS).ok().flatten().unwrap_or_default();
        !error.trim().is_empty() || !failed.is_empty()
    }
}

/// What a compiler says. A linker names files that are called otherwise each time.
fn said(output: &str) -> String {
    let found = fixwright_report::parse_as(Format::Diagnostic, output).ok();
    let is_error = |report: &BugReport| report.severity.level == Some(Level::Error);
    match found.is_some_and(|found| found.reports.iter().any(is_error)) {
        true => output.to_owned(),
        false => "the program does not compile".to_owned(),
    }
}
