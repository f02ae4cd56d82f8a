//! What keeps a candidate from being judged at all.

use std::io;
use std::path::{Path, PathBuf};

/// Why the work could not be done. A candidate that is no good is a [`Verdict`](crate::Verdict)
/// instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The command names no program.
    #[error("the command is empty")]
    EmptyCommand,
    /// The command is to run in a folder outside the tree.
    #[error("the command's folder `{}` must be relative and stay in the tree", dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
    },
    /// A tree of one file has that file at its root.
    #[error("`{name}` is not the name of a file alone: leave the folders out")]
    FileName {
        /// The name.
        name: String,
    },
    /// The command could not be started.
    #[error("cannot start `{program}` in `{}`: {source}", dir.display())]
    Start {
        /// The program.
        program: String,
        /// The folder of the tree that it was to run in.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// This system cannot confine a command.
    #[error("no sandbox: {reason}")]
    Sandbox {
        /// Why not.
        reason: String,
    },
    /// The system has no process for a command, or a running one could not be watched.
    #[error("cannot run a command, or not follow it: {source}")]
    Watch {
        /// What the system said.
        source: io::Error,
    },
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The tree is larger than a copy may be.
    #[error("`{}` has more than {limit}: leave build folders out or raise the limit", root.display())]
    TooLarge {
        /// The tree.
        root: PathBuf,
        /// The limit that it exceeds.
        limit: String,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Whoever stands in for a [`Validator`](crate::Validator) could not judge.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
    /// The files to patch could not be read, or not be written into the copy.
    #[error("cannot read or write the files to patch: {0}")]
    Patch(#[source] fixwright_patch::Error),
}

impl Error {
    /// Turns an error of the file system into one that names the `path`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }
}
