//! What is to be repaired: a report, and the file it means.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fixwright::report::{self, BugReport};
use fixwright::source::SourceFile;

use super::bad_input;
use crate::exit::{BadInput, note};
use crate::flags::RepairFlags;
use crate::workspace;

/// The example that is repaired when no report is named: a project of ours with a report in the style of Coverity.
const EXAMPLE: &str = "tests/fixtures/labels";

/// A report and what it is about.
pub(super) struct Case {
    pub(super) report: BugReport,
    /// The report's own file.
    pub(super) report_path: PathBuf,
    pub(super) root: PathBuf,
    pub(super) file: Arc<SourceFile>,
    pub(super) line: usize,
}

impl Case {
    pub(super) fn read(flags: &RepairFlags) -> anyhow::Result<Self> {
        let example = workspace::root().join(EXAMPLE);
        let report_path = flags.report.clone().unwrap_or_else(|| example.join("bug.txt"));
        let root = flags.source.clone().unwrap_or(example);
        let report = report(&report_path)?;
        let name =
            report.location.path.clone().ok_or_else(|| fault(&report_path, "names no file"))?;
        let file = SourceFile::find(&root, &name)
            .map_err(|e| fault(&report_path, &format!("{:#}", anyhow::Error::from(e))))?;
        if file.path != name {
            note(format_args!("the report's {name} is taken to be {}", file.path));
        }
        let line = match (flags.line, report.location.line) {
            (Some(line), _) => line.get(),
            (None, Some(line)) => line as usize,
            (None, None) => {
                return Err(fault(&report_path, "names no line: say which with --line").into());
            }
        };
        Ok(Self { report, report_path, root, file: Arc::new(file), line })
    }

    /// `file:line`.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file.path, self.line)
    }
}

/// The first report of a file; what is wrong with it, and that there are others, is said.
fn report(path: &Path) -> anyhow::Result<BugReport> {
    let bytes = fs::read(path).map_err(|e| fault(path, &format!("cannot be read: {e}")))?;
    let found = report::parse(&bytes).map_err(|e| fault(path, &bad_input(e).0))?;
    let count = found.reports.len();
    let report = found.reports.into_iter().next().ok_or_else(|| fault(path, "has no report"))?;
    if count > 1 {
        note(format_args!("{}: has {count} reports, the first is repaired", path.display()));
    }
    for warning in found.warnings.iter().chain(&report.warnings) {
        note(format_args!("{}:{}: {}", path.display(), warning.place.line, warning.message));
    }
    Ok(report)
}

fn fault(path: &Path, what: &str) -> BadInput {
    BadInput(format!("{}: {what}", path.display()))
}
