//! The commits of a history, one at a time, as `git log` writes them into a pipe.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::ChildStdout;

use super::HistoryOptions;
use super::git::Git;
use crate::Error;

/// The longest path that is read, in bytes.
const MAX_PATH: usize = 4096;

/// How many changed files of a commit are kept; a commit with more is no fix of one bug.
pub(crate) const MAX_CHANGES: usize = 1000;

/// A commit and what it changes.
pub(crate) struct Commit {
    pub(crate) id: String,
    pub(crate) parents: usize,
    /// The day on which it was committed, in UTC: `2024-02-29`.
    pub(crate) day: String,
    /// The message; none if it is longer than allowed.
    pub(crate) message: Option<Vec<u8>>,
    /// The first [`MAX_CHANGES`] changed files.
    pub(crate) changes: Vec<Change>,
    /// How many files are changed in all.
    pub(crate) changed: usize,
}

/// A file that a commit changes.
pub(crate) struct Change {
    /// How: `M`, `A`, `D`, `T`.
    pub(crate) status: u8,
    pub(crate) old_mode: String,
    pub(crate) new_mode: String,
    pub(crate) old: String,
    pub(crate) new: String,
    /// The path; none if it is longer than allowed.
    pub(crate) path: Option<Vec<u8>>,
}

/// A running `git log`.
pub(crate) struct Log {
    git: Git,
    output: BufReader<ChildStdout>,
    /// The identifier of the next commit, where the end of the one before was known by it.
    ahead: Option<Vec<u8>>,
    max_message: usize,
}

impl Log {
    /// Starts at the newest commit that the options name.
    pub(crate) fn start(repository: &Path, options: &HistoryOptions) -> Result<Self, Error> {
        let mut arguments: Vec<String> = [
            "-z",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--no-relative",
            "--diff-merges=off",
            "--ignore-submodules=all",
            "-O/dev/null",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--no-decorate",
            "--no-notes",
            "--no-mailmap",
            "--no-show-signature",
            "--encoding=UTF-8",
            "--date=short-local",
            "--format=tformat:%H%x00%P%x00%cd%x00%B",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.extend(options.since.iter().map(|date| format!("--since={date}")));
        arguments.extend(options.until.iter().map(|date| format!("--until={date}")));
        arguments.push("--end-of-options".to_owned());
        arguments.extend(options.revisions.iter().cloned());
        arguments.push("--".to_owned());
        let (git, _, output) = Git::start(repository, "log", &arguments)?;
        let output = BufReader::with_capacity(1 << 16, output);
        Ok(Self { git, output, ahead: None, max_message: options.max_message_bytes })
    }

    /// The next older commit; `None` behind the last.
    pub(crate) fn next(&mut self) -> Result<Option<Commit>, Error> {
        let first = match self.ahead.take() {
            Some(id) => Some(Field { bytes: id, cut: false }),
            None => self.field(MAX_PATH)?,
        };
        let Some(id) = first else {
            self.git.finish()?;
            return Ok(None);
        };
        let parents = self.expected(MAX_PATH)?;
        let day = self.expected(MAX_PATH)?;
        let message = self.expected(self.max_message)?;
        let mut commit = Commit {
            id: id.text(),
            parents: parents.bytes.split(|byte| *byte == b' ').filter(|id| !id.is_empty()).count(),
            day: day.text(),
            message: message.whole(),
            changes: Vec::new(),
            changed: 0,
        };
        self.changes(&mut commit)?;
        Ok(Some(commit))
    }

    /// Reads what the commit changes, up to the identifier of the next one.
    fn changes(&mut self, commit: &mut Commit) -> Result<(), Error> {
        while let Some(field) = self.field(MAX_PATH)? {
            // A line feed is between the message and the first change.
            let text = field.bytes.strip_prefix(b"\n").unwrap_or(&field.bytes);
            let Some(raw) = text.strip_prefix(b":") else {
                self.ahead = Some(text.to_vec());
                return Ok(());
            };
            let path = self.expected(MAX_PATH)?.whole();
            commit.changed += 1;
            if commit.changes.len() < MAX_CHANGES {
                let change = change(&String::from_utf8_lossy(raw), path);
                commit.changes.push(change.ok_or_else(|| self.git.failed(&"an unknown change"))?);
            }
        }
        Ok(())
    }

    fn expected(&mut self, limit: usize) -> Result<Field, Error> {
        self.field(limit)?.ok_or_else(|| self.git.failed(&"its output ends in the middle"))
    }

    /// The bytes up to the next NUL; those above `limit` are passed over.
    fn field(&mut self, limit: usize) -> Result<Option<Field>, Error> {
        let mut bytes = Vec::new();
        let most = limit as u64 + 1;
        let read = self.output.by_ref().take(most).read_until(0, &mut bytes);
        if read.map_err(|error| self.git.failed(&error))? == 0 {
            return Ok(None);
        }
        let cut = bytes.pop_if(|byte| *byte == 0).is_none() && bytes.len() > limit;
        if cut {
            self.output.skip_until(0).map_err(|error| self.git.failed(&error))?;
        }
        Ok(Some(Field { bytes, cut }))
    }
}

/// The bytes between two NULs.
struct Field {
    bytes: Vec<u8>,
    /// Whether there were more of them.
    cut: bool,
}

impl Field {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn whole(self) -> Option<Vec<u8>> {
        (!self.cut).then_some(self.bytes)
    }
}

/// A change from git's `MODE MODE OBJECT OBJECT STATUS`.
fn change(raw: &str, path: Option<Vec<u8>>) -> Option<Change> {
    let mut words = raw.split(' ').map(str::to_owned);
    let (old_mode, new_mode) = (words.next()?, words.next()?);
    let (old, new) = (words.next()?, words.next()?);
    let status = *words.next()?.as_bytes().first()?;
    Some(Change { status, old_mode, new_mode, old, new, path })
}
