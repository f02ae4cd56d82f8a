//! Fixes in a git history.

mod blobs;
mod git;
mod log;
mod message;
mod options;
mod pair;
mod quoted;
mod sign;

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::iter::FusedIterator;
use std::ops::ControlFlow;
use std::path::Path;

use self::log::{Change, MAX_CHANGES};
use self::message::{Reverts, is_backport};
use self::pair::patch_id;
use self::quoted::Quoted;
use crate::{Error, RepairSample, Skipped, Source};

pub(crate) use self::blobs::{Blob, Blobs};
pub(crate) use self::git::Git;
pub(crate) use self::log::{Commit, Log};
pub use self::options::HistoryOptions;
pub(crate) use self::options::language;
pub(crate) use self::pair::Pair;

/// The fixes of reported bugs in a git history, from the newest commit to the oldest.
///
/// A commit counts as such a fix if its message names an analyser, a sanitizer, a compiler's warning, syzbot, a CVE or CWE,
/// or says with a `Fixes:` tag which commit brought the bug. Its report is the output of a tool that the message
/// quotes, or else the message without tags. Each commit gives rows or is counted in [`skipped`](Source::skipped):
///
/// | reason | the commit |
/// |---|---|
/// | `merge` | has several parents |
/// | `message too long`, `message not UTF-8` | cannot be read |
/// | `revert`, `reverted later` | undoes another one, or was undone |
/// | `no sign of a report` | is none of the above fixes |
/// | `backport` | says that it is a copy of one upstream |
/// | `same patch again` | makes the change of a newer one in another branch |
/// | `renames only`, `no source file`, `adds or removes files` | does not only change source files in their place |
/// | `too many files`, `too many hunks`, `too many changed lines` | does more than [`HistoryOptions`] allow |
/// | `unsafe file name`, `file name not UTF-8`, `file not UTF-8`, `file too large`, `binary file`, `empty file`, `file not in the repository` | changes a file that is of no use |
/// | `white space only`, `comments and layout only` | changes no code |
/// | `no words` | has a message of tags alone |
///
/// A row has the day of the commit in the extra field `date`, what its message names in `signs`, and in `line_from` whether its
/// line is the `report`'s or the first one that the `diff` changes.
///
/// The history is read from pipes of the git program and never held: of each commit remain the 16 bytes that tell the same
/// patch again, if it gave rows. The user's configuration of git does not count, and nothing is fetched or run for a repository.
///
/// ```no_run
/// use fixwright_dataset::{History, HistoryOptions, Source};
///
/// let mut history = History::open("linux".as_ref(), HistoryOptions::default())?;
/// for sample in history.by_ref() {
///     println!("{:?}", sample?.id);
/// }
/// for (reason, count) in history.skipped().iter() {
///     println!("{count} {reason}");
/// }
/// # Ok::<(), fixwright_dataset::Error>(())
/// ```
pub struct History {
    log: Log,
    blobs: Blobs,
    options: HistoryOptions,
    reverts: Reverts,
    seen: HashSet<u128>,
    skipped: Skipped,
    /// The rows of the commit at hand that are still to be given out.
    rows: VecDeque<RepairSample>,
    walked: Walked,
    watch: Watch,
    ended: bool,
}

/// Hears of each commit, and may stop the walk.
pub(crate) type Watch = Box<dyn FnMut(&Walked) -> ControlFlow<()> + Send>;

/// How far a walk through a history has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Walked {
    /// How many commits were read.
    pub commits: u64,
    /// The last of them.
    pub commit: String,
}

/// Why a commit gives no rows.
pub(crate) enum Stop {
    /// It is left out for this reason.
    Skip(&'static str),
    Fail(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fail(error)
    }
}

impl History {
    /// Starts at the newest commit of the repository at `path`, a folder with a `.git` or a bare repository.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] if git cannot be started. What it says about the repository comes with the first row.
    pub fn open(path: &Path, options: HistoryOptions) -> Result<Self, Error> {
        Ok(Self {
            log: Log::start(path, &options)?,
            blobs: Blobs::start(path)?,
            options,
            reverts: Reverts::default(),
            seen: HashSet::new(),
            skipped: Skipped::default(),
            rows: VecDeque::new(),
            walked: Walked::default(),
            watch: Box::new(|_| ControlFlow::Continue(())),
            ended: false,
        })
    }

    /// The same walk, with `watch` called after each commit. When that breaks, the walk ends as if there were no more.
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
        loop {
            if let Some(row) = self.rows.pop_front() {
                return Ok(Some(row));
            }
            let Some(commit) = self.log.next()? else {
                return match &self.options.after {
                    Some(after) => Err(Error::NoCommit { commit: after.clone() }),
                    None => Ok(None),
                };
            };
            let rows = self.examined(&commit)?;
            self.walked = Walked { commits: self.walked.commits + 1, commit: commit.id };
            match &self.options.after {
                // What comes before must be walked too: it tells what was reverted and what is there already.
                Some(after) if *after == self.walked.commit => self.options.after = None,
                Some(_) => {}
                None => self.rows.extend(rows),
            }
            if (self.watch)(&self.walked).is_break() {
                self.ended = true;
                return Ok(self.rows.pop_front());
            }
        }
    }

    /// The rows of a commit, none if it was left out.
    fn examined(&mut self, commit: &Commit) -> Result<Vec<RepairSample>, Error> {
        match self.rows_of(commit) {
            Ok(rows) => Ok(rows),
            Err(Stop::Fail(error)) => Err(error),
            Err(Stop::Skip(reason)) => {
                if self.options.after.is_none() {
                    self.skipped.add(reason);
                }
                Ok(Vec::new())
            }
        }
    }

    fn rows_of(&mut self, commit: &Commit) -> Result<Vec<RepairSample>, Stop> {
        if commit.parents > 1 {
            return Err(Stop::Skip("merge"));
        }
        let message = commit.message.as_deref().ok_or(Stop::Skip("message too long"))?;
        let message = str::from_utf8(message).map_err(|_| Stop::Skip("message not UTF-8"))?;
        if let Some(reason) = self.reverts.reason(&commit.id, message) {
            return Err(Stop::Skip(reason));
        }
        let signs = sign::signs(message);
        if signs.is_empty() {
            return Err(Stop::Skip("no sign of a report"));
        }
        if is_backport(message) {
            return Err(Stop::Skip("backport"));
        }
        let files = source_files(commit, &self.options)?;
        let pairs = files.into_iter().map(|file| Pair::read(file, &mut self.blobs, &self.options));
        let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
        if !self.seen.insert(patch_id(&pairs)) {
            return Err(Stop::Skip("same patch again"));
        }
        pairs.into_iter().map(|pair| self.row(commit, message, &signs, pair)).collect()
    }

    fn row(
        &self,
        commit: &Commit,
        message: &str,
        signs: &[&str],
        pair: Pair,
    ) -> Result<RepairSample, Stop> {
        let quoted = Quoted::in_message(message);
        if quoted.text.is_empty() {
            return Err(Stop::Skip("no words"));
        }
        let text = quoted.text.clone();
        let reported = quoted.line_in(&pair.path, pair.lines());
        let line = reported.or_else(|| u32::try_from(pair.first_changed_line()).ok());
        let mut row = RepairSample {
            id: Some(format!("{}:{}:{}", self.options.origin, commit.id, pair.path)),
            origin: Some(self.options.origin.clone()),
            commit: Some(commit.id.clone()),
            bug_report_text: Some(text),
            diff_text: Some(pair.diff()),
            line_number: line,
            license: pair.license(),
            language: language(&pair.path),
            source_code_path: Some(pair.path),
            code: Some(pair.old),
            fixed: Some(pair.new),
            ..RepairSample::default()
        };
        row.extra.insert("date", &commit.day)?;
        row.extra.insert("signs", signs)?;
        row.extra.insert("line_from", if reported.is_some() { "report" } else { "diff" })?;
        Ok(row)
    }
}

/// The source files that a commit changes in their place.
pub(crate) fn source_files<'a>(
    commit: &'a Commit,
    options: &HistoryOptions,
) -> Result<Vec<&'a Change>, Stop> {
    if commit.changed > MAX_CHANGES {
        return Err(Stop::Skip("too many files"));
    }
    let is_file = |mode: &str| mode.starts_with("100");
    let named = |change: &&Change| change.path.as_deref().is_none_or(|path| options.wants(path));
    let sources: Vec<_> = commit.changes.iter().filter(named).collect();
    let moved = sources.iter().any(|gone| {
        gone.status == b'D'
            && sources.iter().any(|come| come.status == b'A' && come.new == gone.old)
    });
    let in_place = |change: &&&Change| {
        let files = is_file(&change.old_mode) && is_file(&change.new_mode);
        change.status == b'M' && files && change.old != change.new
    };
    let changed: Vec<_> = sources.iter().filter(in_place).copied().collect();
    match changed.len() {
        0 if moved => Err(Stop::Skip("renames only")),
        0 => Err(Stop::Skip("no source file")),
        // A file that comes or goes is part of the fix, and would be missing.
        some if sources.len() > some => Err(Stop::Skip("adds or removes files")),
        some if some > options.max_files => Err(Stop::Skip("too many files")),
        _ => Ok(changed),
    }
}

impl Iterator for History {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.rows.pop_front() {
            return Some(Ok(row));
        }
        if self.ended {
            return None;
        }
        let item = self.advance().transpose();
        self.ended |= !matches!(item, Some(Ok(_)));
        item
    }
}

impl FusedIterator for History {}

impl Source for History {
    fn skipped(&self) -> &Skipped {
        &self.skipped
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("options", &self.options)
            .field("walked", &self.walked)
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}
