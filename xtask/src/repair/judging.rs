//! How candidates are judged: what compiles the tree, what tests it, what analyses it again, and in which sandbox.

use std::env;
use std::path::Path;
use std::time::Duration;

use fixwright::validate::{
    CopyOptions, Isolation, Progress, Suite, Task, Toolchain, Validator, Verdict,
};

use crate::exit::{BadInput, note};
use crate::flags::RepairFlags;
use crate::isolation::isolation;

/// The most memory in bytes that a process of the compiler may take.
const MEMORY: u64 = 4 << 30;

/// Makes validators for files of one tree.
pub(super) struct Judging<'a> {
    flags: &'a RepairFlags,
    root: &'a Path,
    isolation: Isolation,
}

impl<'a> Judging<'a> {
    pub(super) fn new(flags: &'a RepairFlags, root: &'a Path) -> anyhow::Result<Self> {
        let isolation = isolation(flags.allow_unsandboxed, &flags.allow_read)?;
        Ok(Self { flags, root, isolation })
    }

    /// Whether the whole tree is compiled, whichever file is repaired.
    pub(super) fn is_of_tree(&self) -> bool {
        self.flags.compile.is_some() || self.has_makefile()
    }

    /// The command that shows whether the tree compiles: the caller's, or `make` where there is a makefile, or a syntax check of the file.
    pub(super) fn compile(&self, file: &str) -> Task {
        self.bounded(match &self.flags.compile {
            Some(command) => Task::new(["sh", "-c", command]),
            None if self.has_makefile() => Task::new(["make"]),
            None => Task::new(["cc", "-Wall", "-fsyntax-only", file]),
        })
    }

    /// A validator for repairs of `file`. The tree must compile as it is: no verdict on a candidate would mean anything otherwise.
    pub(super) fn validator(
        &self,
        file: &str,
        progress: Progress<'_>,
    ) -> anyhow::Result<Validator> {
        let (copy, isolation) = (CopyOptions::default(), self.isolation.clone());
        let toolchain = self.toolchain(file);
        let validator = Validator::new(self.root, toolchain, copy, isolation, &mut *progress)?;
        let baseline = validator.baseline();
        if !baseline.succeeded() {
            let what = match baseline.ending {
                ending if ending.is_time_out() => format!("compiling the source as it is takes over {} s: --timeout allows more", self.flags.timeout),
                _ => "the source does not compile as it is, so no fix can be judged; --compile names another command".to_owned(),
            };
            return Err(BadInput(format!("{what}\n{}", baseline.output.trim_end())).into());
        }
        if self.flags.test.is_some() {
            let verdict = validator.judge_unpatched(progress)?.verdict;
            if verdict != Verdict::Plausible {
                note(
                    "the tests do not pass with the source as it is: a candidate has to change that",
                );
            }
        }
        Ok(validator)
    }

    fn toolchain(&self, file: &str) -> Toolchain {
        let mut toolchain = Toolchain::new(self.compile(file));
        if let Some(command) = &self.flags.test {
            let test = self.bounded(Task::new(["sh", "-c", command]));
            toolchain = toolchain.with_tests(Suite::command(test));
        }
        if let Some(analyser) = &self.flags.analyser {
            let mut analyser = analyser.clone();
            analyser.task = self.bounded(analyser.task);
            toolchain = toolchain.with_analyser(analyser, None);
        }
        toolchain
    }

    fn has_makefile(&self) -> bool {
        let names = ["Makefile", "makefile", "GNUmakefile"];
        names.iter().any(|name| self.root.join(name).is_file())
    }

    fn bounded(&self, mut task: Task) -> Task {
        task.limits.wall_time = Duration::from_secs(self.flags.timeout.get());
        task.limits.cpu_time = Some(task.limits.wall_time);
        task.limits.memory = Some(MEMORY);
        task.with_env("PATH", env::var("PATH").unwrap_or_default())
    }
}
