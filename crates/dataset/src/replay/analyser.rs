//! An analyser as data.

use fixwright_report::{BugReport, Format, parse, parse_as};
use fixwright_validate::{Ending, Isolation, Progress, Task, Toolchain, Workspace};

use crate::Error;

/// The most that an analyser may print; it is killed for more, since findings that are cut off would seem to have vanished.
const MAX_OUTPUT: usize = 16 << 20;

/// Rules of cppcheck and clang-tidy that say that they could not read a file. What else they find in it has not vanished.
const UNREAD: [&str; 5] =
    ["syntaxError", "internalAstError", "internalError", "unknownMacro", "clang-diagnostic-error"];

/// A static analyser: how it is called and what it prints.
///
/// ```
/// use fixwright_dataset::Analyser;
/// use fixwright_report::Format;
/// use fixwright_validate::Task;
///
/// let gcc = Analyser::new(Task::new(["gcc", "-fanalyzer", "-Wall", "-c", "{files}"]));
/// let tidy = Analyser::new(Task::new(["clang-tidy", "--quiet", "{files}", "--"]));
/// let cppcheck = Analyser::new(Task::new(["cppcheck", "--quiet", "--xml", "{files}"]))
///     .with_format(Format::CppcheckXml);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Analyser {
    /// The command, run at the root of a copy of the tree. An argument `{files}` stands for the source files that the commit
    /// changes. Any exit code but 0 says that there is no result.
    pub task: Task,
    /// What it prints; none to find out.
    pub format: Option<Format>,
}

impl Analyser {
    /// The analyser that `task` runs, whose output may have up to 16 MiB.
    pub fn new(mut task: Task) -> Self {
        task.limits.output = MAX_OUTPUT;
        task.limits.flood = Some(MAX_OUTPUT as u64);
        Self { task, format: None }
    }

    /// The same analyser with the format of its output.
    #[must_use]
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// What it finds in a tree; none if it does not end by itself with exit code 0, or could not read a file.
    pub(super) fn findings(
        &self,
        workspace: &Workspace,
        files: &[String],
        isolation: &Isolation,
        progress: Progress<'_>,
    ) -> Result<Option<Vec<BugReport>>, Error> {
        let mut task = self.task.clone();
        // A name that begins with `-` must not be taken for an option.
        let named = |file: &String| format!("./{file}");
        task.argv = task.argv.into_iter().fold(Vec::new(), |mut argv, argument| {
            if argument == "{files}" {
                argv.extend(files.iter().map(named));
            } else {
                argv.push(argument);
            }
            argv
        });
        let judged = Toolchain::new(task).judge(workspace, isolation, progress)?;
        let Some(run) = judged.run.filter(|run| run.ending == Ending::Exited(0)) else {
            return Ok(None);
        };
        let read = match self.format {
            Some(format) => parse_as(format, &run.output),
            None => parse(&run.output),
        };
        // Output in which no report is found is how most analysers say that there is nothing.
        let findings = read.map(|found| found.reports).unwrap_or_default();
        let is_unread =
            |finding: &BugReport| finding.rule.id.as_deref().is_some_and(|id| UNREAD.contains(&id));
        Ok((!findings.iter().any(is_unread)).then_some(findings))
    }
}
