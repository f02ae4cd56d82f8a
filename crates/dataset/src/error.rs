//! What can go wrong, and where.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a sample could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A line is no JSON object, or a field of it has the wrong type or comes twice.
    #[error("{place}: {message}")]
    Json {
        /// The byte at which the reading stopped.
        place: Place,
        /// What is wrong there.
        message: String,
    },
    /// A line is not UTF-8.
    #[error("{place}: not UTF-8; convert the file to UTF-8 first")]
    NotUtf8 {
        /// The first byte that is wrong.
        place: Place,
    },
    /// A line is longer than [`ReadOptions::max_line_bytes`](crate::ReadOptions::max_line_bytes).
    #[error("{place}: the line has more than {limit} bytes; raise the limit to read it")]
    LineTooLong {
        /// The first byte of the line.
        place: Place,
        /// How many bytes are allowed.
        limit: usize,
    },
    /// The input could not be read on.
    #[error("{place}: {source}")]
    Read {
        /// The first byte of the line that was being read.
        place: Place,
        /// What the system said.
        source: io::Error,
    },
    /// The output could not be written.
    #[error("cannot write a sample: {0}")]
    Write(#[source] io::Error),
    /// A file could not be written; what was at its path is unchanged.
    #[error("{}: {source}", path.display())]
    File {
        /// The file that was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder that samples are made of could not be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder of tests, or a file in it, is none.
    #[error("{}: {reason}", path.display())]
    NoTest {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The git program is missing or did not do its work.
    #[error("git {what}: {message}")]
    Git {
        /// The subcommand.
        what: &'static str,
        /// What it said.
        message: String,
    },
    /// The commit behind which a walk through a history was to begin is not in it.
    #[error("commit {commit} is not in this part of the history; give its full name")]
    NoCommit {
        /// The commit.
        commit: String,
    },
    /// The temporary file for finding near-duplicates could not be written or read.
    #[error("temporary file: {0}; is the disk full?")]
    Scratch(#[source] io::Error),
    /// There are more samples than can be counted.
    #[error("there are more than 4 billion samples")]
    TooMany,
    /// The name of an extra field is one of those that a sample has by itself.
    #[error("`{name}` is a field of every sample and cannot be an extra one")]
    NotExtra {
        /// The name.
        name: String,
    },
    /// A sample lacks what is needed of it.
    #[error("the sample cannot be used: {reason}")]
    Unfit {
        /// What is missing or wrong.
        reason: String,
    },
    /// A program could not be judged, through no fault of its own.
    #[error(transparent)]
    Validate(#[from] fixwright_validate::Error),
    /// The value of an extra field is not of the type asked for, or cannot be written as JSON.
    #[error("extra field `{name}`: {source}")]
    Extra {
        /// The name of the field.
        name: String,
        /// Why; its line and column are those of the value alone.
        source: serde_json::Error,
    },
}

/// A byte of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, counted from 1; blank ones count.
    pub line: u64,
    /// How many bytes of the input are before it.
    pub offset: u64,
}

impl Place {
    /// The place `bytes` further on in the same line.
    pub(crate) fn after(self, bytes: usize) -> Self {
        Self { offset: self.offset + bytes as u64, ..self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} (byte {})", self.line, self.offset)
    }
}
