//! Fixes in a git history.

mod blobs;
mod files;
mod git;
mod log;
mod message;
mod mine;
mod options;
mod pair;
mod quoted;
mod sign;
mod walk;

pub(crate) use message::{has_words, pattern};

use std::iter::FusedIterator;
use std::ops::ControlFlow;
use std::path::Path;

use self::mine::Miner;
use crate::{Error, RepairSample, Skipped, Source};

pub(crate) use self::blobs::{Blob, Blobs};
pub(crate) use self::git::Git;
pub(crate) use self::log::{Commit, Log};
pub use self::options::HistoryOptions;
pub(crate) use self::pair::Pair;
pub use self::walk::Walked;
pub(crate) use self::walk::{Examine, Stop, Walk};

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
/// | `preparation` | says that the fix is still to come |
/// | `same patch again` | makes the change of a newer one in another branch |
/// | `renames only`, `no source file`, `adds or removes files` | does not only change source files in their place |
/// | `too many files`, `too many hunks`, `too many changed lines` | does more than [`HistoryOptions`] allow |
/// | `unsafe file name`, `file name not UTF-8`, `file not UTF-8`, `file too large`, `binary file`, `empty file`, `file not in the repository` | changes a file that is of no use |
/// | `white space only`, `comments and layout only` | changes no code |
/// | `no words` | has a message of tags, numbers and addresses alone |
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
#[derive(Debug)]
pub struct History {
    walk: Walk,
    miner: Miner,
}

impl History {
    /// Starts at the newest commit of the repository at `path`, a folder with a `.git` or a bare repository.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] if git cannot be started. What it says about the repository comes with the first row.
    pub fn open(path: &Path, options: HistoryOptions) -> Result<Self, Error> {
        Ok(Self { walk: Walk::open(path, options)?, miner: Miner::default() })
    }

    /// The same walk, with `watch` called after each commit. When that breaks, the walk ends as if there were no more.
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

impl Iterator for History {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.walk.next(&mut self.miner)
    }
}

impl FusedIterator for History {}

impl Source for History {
    fn skipped(&self) -> &Skipped {
        &self.walk.skipped
    }
}
