//! What can go wrong on the way from report to patch.

use std::io;
use std::path::PathBuf;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a repair could not be tried. A candidate that is no good is not among it: that is a verdict.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file that the report names is not in the tree.
    #[error("{name}: there is no such file under {}", .root.display())]
    SourceMissing {
        /// The file, as the report has it.
        name: String,
        /// Where it was looked for.
        root: PathBuf,
    },

    /// The file that the report names could be one of several.
    #[error("{name}: this could be any of {}", .found.join(", "))]
    SourceAmbiguous {
        /// The file, as the report has it.
        name: String,
        /// Files of the tree whose paths end like it.
        found: Vec<String>,
    },

    /// The file is too large to be source code.
    #[error("{}: {size} bytes, at most {limit} can be repaired", .path.display())]
    SourceTooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        size: u64,
        /// The largest size.
        limit: u64,
    },

    /// The file is not UTF-8, which prompts have to be.
    #[error("{}:{line}: byte {byte} is not UTF-8: convert the file first, for example with iconv", .path.display())]
    SourceNotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The offset of the first byte that is wrong.
        byte: usize,
    },

    /// A file could not be read.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// Whoever stands in for a model could not answer.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),

    /// The prompt could not be made.
    #[error(transparent)]
    Prompt(#[from] fixwright_prompt::Error),

    /// The candidates could not be judged.
    #[error(transparent)]
    Validate(#[from] fixwright_validate::Error),

    /// The model could not be read or run.
    #[cfg(feature = "model")]
    #[error(transparent)]
    Llama(#[from] fixwright_llama::Error),

    /// Decoding failed.
    #[cfg(feature = "model")]
    #[error(transparent)]
    Decode(#[from] fixwright_decode::Error),
}
