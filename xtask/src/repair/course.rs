//! An assignment: its tests, and what is wrong with a program that was handed in for it.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use fixwright::dataset::{Fault, Programs, RepairSample, TestCase, read_tests};
use fixwright::report::BugReport;
use fixwright::validate::{Compare, Judged, Suite, Task};

use super::bad_input;
use crate::flags::RepairFlags;

/// What programs have to do.
pub(super) struct Course {
    /// In words.
    pub(super) description: Option<String>,
    pub(super) tests: Vec<TestCase>,
}

impl Course {
    /// The assignment that the flags name, if they do.
    pub(super) fn read(flags: &RepairFlags) -> anyhow::Result<Option<Self>> {
        let Some(tests) = &flags.tests else { return Ok(None) };
        let tests = read_tests(tests).map_err(bad_input)?;
        let read = |path: &PathBuf| {
            fs::read_to_string(path).with_context(|| format!("{}", path.display()))
        };
        let description = flags.description.as_ref().map(read).transpose().map_err(bad_input)?;
        Ok(Some(Self { description, tests }))
    }

    /// What compiles a program, as `program`.
    pub(super) fn compile(file: &str) -> Task {
        Programs::c(file).compile
    }

    /// What tests it then.
    pub(super) fn suite(&self) -> Suite {
        Programs::default().suite(&self.tests, Compare::default())
    }

    /// What is wrong with a program, in the words that the model was trained with; nothing if it passes all tests.
    pub(super) fn report(&self, judged: &Judged) -> anyhow::Result<Option<BugReport>> {
        let Some(fault) = Fault::of(judged, &self.tests) else { return Ok(None) };
        let mut sample = RepairSample::default();
        sample.description.clone_from(&self.description);
        sample.tests = Some(self.tests.clone());
        sample.set_fault(&fault)?;
        Ok(Some(sample.report()))
    }
}
