//! A test that fails, which is a bug report too.

use serde::{Deserialize, Serialize};

use crate::{BugReport, Level};

/// What a failing test shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TestFailure {
    /// What the test is called.
    pub name: Option<String>,
    /// What the program was given.
    pub input: Option<String>,
    /// What it should have written.
    pub expected: Option<String>,
    /// What it wrote.
    pub actual: Option<String>,
    /// The status that it ended with.
    pub exit_status: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

impl TestFailure {
    /// A test whose output is not the expected one.
    pub fn new(
        input: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self {
            input: Some(input.into()),
            expected: Some(expected.into()),
            actual: Some(actual.into()),
            ..Self::default()
        }
    }
}

impl BugReport {
    /// The report of a failing test, with the test's name as title.
    ///
    /// ```
    /// use fixwright_report::{BugReport, TestFailure, failing_test};
    ///
    /// let report = BugReport::from_test(TestFailure::new("3 4", "7", "8"));
    /// assert_eq!(failing_test::render(&report), "Input: 3 4\nExpected: 7\nActual: 8\n");
    /// ```
    pub fn from_test(test: TestFailure) -> Self {
        let mut report = Self::default();
        report.title.clone_from(&test.name);
        report.severity.level = Some(Level::Error);
        report.test = Some(test);
        report
    }
}
