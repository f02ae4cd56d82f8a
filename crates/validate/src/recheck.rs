//! The analyser that made a report, run again on a patched tree.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fixwright_patch::{Change, Content};
use fixwright_report::{BugReport, Language};

use crate::{Analysis, Check, Error, Findings, Isolation, Moves, Progress, Workspace, program};

/// Extensions of files that are part of others, and not analysed by themselves unless a report is about them.
const HEADERS: [&str; 5] = ["h", "hh", "hpp", "hxx", "inc"];

/// An analyser with what it said of the tree as it is.
#[derive(Debug)]
pub(crate) struct Recheck {
    check: Check,
    /// The tree as it is, which tells the file that a report is about.
    tree: PathBuf,
    /// What it said before, by the files that it was asked about.
    before: Mutex<BTreeMap<Vec<String>, Findings>>,
}

impl Recheck {
    /// Fails if there is no such analyser.
    pub(crate) fn new(check: Check, tree: &Path) -> Result<Self, Error> {
        let task = &check.analyser.task;
        program::check(task, &tree.join(&task.dir))?;
        Ok(Self { check, tree: tree.to_path_buf(), before: Mutex::default() })
    }

    /// The finding to look for where a caller names no other.
    pub(crate) fn report(&self) -> Option<&BugReport> {
        self.check.report.as_ref()
    }

    /// Compares what the analyser says of the tree, of which `before` makes a copy, and of the patched one; none if there is no file
    /// to ask it about. `report` is the finding to look for.
    pub(crate) fn run(
        &self,
        report: Option<&BugReport>,
        changes: &[Change],
        before: impl FnOnce() -> Result<Workspace, Error>,
        after: &Workspace,
        isolation: &Isolation,
        progress: Progress<'_>,
    ) -> Result<Option<Analysis>, Error> {
        let files = self.files(report, changes);
        if files.is_empty() {
            return Ok(None);
        }
        let analyser = &self.check.analyser;
        let known = || self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = known().get(&files).cloned();
        let before = match earlier {
            Some(findings) => findings,
            None => {
                let findings = analyser.findings(&before()?, &files, isolation, progress)?;
                known().insert(files.clone(), findings.clone());
                findings
            }
        };
        let after = analyser.findings(after, &files, isolation, progress)?;
        Ok(Some(Analysis::between(&before, &after, &moves(changes), report)))
    }

    /// The files to ask about: those that are changed in their place, and the one that the report is about unless it goes away.
    fn files(&self, report: Option<&BugReport>, changes: &[Change]) -> Vec<String> {
        let stays = |change: &&Change| change.old.is_some() && change.new.is_some();
        let mut files: Vec<_> = changes
            .iter()
            .filter(stays)
            .filter_map(|change| change.path.to_str())
            .filter(|path| is_unit(path))
            .map(str::to_owned)
            .collect();
        let gone = |path: &str| {
            changes.iter().any(|change| change.new.is_none() && change.path == Path::new(path))
        };
        let reported = report.and_then(|report| file_in(&self.tree, report));
        files.extend(reported.filter(|path| !gone(path)));
        files.sort_unstable();
        files.dedup();
        files
    }
}

fn moves(changes: &[Change]) -> Moves {
    let mut moves = Moves::default();
    let text = |content: &Option<Content>| content.as_ref().map(|it| it.text.clone());
    for change in changes {
        let (old, new) = (text(&change.old), text(&change.new));
        let path = change.path.to_string_lossy();
        moves.add(path, &old.unwrap_or_default(), &new.unwrap_or_default());
    }
    moves
}

fn is_unit(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    Language::from_path(path).is_some() && !extension.is_some_and(|it| HEADERS.contains(&it))
}

/// The file that a report is about, whose path may begin above the tree.
fn file_in(tree: &Path, report: &BugReport) -> Option<String> {
    let named = report.location.path.as_deref()?;
    let parts: Vec<_> = named.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let below = |from: usize| parts[from..].iter().collect::<PathBuf>();
    let inside = !parts.contains(&"..");
    let found = (0..parts.len()).map(below).find(|path| inside && tree.join(path).is_file())?;
    Some(found.to_str()?.to_owned())
}
