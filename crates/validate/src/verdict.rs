//! What became of a candidate.

use serde::{Deserialize, Serialize};

/// What became of a candidate fix.
///
/// The order is that of goodness, worst first, so that the largest verdict is the candidate to
/// keep. Among candidates of the same kind it has no meaning, except that more passed tests are
/// better.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// The patch does not apply to the tree, or changes nothing.
    NotApplied {
        /// Why not.
        reason: String,
    },
    /// The patched tree does not compile.
    CompileError {
        /// Whether the tree compiles without the patch: if not, the fault may not be the
        /// candidate's.
        baseline: Baseline,
        /// What the compiler said.
        output: String,
    },
    /// Compiling took longer than allowed.
    TimedOut,
    /// It compiles and fails tests.
    Failed {
        /// How many tests passed.
        passed: u32,
        /// How many there are.
        total: u32,
    },
    /// It applies; there is nothing to compile it with.
    Applies,
    /// It applies and compiles; no tests were run.
    Compiles,
    /// It passes all tests.
    Plausible,
    /// It equals the reference fix.
    Exact,
}

impl Verdict {
    /// How good it is, by its kind and then by the tests that passed; what else a verdict says does not count. Greater is better.
    ///
    /// ```
    /// use fixwright_validate::Verdict;
    ///
    /// let refused = |reason: &str| Verdict::NotApplied { reason: reason.to_owned() };
    /// assert_eq!(refused("a").grade(), refused("b").grade());
    /// let failed = |passed| Verdict::Failed { passed, total: 9 };
    /// assert!(failed(3).grade() > failed(2).grade());
    /// assert!(Verdict::Compiles.grade() > failed(8).grade());
    /// ```
    pub fn grade(&self) -> (u8, u32) {
        match self {
            Self::NotApplied { .. } => (0, 0),
            Self::CompileError { .. } => (1, 0),
            Self::TimedOut => (2, 0),
            Self::Failed { passed, .. } => (3, *passed),
            Self::Applies => (4, 0),
            Self::Compiles => (5, 0),
            Self::Plausible => (6, 0),
            Self::Exact => (7, 0),
        }
    }
}

/// What became of the tree without any patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// It was not compiled.
    Unknown,
    /// It does not compile either.
    Fails,
    /// It compiles.
    Compiles,
}
