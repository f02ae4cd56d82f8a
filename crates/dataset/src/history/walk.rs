//! The way through a history that every source of this kind goes.

use std::collections::VecDeque;
use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use fixwright_validate::Error as ValidateError;

use super::{Blobs, Commit, HistoryOptions, Log};
use crate::{Error, RepairSample, Skipped};

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

impl From<ValidateError> for Stop {
    fn from(error: ValidateError) -> Self {
        Self::Fail(error.into())
    }
}

/// What makes rows of commits.
pub(crate) trait Examine {
    /// The rows of a commit, the next older one each time. Those of a commit that the walk [only passes](Walk::is_passing) are not
    /// wanted.
    fn rows(&mut self, commit: &Commit, walk: &mut Walk) -> Result<Vec<RepairSample>, Stop>;
}

/// A walk from the newest commit of a history to the oldest.
pub(crate) struct Walk {
    log: Log,
    pub(crate) blobs: Blobs,
    pub(crate) options: HistoryOptions,
    pub(crate) skipped: Skipped,
    /// The rows of the commit at hand that are still to be given out.
    rows: VecDeque<RepairSample>,
    pub(crate) walked: Walked,
    pub(crate) watch: Watch,
    ended: bool,
}

impl Walk {
    pub(crate) fn open(path: &Path, options: HistoryOptions) -> Result<Self, Error> {
        Ok(Self {
            log: Log::start(path, &options)?,
            blobs: Blobs::start(path)?,
            options,
            skipped: Skipped::default(),
            rows: VecDeque::new(),
            walked: Walked::default(),
            watch: Box::new(|_| ControlFlow::Continue(())),
            ended: false,
        })
    }

    /// Whether the commit at hand comes before the first one whose rows are wanted, or is that one's mark.
    pub(crate) fn is_passing(&self) -> bool {
        self.options.after.is_some()
    }

    /// The next row, from as many commits as it takes.
    pub(crate) fn next(
        &mut self,
        examine: &mut impl Examine,
    ) -> Option<Result<RepairSample, Error>> {
        while self.rows.is_empty() && !self.ended {
            if let Err(error) = self.step(examine) {
                self.ended = true;
                return Some(Err(error));
            }
        }
        self.rows.pop_front().map(Ok)
    }

    /// Walks to the next commit and takes its rows.
    fn step(&mut self, examine: &mut impl Examine) -> Result<(), Error> {
        let Some(commit) = self.log.next()? else {
            self.ended = true;
            return match &self.options.after {
                Some(after) => Err(Error::NoCommit { commit: after.clone() }),
                None => Ok(()),
            };
        };
        match examine.rows(&commit, self) {
            Ok(_) | Err(Stop::Skip(_)) if self.is_passing() => {}
            Ok(rows) => self.rows.extend(rows),
            Err(Stop::Skip(reason)) => self.skipped.add(reason),
            Err(Stop::Fail(Error::Validate(ValidateError::Cancelled))) => {
                self.ended = true;
                return Ok(());
            }
            Err(Stop::Fail(error)) => return Err(error),
        }
        if self.options.after.as_ref() == Some(&commit.id) {
            self.options.after = None;
        }
        self.walked = Walked { commits: self.walked.commits + 1, commit: commit.id };
        self.ended = (self.watch)(&self.walked).is_break();
        Ok(())
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk")
            .field("options", &self.options)
            .field("walked", &self.walked)
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}
