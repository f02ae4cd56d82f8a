//! Findings of an analyser that a commit makes vanish.

mod analyser;
mod matching;
mod tree;

use std::collections::VecDeque;
use std::fmt;
use std::iter::FusedIterator;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use fixwright_report::BugReport;
use fixwright_validate::{Error as ValidateError, Isolation, Workspace};

use self::matching::vanished;
use self::tree::Tree;
use crate::history::{Blobs, Commit, Log, Pair, Stop, Watch, language, source_files};
use crate::{Error, HistoryOptions, RepairSample, Skipped, Source, Walked};

pub use self::analyser::Analyser;

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
/// Messages play no part. A row has the day of its commit in the extra field `date`, and the rule in `rule`.
///
/// ```no_run
/// use fixwright_dataset::{Analyser, HistoryOptions, Replay};
/// use fixwright_validate::{Isolation, Task};
///
/// let analyser = Analyser::new(Task::new(["gcc", "-fanalyzer", "-c", "{files}"]));
/// let options = HistoryOptions::default();
/// for sample in Replay::open("zlib".as_ref(), options, analyser, Isolation::None)? {
///     println!("{:?}", sample?.bug_report_text);
/// }
/// # Ok::<(), fixwright_dataset::Error>(())
/// ```
pub struct Replay {
    repository: PathBuf,
    log: Log,
    blobs: Blobs,
    options: HistoryOptions,
    analyser: Analyser,
    isolation: Isolation,
    skipped: Skipped,
    /// The rows of the commit at hand that are still to be given out.
    rows: VecDeque<RepairSample>,
    walked: Walked,
    watch: Watch,
    ended: bool,
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
        Ok(Self {
            repository: path.to_path_buf(),
            log: Log::start(path, &options)?,
            blobs: Blobs::start(path)?,
            options,
            analyser,
            isolation,
            skipped: Skipped::default(),
            rows: VecDeque::new(),
            walked: Walked::default(),
            watch: Box::new(|_| ControlFlow::Continue(())),
            ended: false,
        })
    }

    /// The same walk, with `watch` called after each commit and while the analyser runs. When that breaks, the walk ends as if
    /// there were no more; a commit that was at work does not count as walked.
    #[must_use]
    pub fn on_commit(
        mut self,
        watch: impl FnMut(&Walked) -> ControlFlow<()> + Send + 'static,
    ) -> Self {
        self.watch = Box::new(watch);
        self
    }

    /// How far it has come.
    pub fn walked(&self) -> &Walked {
        &self.walked
    }

    /// The next row, from as many commits as it takes.
    fn advance(&mut self) -> Result<Option<RepairSample>, Error> {
        while self.rows.is_empty() && !self.ended {
            let Some(commit) = self.log.next()? else {
                self.ended = true;
                return match &self.options.after {
                    Some(after) => Err(Error::NoCommit { commit: after.clone() }),
                    None => Ok(None),
                };
            };
            if let Some(after) = &self.options.after {
                if *after == commit.id {
                    self.options.after = None;
                }
            } else {
                match self.rows_of(&commit) {
                    Ok(rows) => self.rows.extend(rows),
                    Err(Stop::Skip(reason)) => self.skipped.add(reason),
                    Err(Stop::Fail(Error::Validate(ValidateError::Cancelled))) => {
                        self.ended = true;
                        return Ok(None);
                    }
                    Err(Stop::Fail(error)) => return Err(error),
                }
            }
            self.walked = Walked { commits: self.walked.commits + 1, commit: commit.id };
            self.ended = (self.watch)(&self.walked).is_break();
        }
        Ok(self.rows.pop_front())
    }

    fn rows_of(&mut self, commit: &Commit) -> Result<Vec<RepairSample>, Stop> {
        if commit.parents > 1 {
            return Err(Stop::Skip("merge"));
        }
        let files = source_files(commit, &self.options)?;
        let pairs = files.into_iter().map(|file| Pair::read(file, &mut self.blobs, &self.options));
        let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
        let paths: Vec<_> = pairs.iter().map(|pair| pair.path.clone()).collect();
        let tree = Tree::before(commit, &self.repository, &mut self.blobs)?;
        let before = self.findings(&tree, &paths)?.ok_or(Stop::Skip("analyser failed before"))?;
        if before.is_empty() {
            return Err(Stop::Skip("nothing vanished"));
        }
        tree.advance(commit, &mut self.blobs)?;
        let after = self.findings(&tree, &paths)?.ok_or(Stop::Skip("analyser failed after"))?;
        let mut rows = Vec::new();
        for pair in &pairs {
            for finding in vanished(pair, &before, &after) {
                rows.push(self.row(commit, pair, finding)?);
            }
        }
        if rows.is_empty() { Err(Stop::Skip("nothing vanished")) } else { Ok(rows) }
    }

    /// What the analyser says about a copy of the tree; none if it does not come to an end.
    fn findings(&mut self, tree: &Tree, files: &[String]) -> Result<Option<Vec<BugReport>>, Error> {
        let workspace = Workspace::copy_of(tree.root(), &tree::limits())?;
        let (watch, walked) = (&mut self.watch, &self.walked);
        self.analyser.findings(&workspace, files, &self.isolation, &mut |_| watch(walked))
    }

    fn row(
        &self,
        commit: &Commit,
        pair: &Pair,
        finding: &BugReport,
    ) -> Result<RepairSample, Error> {
        let rule = finding.rule.id.as_deref().unwrap_or_default();
        let line = finding.location.line.unwrap_or_default();
        let id = format!("{}:{}:{}:{line}:{rule}", self.options.origin, commit.id, pair.path);
        let mut row = RepairSample {
            id: Some(id),
            origin: Some(self.options.origin.clone()),
            commit: Some(commit.id.clone()),
            bug_report_text: Some(finding.text.clone()),
            diff_text: Some(pair.diff()),
            line_number: Some(line),
            license: pair.license(),
            language: language(&pair.path),
            source_code_path: Some(pair.path.clone()),
            code: Some(pair.old.clone()),
            fixed: Some(pair.new.clone()),
            ..RepairSample::default()
        };
        row.extra.insert("date", &commit.day)?;
        row.extra.insert("rule", rule)?;
        Ok(row)
    }
}

impl Iterator for Replay {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.advance().transpose();
        self.ended |= matches!(item, Some(Err(_)));
        item
    }
}

impl FusedIterator for Replay {}

impl Source for Replay {
    fn skipped(&self) -> &Skipped {
        &self.skipped
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("options", &self.options)
            .field("analyser", &self.analyser)
            .field("walked", &self.walked)
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}
