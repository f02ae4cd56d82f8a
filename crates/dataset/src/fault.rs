//! What is wrong with a program, as running it shows.

use fixwright_report::{BugReport, Format, Level};
use fixwright_validate::{Judged, Verdict};
use serde::{Deserialize, Serialize};

use crate::{Error, RepairSample};

/// The extra field with what the compiler says.
pub(crate) const COMPILE_ERROR: &str = "compile_error";
/// The extra field with the tests that fail.
pub(crate) const FAILS: &str = "buggy_fails";

/// What is wrong with a program, as compiling and testing it showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fault {
    /// What the compiler says; empty if it compiles.
    pub compile_error: String,
    /// The tests that fail, from 0; of a program that does not compile none.
    pub failed: Vec<u32>,
}

impl Fault {
    /// What is wrong with a program that was so judged; `None` if nothing is.
    pub fn of(judged: &Judged) -> Option<Self> {
        let (compile_error, failed) = match &judged.verdict {
            Verdict::CompileError { output, .. } => (said(output), Vec::new()),
            Verdict::TimedOut => ("compiling takes too long".to_owned(), Vec::new()),
            Verdict::Failed { .. } => {
                let failed = judged.tests.iter().flat_map(|tests| &tests.failed);
                (String::new(), failed.map(|test| test.index).collect())
            }
            _ => return None,
        };
        Some(Self { compile_error, failed })
    }
}

impl RepairSample {
    /// Says what is wrong with the code, in the extra fields `compile_error` and `buggy_fails`, for [`report`](Self::report) to tell.
    ///
    /// # Errors
    ///
    /// None that a [`Fault`] brings about: strings and numbers can be written.
    pub fn set_fault(&mut self, fault: &Fault) -> Result<(), Error> {
        self.extra.insert(COMPILE_ERROR, &fault.compile_error)?;
        self.extra.insert(FAILS, &fault.failed)
    }

    /// Whether it is said what is wrong with the code.
    pub(crate) fn has_fault(&self) -> bool {
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
