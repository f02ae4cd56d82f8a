//! What can go wrong on fixwright's side. What a model got wrong is an [`AnswerError`](crate::AnswerError).

use std::io;
use std::path::PathBuf;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a prompt could not be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A target of another name than the known ones.
    #[error("unknown target `{name}`, expected diff, window or program")]
    UnknownTarget {
        /// The name as it was given.
        name: String,
    },

    /// The reported line is not in the file.
    #[error("{path}: line {line} is not there, the file has {lines} lines")]
    LineOutOfRange {
        /// The file, as the request names it.
        path: String,
        /// The line that was asked for, counted from 1.
        line: usize,
        /// How many lines the file has.
        lines: usize,
    },

    /// A fix that the target cannot say: an answer that would be read back as another text.
    #[error("{path}: the fix cannot be said as `{target}`: {reason}")]
    Inexpressible {
        /// The file, as the request names it.
        path: String,
        /// The form that the answer should have had.
        target: crate::Target,
        /// What stands in the way.
        reason: &'static str,
    },

    /// The folder of a source tree cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A source tree of more files than anyone has written.
    #[error("{}: more than {limit} C files; name a folder further down", path.display())]
    TreeTooLarge {
        /// The tree.
        path: PathBuf,
        /// How many files it may have.
        limit: usize,
    },

    /// The caller's callback stopped the work.
    #[error("cancelled")]
    Cancelled,

    /// A chat template that does not parse, or that refuses the messages.
    #[error("chat template: {what}")]
    ChatTemplate {
        /// What is wrong, in the template engine's words, with the line where it knows it.
        what: String,
    },
}
