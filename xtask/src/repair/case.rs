//! What is to be repaired: a report, and the file it means.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fixwright::report::{self, BugReport};
use fixwright::source::SourceFile;

use super::bad_input;
use crate::exit::{BadInput, note};
use crate::flags::{RepairFlags, Target};
use crate::report::Sources;
use crate::workspace;

/// The example that is repaired when no report is named: a project of ours with a report in the style of Coverity.
const EXAMPLE: &str = "tests/fixtures/labels";

/// A report and what it is about.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) report: BugReport,
    /// The report's own file.
    pub(super) report_path: PathBuf,
    pub(super) root: PathBuf,
    pub(super) file: Arc<SourceFile>,
    /// None only where the model is shown and writes all of the file.
    pub(super) line: Option<usize>,
}

impl Case {
    pub(super) fn read(flags: &RepairFlags) -> anyhow::Result<Self> {
        let example = workspace::root().join(EXAMPLE);
        let report_path = flags.report.clone().unwrap_or_else(|| example.join("bug.txt"));
        let root = flags.source.clone().unwrap_or(example);
        let report = report(&report_path, &root, flags.line)?;
        let name =
            report.location.path.clone().ok_or_else(|| fault(&report_path, "names no file"))?;
        let file = SourceFile::find(&root, &name)
            .map_err(|e| fault(&report_path, &format!("{:#}", anyhow::Error::from(e))))?;
        if file.path != name {
            note(format_args!("the report's {name} is taken to be {}", file.path));
        }
        let own = report.location.line.map(|line| line as usize);
        let line = flags.line.map(NonZeroUsize::get).or(own);
        if line.is_none() && flags.target != Target::Program {
            let what = "names no line: say which with --line, or have all of the file rewritten with --target program";
            return Err(fault(&report_path, what).into());
        }
        Ok(Self { report, report_path, root, file: Arc::new(file), line })
    }

    /// `file:line`.
    pub(super) fn place(&self) -> String {
        place(&self.file.path, self.line)
    }
}

/// `file:line`, or the file alone.
pub(super) fn place(file: &str, line: Option<usize>) -> String {
    line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"))
}

/// The first report of a file, or the first one of a line; what is wrong with it, and that there are others, is said.
fn report(path: &Path, root: &Path, line: Option<NonZeroUsize>) -> anyhow::Result<BugReport> {
    let bytes = fs::read(path).map_err(|e| fault(path, &format!("cannot be read: {e}")))?;
    let mut found = report::parse(&bytes).map_err(|e| fault(path, &bad_input(e).0))?;
    let mut sources = Sources::new(root.to_owned());
    found.reports.iter_mut().for_each(|report| report.resolve(&mut |place| sources.read(place)));
    let count = found.reports.len();
    let of_line = |report: &BugReport| {
        line.is_some_and(|line| report.location.line.map(|own| own as usize) == Some(line.get()))
    };
    let chosen = found.reports.iter().position(of_line).unwrap_or(0);
    let report =
        found.reports.into_iter().nth(chosen).ok_or_else(|| fault(path, "has no report"))?;
    if count > 1 {
        let number = chosen + 1;
        note(format_args!(
            "{}: has {count} reports, number {number} is repaired: --line chooses another, --reports takes all",
            path.display()
        ));
    }
    for warning in found.warnings.iter().chain(&report.warnings) {
        note(format_args!("{}:{}: {}", path.display(), warning.place.line, warning.message));
    }
    Ok(report)
}

fn fault(path: &Path, what: &str) -> BadInput {
    BadInput(format!("{}: {what}", path.display()))
}
