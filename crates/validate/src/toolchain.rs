//! How a tree is judged, as data: what compiles it, and what tests it then.

use serde::{Deserialize, Serialize};

use crate::{Suite, Task};

/// How a tree is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Toolchain {
    /// What compiles it.
    pub compile: Task,
    /// What is run if that succeeds.
    pub tests: Option<Suite>,
}

impl Toolchain {
    /// Compiling alone.
    pub fn new(compile: Task) -> Self {
        Self { compile, tests: None }
    }

    /// The same with tests.
    #[must_use]
    pub fn with_tests(mut self, tests: Suite) -> Self {
        self.tests = Some(tests);
        self
    }
}

impl From<Task> for Toolchain {
    fn from(compile: Task) -> Self {
        Self::new(compile)
    }
}
