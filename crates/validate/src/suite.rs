//! Tests of a program: what it reads, what it should write, and how the two are compared.

use serde::{Deserialize, Serialize};

use crate::Task;

/// The tests of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Suite {
    /// How the compiled program is run, once for each test.
    pub run: Task,
    /// The tests, in order.
    pub tests: Vec<TestCase>,
    /// When two outputs are the same.
    pub compare: Compare,
}

impl Suite {
    /// Tests of the program that `run` starts.
    pub fn new(run: Task, tests: Vec<TestCase>, compare: Compare) -> Self {
        Self { run, tests, compare }
    }

    /// Whether what is run is a file of the tree.
    pub(crate) fn runs_own_program(&self) -> bool {
        self.run
            .argv
            .first()
            .is_some_and(|program| program.contains('/') && !program.starts_with('/'))
    }

    /// A command that tests by itself, `make check` say: it passes with exit code 0, whatever it writes.
    ///
    /// ```
    /// use fixwright_validate::{Suite, Task, Toolchain};
    ///
    /// let check = Suite::command(Task::new(["make", "check"]));
    /// let toolchain = Toolchain::new(Task::new(["make"])).with_tests(check);
    /// ```
    pub fn command(run: Task) -> Self {
        Self { run, tests: vec![TestCase::default()], compare: Compare::ExitCode }
    }
}

/// One test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCase {
    /// What the program reads on its standard input.
    pub input: String,
    /// What it should write to its standard output.
    pub output: String,
}

/// When an output is the expected one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Compare {
    /// Byte for byte.
    Exact,
    /// But for blanks at the ends of lines and blank lines at the end.
    #[default]
    Strict,
    /// But for blanks at the beginnings and ends of lines and any blank lines.
    Loose,
    /// Outputs do not count: the program says by exit code 0 that all is well.
    ExitCode,
}

/// What is wrong with an output, as FastFixer (ASE 2024) tells it to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WrongOutput {
    /// Right but for white space.
    Presentation,
    /// Everything that was expected, in order, and more: forgotten debug output, say.
    Extra,
    /// Another answer.
    Different,
}

impl Compare {
    /// What is wrong with `actual`; `None` if it is as `expected`.
    ///
    /// ```
    /// use fixwright_validate::{Compare, WrongOutput};
    ///
    /// let check = |actual| Compare::Strict.check("3\n4\n", actual);
    /// assert_eq!(check("3 \n4"), None);
    /// assert_eq!(check("3 4"), Some(WrongOutput::Presentation));
    /// assert_eq!(check("n = 2\n3\n4\n"), Some(WrongOutput::Extra));
    /// assert_eq!(check("5\n"), Some(WrongOutput::Different));
    /// ```
    pub fn check(self, expected: &str, actual: &str) -> Option<WrongOutput> {
        let same = match self {
            Self::Exact => expected == actual,
            Self::Strict => strict(expected).eq(strict(actual)),
            Self::Loose => loose(expected).eq(loose(actual)),
            Self::ExitCode => true,
        };
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        match () {
            () if same => None,
            () if bare(expected) == bare(actual) => Some(WrongOutput::Presentation),
            () if has_all(actual, expected) => Some(WrongOutput::Extra),
            () => Some(WrongOutput::Different),
        }
    }
}

fn strict(text: &str) -> impl Iterator<Item = &str> {
    text.trim_end().lines().map(str::trim_end)
}

fn loose(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Whether all words of `expected`, and there is one, stand in `actual` in order.
fn has_all(actual: &str, expected: &str) -> bool {
    let mut words = actual.split_whitespace();
    !expected.trim().is_empty()
        && expected.split_whitespace().all(|word| words.any(|other| other == word))
}
