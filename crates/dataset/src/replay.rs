//! Findings of an analyser that a commit makes vanish.

mod tree;

use std::iter::FusedIterator;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fixwright_report::BugReport;
use fixwright_validate::{Analyser, Analysis, Findings, Isolation, Moves, Workspace};
use serde::{Deserialize, Serialize};

use self::tree::Tree;
use crate::history::{Commit, Examine, Pair, Stop, Walk};
use crate::outcomes::key;
use crate::{Error, HistoryOptions, Outcomes, RepairSample, Skipped, Source, Walked};

/// The findings of an analyser that the commits of a history make vanish, from the newest to the oldest.
///
/// The tree before a commit and the one after it are analysed, each in a copy of its own. A finding before that has none like it
/// after, by file, rule, function and text, is taken for fixed if it is in a file that the commit changes: one row. Lines may
/// move; of several findings that are alike, those whose line moved as the diff moves it belong together. A commit gives rows
/// or is counted in [`skipped`](Source::skipped), for a reason of [`History`](crate::History) or for one of these:
///
/// | reason | the commit |
/// |---|---|
/// | `tree too large`, `tree not writable` | has a tree that cannot be laid out |
/// | `analyser failed before`, `analyser failed after` | is one of which the analyser says nothing, as where a tree does not compile |
/// | `nothing vanished` | leaves all findings where they are |
///
/// Messages play no part. A row has the day of its commit in the extra field `date`, the rule in `rule`, and the name of the analyser
/// in `analyser`.
///
/// ```no_run
/// use fixwright_dataset::{HistoryOptions, Replay};
/// use fixwright_validate::{Analyser, Isolation};
///
/// let analyser = Analyser::command("gcc -fanalyzer -Iinclude -c {files}");
/// let options = HistoryOptions::default();
/// for sample in Replay::open("zlib".as_ref(), options, analyser, Isolation::None)? {
///     println!("{:?}", sample?.bug_report_text);
/// }
/// # Ok::<(), fixwright_dataset::Error>(())
/// ```
#[derive(Debug)]
pub struct Replay {
    walk: Walk,
    rerun: Rerun,
}

/// What runs the analyser.
#[derive(Debug)]
struct Rerun {
    repository: PathBuf,
    analyser: Analyser,
    isolation: Isolation,
    outcomes: Option<Arc<Outcomes>>,
}

/// What the analyser says of a commit.
#[derive(Serialize, Deserialize)]
enum Outcome {
    FailedBefore,
    FailedAfter,
    /// The findings that are gone, of the files that the commit changes.
    Gone(Vec<BugReport>),
}

impl Replay {
    /// Starts at the newest commit of the repository at `path`.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] if git cannot be started. What it says about the repository comes with the first row.
    pub fn open(
        path: &Path,
        options: HistoryOptions,
        analyser: Analyser,
        isolation: Isolation,
    ) -> Result<Self, Error> {
        let walk = Walk::open(path, options)?;
        let repository = path.to_path_buf();
        Ok(Self { walk, rerun: Rerun { repository, analyser, isolation, outcomes: None } })
    }

    /// The same walk, with `watch` called after each commit and while the analyser runs. When that breaks, the walk ends as if
    /// there were no more; a commit that was at work does not count as walked.
    #[must_use]
    pub fn on_commit(
        mut self,
        watch: impl FnMut(&Walked) -> ControlFlow<()> + Send + 'static,
    ) -> Self {
        self.walk.watch = Box::new(watch);
        self
    }

    /// How far it has come.
    pub fn walked(&self) -> &Walked {
        &self.walk.walked
    }
}

impl Examine for Rerun {
    fn rows(&mut self, commit: &Commit, walk: &mut Walk) -> Result<Vec<RepairSample>, Stop> {
        if walk.is_passing() {
            return Ok(Vec::new());
        }
        if commit.parents > 1 {
            return Err(Stop::Skip("merge"));
        }
        let pairs = Pair::all_of(commit, walk)?;
        let gone = match self.remembered(commit, &pairs, walk)? {
            Outcome::FailedBefore => return Err(Stop::Skip("analyser failed before")),
            Outcome::FailedAfter => return Err(Stop::Skip("analyser failed after")),
            Outcome::Gone(gone) if gone.is_empty() => return Err(Stop::Skip("nothing vanished")),
            Outcome::Gone(gone) => gone,
        };
        let mut rows = Vec::new();
        for pair in &pairs {
            for finding in gone.iter().filter(|finding| is_in(finding, pair)) {
                rows.push(self.row(commit, pair, finding, &walk.options.origin)?);
            }
        }
        Ok(rows)
    }
}

impl Rerun {
    /// The outcome of a commit, from an earlier run if it is known.
    fn remembered(
        &self,
        commit: &Commit,
        pairs: &[Pair],
        walk: &mut Walk,
    ) -> Result<Outcome, Stop> {
        let Some(outcomes) = &self.outcomes else { return self.outcome(commit, pairs, walk) };
        let analyser = serde_json::to_string(&self.analyser).unwrap_or_default();
        let paths = pairs.iter().map(|pair| &*pair.path);
        let key = key([&*analyser, &*commit.id].into_iter().chain(paths));
        outcomes.remember(key, || self.outcome(commit, pairs, walk))
    }

    fn outcome(&self, commit: &Commit, pairs: &[Pair], walk: &mut Walk) -> Result<Outcome, Stop> {
        let paths: Vec<_> = pairs.iter().map(|pair| pair.path.clone()).collect();
        let tree = Tree::before(commit, &self.repository, &mut walk.blobs)?;
        let before = self.findings(&tree, &paths, walk)?;
        match &before {
            Findings::Made(found) if !found.is_empty() => {}
            Findings::Made(_) => return Ok(Outcome::Gone(Vec::new())),
            _ => return Ok(Outcome::FailedBefore),
        }
        tree.advance(commit, &mut walk.blobs)?;
        let after = self.findings(&tree, &paths, walk)?;
        let mut moves = Moves::default();
        for pair in pairs {
            moves.add(&*pair.path, pair.old.as_bytes(), pair.new.as_bytes());
        }
        let analysis = Analysis::between(&before, &after, &moves, None);
        let Analysis::Compared { mut gone, .. } = analysis else {
            return Ok(Outcome::FailedAfter);
        };
        gone.retain(|finding| pairs.iter().any(|pair| is_in(finding, pair)));
        Ok(Outcome::Gone(gone))
    }

    /// What the analyser says about a copy of the tree.
    fn findings(&self, tree: &Tree, files: &[String], walk: &mut Walk) -> Result<Findings, Error> {
        let workspace = Workspace::copy_of(tree.root(), &tree::limits())?;
        let (watch, walked) = (&mut walk.watch, &walk.walked);
        Ok(self.analyser.findings(&workspace, files, &self.isolation, &mut |_| watch(walked))?)
    }

    fn row(
        &self,
        commit: &Commit,
        pair: &Pair,
        finding: &BugReport,
        origin: &str,
    ) -> Result<RepairSample, Error> {
        let rule = finding.rule.id.as_deref().unwrap_or_default();
        let line = finding.location.line.unwrap_or_default();
        let mut row = pair.row(commit, origin)?;
        row.id = Some(format!("{origin}:{}:{}:{line}:{rule}", commit.id, pair.path));
        row.bug_report_text = Some(finding.text.clone());
        row.line_number = Some(line);
        row.extra.insert("rule", rule)?;
        row.extra.insert("analyser", &self.analyser.name)?;
        Ok(row)
    }
}

/// Whether a finding stands in a line of the file before.
fn is_in(finding: &BugReport, pair: &Pair) -> bool {
    let path = finding.location.path.as_deref().unwrap_or_default();
    let line = finding.location.line.unwrap_or_default() as usize;
    path.trim_start_matches("./") == pair.path && (1..=pair.lines()).contains(&line)
}

impl Iterator for Replay {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.walk.next(&mut self.rerun)
    }
}

impl FusedIterator for Replay {}

impl Source for Replay {
    fn skipped(&self) -> &Skipped {
        &self.walk.skipped
    }

    fn remember(&mut self, outcomes: &Arc<Outcomes>) {
        self.rerun.outcomes = Some(Arc::clone(outcomes));
    }
}
