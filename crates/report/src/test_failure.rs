//! A test that fails, which is a bug report too.

use serde::{Deserialize, Serialize};

/// What a failing test shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TestFailure {
    /// What the program was given.
    pub input: Option<String>,
    /// What it should have written.
    pub expected: Option<String>,
    /// What it wrote.
    pub actual: Option<String>,
}
