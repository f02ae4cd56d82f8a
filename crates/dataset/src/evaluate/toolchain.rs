//! How whole programs are compiled and tested.

use std::time::Duration;

use fixwright_validate::{Compare, Limits, Suite, Task, Toolchain};
use serde::{Deserialize, Serialize};

use crate::{RepairSample, TestCase};

/// The most bytes that a program may print.
pub(crate) const MOST_OUTPUT: usize = 1 << 20;

/// How programs of one file are compiled and run, as data: another language is another value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Programs {
    /// The name of the file that the program is written to.
    pub file: String,
    /// What compiles it.
    pub compile: Task,
    /// What runs it, once for each test.
    pub run: Task,
}

impl Default for Programs {
    /// C in a file `main.c`.
    fn default() -> Self {
        Self::c("main.c")
    }
}

impl Programs {
    /// C in a file of that name, by gcc as contests compile it. A test may take two seconds of processor time and ten by the clock, 512 MiB,
    /// of these 256 MiB of stack, and 1 MiB of output.
    pub fn c(file: &str) -> Self {
        let flags = ["-std=gnu11", "-w", "-O1", "-fno-strict-aliasing", "-o", "program"];
        // Such names are options otherwise.
        let own = if file.starts_with(['-', '@']) { format!("./{file}") } else { file.to_owned() };
        let compile = ["gcc"].into_iter().chain(flags).chain([&*own, "-lm"]);
        let mut limits = Limits::default();
        limits.wall_time = Duration::from_secs(10);
        limits.cpu_time = Some(Duration::from_secs(2));
        limits.memory = Some(512 << 20);
        limits.stack = Some(256 << 20);
        limits.file_size = Some(16 << 20);
        limits.processes = Some(16);
        limits.flood = Some(MOST_OUTPUT as u64);
        limits.output = MOST_OUTPUT;
        Self {
            file: file.to_owned(),
            compile: Task::new(compile),
            run: Task::new(["./program"]).with_limits(limits),
        }
    }

    /// The tests of a program.
    pub fn suite(&self, tests: &[TestCase], compare: Compare) -> Suite {
        let case = |test: &TestCase| fixwright_validate::TestCase {
            input: test.input.clone(),
            output: test.output.clone(),
        };
        Suite::new(self.run.clone(), tests.iter().map(case).collect(), compare)
    }

    /// How `sample` is judged; none if it is no whole program.
    ///
    /// The field `compare` of a sample (`exact`, `strict` or `loose`) says how outputs are compared; strictly if it is missing.
    pub(super) fn toolchain(&self, sample: &RepairSample) -> Option<Toolchain> {
        let tests = sample.tests.as_deref().unwrap_or_default();
        if tests.is_empty() && sample.problem.is_none() {
            return None;
        }
        let toolchain = Toolchain::new(self.compile.clone());
        if tests.is_empty() {
            return Some(toolchain);
        }
        let compare = sample.extra.get::<Compare>("compare").ok().flatten().unwrap_or_default();
        Some(toolchain.with_tests(self.suite(tests, compare)))
    }
}
