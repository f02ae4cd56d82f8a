//! How candidates are judged: what compiles the tree, what tests it, what analyses it again, and in which sandbox.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fixwright::report::{self, BugReport, Format, Level};
use fixwright::validate::{
    CopyOptions, Error as ValidateError, Executable, Isolation, Progress, Suite, Task, Toolchain,
    Validator, Verdict, Workspace, put_parameter, same_file,
};

use super::course::Course;
use crate::exit::{BadInput, note};
use crate::flags::RepairFlags;
use crate::isolation::isolation;

/// What stands for the file to repair in a command.
const FILE: &str = "{file}";

/// Lines of a failing test's output that are shown.
const SHOWN: usize = 10;

/// Makes validators for files of one tree.
pub(super) struct Judging<'a> {
    flags: &'a RepairFlags,
    root: &'a Path,
    /// The tree as it was when the work began; none if that is over before anybody changes it.
    still: Option<Workspace>,
    course: Option<&'a Course>,
    /// The folders of the course that have programs.
    folders: BTreeSet<PathBuf>,
    isolation: Isolation,
}

impl<'a> Judging<'a> {
    pub(super) fn new(flags: &'a RepairFlags, root: &'a Path) -> anyhow::Result<Self> {
        let isolation = isolation(flags.allow_unsandboxed, &flags.allow_read)?;
        let (still, course, folders) = (None, None, BTreeSet::new());
        Ok(Self { flags, root, still, course, folders, isolation })
    }

    /// The same for long work: whatever happens to the tree meanwhile, all is judged by what it is now.
    pub(super) fn of_tree_as_it_is(self) -> anyhow::Result<Self> {
        let still = Workspace::copy_of(self.root, &self.all()).map_err(too_large)?;
        Ok(Self { still: Some(still), ..self })
    }

    /// The same for programs, each of which is compiled and tested by itself.
    pub(super) fn of_programs<'f>(
        self,
        course: Option<&'a Course>,
        files: impl Iterator<Item = &'f str>,
    ) -> Self {
        let folders = files.filter_map(|file| Path::new(file).parent().map(Path::to_path_buf));
        Self { course, folders: folders.collect(), ..self }
    }

    fn tree(&self) -> &Path {
        self.still.as_ref().map_or(self.root, Workspace::root)
    }

    /// Whether the whole tree is compiled, whichever file is repaired.
    pub(super) fn is_of_tree(&self) -> bool {
        let commands = [&self.flags.compile, &self.flags.test];
        let by_file = commands.into_iter().flatten().any(|command| command.contains(FILE));
        !by_file && self.course.is_none() && (self.flags.compile.is_some() || self.has_makefile())
    }

    /// The command that shows whether the tree compiles: the caller's, or `make` where there is a makefile, or a syntax check of the file.
    pub(super) fn compile(&self, file: &str) -> Task {
        self.bounded(match &self.flags.compile {
            Some(command) => shell(command, file),
            None if self.course.is_some() => Course::compile(file),
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
        let (copy, isolation) = (self.copied(file), self.isolation.clone());
        let toolchain = self.toolchain(file);
        let validator = Validator::new(self.tree(), toolchain, copy, isolation, &mut *progress);
        let validator = validator.map_err(too_large)?;
        let baseline = validator.baseline();
        if baseline.succeeded() {
            self.check_program(&validator, &mut *progress)?;
            // Of each file of a pile nobody would read it.
            if self.still.is_none() || self.is_of_tree() {
                self.say_what_fails(&validator, progress)?;
            }
            return Ok(validator);
        }
        // Of a program by itself all that is wrong is its own, what the linker says too.
        let alone = self.course.is_some() && self.flags.compile.is_none();
        if !baseline.ending.is_time_out() && (alone || has_error_in(&baseline.output, file)) {
            note(format_args!("{file} does not compile as it is: a candidate has to change that"));
            return Ok(validator);
        }
        let what = match baseline.ending {
            ending if ending.is_time_out() => {
                format!("compiling the source as it is takes over {} s: --timeout allows more", self.flags.timeout)
            }
            _ => "the source does not compile as it is, and what the compiler says is not about the file to repair, so no fix can be judged; \
                --compile names another command"
                .to_owned(),
        };
        Err(BadInput(format!("{what}\n{}", baseline.output.trim_end())).into())
    }

    /// What is copied for the judgement of a file. A program needs no folders of other programs, unless a command of the caller's says so.
    fn copied(&self, file: &str) -> CopyOptions {
        let mut options = self.all();
        if self.flags.compile.is_none() {
            let is_other = |folder: &&PathBuf| !Path::new(file).starts_with(folder);
            options.skip.extend(self.folders.iter().filter(is_other).cloned());
        }
        options
    }

    /// All of the tree but what comes of a pile, and what the caller leaves out.
    fn all(&self) -> CopyOptions {
        let mut options = CopyOptions::default();
        options.max_bytes = u64::from(self.flags.copy_limit) << 30;
        options.skip.clone_from(&self.flags.skip);
        let out = self.flags.out.as_ref().and_then(|out| out.canonicalize().ok());
        if let (Some(out), Ok(root)) = (out, self.root.canonicalize()) {
            let inside = out.strip_prefix(root).ok().filter(|inside| *inside != Path::new(""));
            options.skip.extend(inside.map(Path::to_path_buf));
        }
        options
    }

    /// A compile command of the caller's has to make the program that the tests run.
    fn check_program(&self, validator: &Validator, progress: Progress<'_>) -> anyhow::Result<()> {
        let Some(command) = self.course.and(self.flags.compile.as_ref()) else { return Ok(()) };
        match validator.executable(None, progress)? {
            Executable::Missing => Err(BadInput(format!(
                "`{command}` makes no file `program`, which the tests are run on: add `-o program`"
            ))
            .into()),
            _ => Ok(()),
        }
    }

    /// Tests the tree as it is.
    fn say_what_fails(&self, validator: &Validator, progress: Progress<'_>) -> anyhow::Result<()> {
        if self.flags.test.is_none() {
            return Ok(());
        }
        let judged = validator.judge_unpatched(progress)?;
        if judged.verdict != Verdict::Plausible {
            let failed = judged.tests.as_ref().and_then(|tests| tests.failed.first());
            let output = failed.map_or("", |failed| failed.run.output.trim_end());
            let first = output.lines().count().saturating_sub(SHOWN);
            let shown: String =
                output.lines().skip(first).map(|line| format!("\n  {line}")).collect();
            note(format_args!(
                "the tests do not pass with the source as it is: a candidate has to change that{shown}"
            ));
        }
        Ok(())
    }

    fn toolchain(&self, file: &str) -> Toolchain {
        let mut toolchain = Toolchain::new(self.compile(file));
        if let Some(command) = &self.flags.test {
            let test = self.bounded(shell(command, file));
            toolchain = toolchain.with_tests(Suite::command(test));
        }
        if let Some(course) = self.course {
            let mut suite = course.suite();
            if self.flags.memory == 0 {
                suite.run.limits.memory = None;
            }
            toolchain = toolchain.with_tests(suite);
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
        names.iter().any(|name| self.tree().join(name).is_file())
    }

    fn bounded(&self, mut task: Task) -> Task {
        task.limits.wall_time = Duration::from_secs(self.flags.timeout.get());
        task.limits.cpu_time = Some(task.limits.wall_time);
        task.limits.memory = Some(u64::from(self.flags.memory) << 30).filter(|memory| *memory > 0);
        task.with_env("PATH", env::var("PATH").unwrap_or_default())
    }
}

/// What to do about a tree that is too large to be copied.
fn too_large(error: ValidateError) -> anyhow::Error {
    match error {
        ValidateError::TooLarge { root, limit } => BadInput(format!(
            "{}: has more than {limit}, and is copied for each candidate: --skip leaves folders out, --copy-limit allows more",
            root.display()
        ))
        .into(),
        error => error.into(),
    }
}

/// A shell command about a file, which goes to the shell as it is, whatever signs are in its name.
fn shell(command: &str, file: &str) -> Task {
    Task::new(["sh", "-c", &put_parameter(command, FILE, "$1"), "sh", file])
}

/// Whether a compiler says that a file has an error, other than that a header is not installed.
fn has_error_in(output: &str, file: &str) -> bool {
    let is_own = |report: &BugReport| {
        let path = report.location.path.as_deref().unwrap_or_default();
        report.severity.level == Some(Level::Error) && same_file(path, file)
    };
    let found = report::parse_as(Format::Diagnostic, output);
    !output.contains("No such file or directory")
        && found.is_ok_and(|found| found.reports.iter().any(is_own))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::ops::ControlFlow;

    use clap::Parser as _;
    use tempfile::TempDir;

    use super::*;
    use crate::flags::{Command, Flags};

    fn validator(source: &str) -> anyhow::Result<Validator> {
        with(source, &[]).map(|(_, validator)| validator)
    }

    fn with(source: &str, more: &[&str]) -> anyhow::Result<(TempDir, Validator)> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.c"), source).unwrap();
        let line = ["xtask", "repair", "--allow-unsandboxed"].iter().chain(more);
        let Command::Repair(flags) = Flags::parse_from(line).command else { unreachable!() };
        let judging = Judging::new(&flags, folder.path())?;
        let validator = judging.validator("a.c", &mut |_| ControlFlow::Continue(()))?;
        Ok((folder, validator))
    }

    #[test]
    fn commands_may_be_about_the_file_alone() {
        let program = "#include <stdio.h>\nint main(void) { puts(\"b\"); return 0; }\n";
        let commands = [
            "--compile=cc -o 'a b' {file}",
            "--test=test \"$('./a b')\" = b && grep -q puts {file}",
        ];
        let (_folder, validator) = with(program, &commands).unwrap();
        let judged = validator.judge_unpatched(&mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(judged.verdict, Verdict::Plausible);
        assert_eq!(shell("cat {file}", "$(x).c").argv, ["sh", "-c", "cat \"$1\"", "sh", "$(x).c"]);
    }

    #[test]
    fn what_is_skipped_is_named_as_it_is_called_in_the_source() {
        let folder = tempfile::tempdir().unwrap();
        let flags = |skip: &str| {
            let source = format!("--source={}", folder.path().display());
            let line = ["xtask", "repair", "--allow-unsandboxed", "--report=x", &source, skip];
            Flags::try_parse_from(line)
        };
        let parsed = flags("--skip=./out/deep/").unwrap();
        let Command::Repair(repair) = parsed.command else { unreachable!() };
        let judging = Judging::new(&repair, folder.path()).unwrap();
        assert_eq!(judging.all().skip, [Path::new("out/deep")]);
        assert!(flags("--skip=../out").is_err() && flags("--skip=/out").is_err());
    }

    #[test]
    fn a_file_that_does_not_compile_can_be_repaired_unless_a_header_is_missing() {
        assert!(validator("int a;\n").unwrap().baseline().succeeded());
        assert!(!validator("int a = b;\n").unwrap().baseline().succeeded());
        let error = validator("#include \"gone.h\"\n").unwrap_err();
        assert!(error.is::<BadInput>() && error.to_string().contains("gone.h"), "{error}");
    }
}
