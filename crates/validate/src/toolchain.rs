//! How a tree is judged, as data: what compiles it, and what tests it then.

use fixwright_report::BugReport;
use serde::{Deserialize, Serialize};

use crate::{Analyser, Suite, Task};

/// How a tree is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Toolchain {
    /// What compiles it.
    pub compile: Task,
    /// What is run if that succeeds.
    pub tests: Option<Suite>,
    /// What analyses it, before and after.
    pub check: Option<Check>,
}

/// An analyser to run again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The analyser.
    pub analyser: Analyser,
    /// The finding to look for; if there is none, all count alike.
    pub report: Option<BugReport>,
}

impl Toolchain {
    /// Compiling alone.
    pub fn new(compile: Task) -> Self {
        Self { compile, tests: None, check: None }
    }

    /// The same with tests.
    #[must_use]
    pub fn with_tests(mut self, tests: Suite) -> Self {
        self.tests = Some(tests);
        self
    }

    /// The same with an analyser, which is run before and after a change on the source files that it changes and on the one that
    /// `report` is about, in copies of the tree that nothing was built in.
    #[must_use]
    pub fn with_analyser(mut self, analyser: Analyser, report: Option<BugReport>) -> Self {
        self.check = Some(Check { analyser, report });
        self
    }
}

impl From<Task> for Toolchain {
    fn from(compile: Task) -> Self {
        Self::new(compile)
    }
}
