//! A static analyser, as data.

use fixwright_report::{BugReport, Format, parse, parse_as};
use serde::{Deserialize, Serialize};

use crate::process::Start;
use crate::shell::put_parameter;
use crate::{Ending, Error, Isolation, Progress, Task, Workspace};

/// The most that an analyser may print; it is killed for more, since findings that are cut off would seem to be gone.
const MAX_OUTPUT: usize = 16 << 20;

/// The argument that stands for the files to analyse.
const FILES: &str = "{files}";

/// Rules of cppcheck and clang-tidy that say that they could not read a file. What else they find in it is not gone.
const UNREAD: [&str; 5] =
    ["syntaxError", "internalAstError", "internalError", "unknownMacro", "clang-diagnostic-error"];

/// Analysers by name, with their arguments: those that work on single files.
const PRESETS: [(&str, &[&str], Option<Format>); 4] = [
    ("gcc", &["gcc", "-fanalyzer", "-Wall", "-Wextra", "-c", FILES], None),
    (
        "clang-tidy",
        &["clang-tidy", "--quiet", "--checks=-*,bugprone-*,cert-*,clang-analyzer-*", FILES, "--"],
        Some(Format::Diagnostic),
    ),
    (
        "cppcheck",
        &["cppcheck", "--quiet", "--enable=warning,style,portability", "--xml", FILES],
        Some(Format::CppcheckXml),
    ),
    ("sparse", &["sparse", FILES], Some(Format::Sparse)),
];

/// A static analyser: how it is called and what it prints.
///
/// ```
/// use fixwright_report::Format;
/// use fixwright_validate::{Analyser, Task};
///
/// let cppcheck = Analyser::named("cppcheck").expect("it is one of the known ones");
/// let kernel = Analyser::command("make C=2 CHECK=smatch $(dirname {files})/ 2>&1");
/// let infer = Analyser::new("infer", Task::new(["infer-file", "{files}"])).with_format(Format::Infer);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Analyser {
    /// What it is called in results.
    pub name: String,
    /// The command, run at the root of a copy of the tree. An argument `{files}` stands for the files to analyse. Any exit code but
    /// 0 says that there is no result.
    pub task: Task,
    /// What it prints; none to find out.
    pub format: Option<Format>,
}

/// What an analyser says of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Findings {
    /// Its findings, none if all is well.
    Made(Vec<BugReport>),
    /// Nothing, since it did not end by itself with exit code 0, or could not read a file.
    None {
        /// Why, as far as it says.
        reason: String,
    },
}

impl Analyser {
    /// The analyser that `task` runs, whose output may have up to 16 MiB.
    pub fn new(name: impl Into<String>, mut task: Task) -> Self {
        task.limits.output = MAX_OUTPUT;
        task.limits.flood = Some(MAX_OUTPUT as u64);
        Self { name: name.into(), task, format: None }
    }

    /// The same analyser with the format of its output.
    #[must_use]
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// One that is known by name, as it is called on single files: `gcc`, `clang-tidy`, `cppcheck` or `sparse`.
    pub fn named(name: &str) -> Option<Self> {
        let (name, argv, format) = PRESETS.into_iter().find(|(known, ..)| *known == name)?;
        Some(Self { format, ..Self::new(name, Task::new(argv.iter().copied())) })
    }

    /// The names of those that are known.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PRESETS.into_iter().map(|(name, ..)| name)
    }

    /// A command line that the shell reads, in which `{files}` stands for the files to analyse, in quotes or not.
    pub fn command(line: &str) -> Self {
        let script = put_parameter(line, FILES, "$@");
        Self::new(line, Task::new(["sh", "-c", &script, "sh", FILES]))
    }

    /// What it finds in `files`, relative to the root of the tree in `workspace`.
    ///
    /// # Errors
    ///
    /// [`Error::Start`] if there is no such program, and what else keeps a command from being run.
    pub fn findings(
        &self,
        workspace: &Workspace,
        files: &[String],
        isolation: &Isolation,
        progress: Progress<'_>,
    ) -> Result<Findings, Error> {
        let task = self.task_on(files);
        let run = Start { task: &task, workspace, isolation, input: None }.run(progress)?;
        if run.ending != Ending::Exited(0) {
            let said = run.output.trim();
            return Ok(Findings::None { reason: format!("{:?}: {said}", run.ending) });
        }
        let read = match self.format {
            Some(format) => parse_as(format, &run.output),
            None => parse(&run.output),
        };
        // Output in which no report is found is how most analysers say that there is nothing.
        let findings = read.map(|found| found.reports).unwrap_or_default();
        let unread = findings
            .iter()
            .find(|finding| finding.rule.id.as_deref().is_some_and(|id| UNREAD.contains(&id)));
        Ok(match unread {
            Some(unread) => Findings::None { reason: unread.text.clone() },
            None => Findings::Made(findings),
        })
    }

    fn task_on(&self, files: &[String]) -> Task {
        let mut task = self.task.clone();
        task.argv = Vec::new();
        for argument in &self.task.argv {
            if argument == FILES {
                // A name that begins with `-` must not be taken for an option.
                task.argv.extend(files.iter().map(|file| format!("./{file}")));
            } else {
                task.argv.push(argument.clone());
            }
        }
        task
    }
}
