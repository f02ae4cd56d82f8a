//! What can go wrong: one type for the whole crate, each variant naming the file and the place in it.

use std::io;
use std::path::{Path, PathBuf};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a model could not be read or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused a file.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// The operating system refused to write a file.
    #[error("cannot write {}", .path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// A GGUF file does not follow its format.
    #[error("{}: byte {offset}: {what}", .path.display())]
    Gguf {
        /// The file.
        path: PathBuf,
        /// Where the offending bytes start.
        offset: u64,
        /// What is wrong with them.
        what: String,
    },

    /// A safetensors file, or the index over several, does not follow its format.
    #[error("{}: {what}", .path.display())]
    Safetensors {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },

    /// A setting of the model is missing, has the wrong type or a value that cannot be.
    #[error("{}: `{key}` {what}", .path.display())]
    Config {
        /// The file: `config.json`, or a GGUF file for its metadata.
        path: PathBuf,
        /// The setting, as the file spells it.
        key: String,
        /// What is wrong with it, worded to follow the key: "is missing".
        what: String,
    },

    /// A tensor that the model needs is not there.
    #[error("{}: tensor `{tensor}` is missing", .path.display())]
    MissingTensor {
        /// The file.
        path: PathBuf,
        /// The tensor, as the file would spell it.
        tensor: String,
    },

    /// A tensor has another shape than the model's settings imply.
    #[error("{}: tensor `{tensor}` has shape {found:?}, expected {expected:?}", .path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The tensor, as the file spells it.
        tensor: String,
        /// The shape that the settings imply, outermost dimension first.
        expected: Vec<usize>,
        /// The shape in the file, outermost dimension first.
        found: Vec<usize>,
    },

    /// A tensor is stored in a type that this crate does not read.
    #[error("{}: tensor `{tensor}` has type {ty}, which is not supported", .path.display())]
    UnsupportedType {
        /// The file.
        path: PathBuf,
        /// The tensor, as the file spells it.
        tensor: String,
        /// The type's name, or its number where it has no known name.
        ty: String,
    },

    /// The file holds a model of a family that this crate does not know.
    #[error("{}: unknown architecture `{name}`, supported are {}", .path.display(), .supported.join(", "))]
    UnknownArchitecture {
        /// The file.
        path: PathBuf,
        /// The family's name, as the file spells it.
        name: String,
        /// The families that can be read.
        supported: &'static [&'static str],
    },

    /// A tokenizer could not be built, or refused a text.
    #[error("{}: tokenizer: {what}", .path.display())]
    Tokenizer {
        /// The file that the tokenizer comes from.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },

    /// The tokenizer has ids that the model has no embedding for.
    #[error(
        "{}: the tokenizer has {tokenizer} ids but the model only {model}: they do not belong together",
        .path.display()
    )]
    VocabularyMismatch {
        /// The file that the tokenizer comes from.
        path: PathBuf,
        /// How many ids the tokenizer can produce.
        tokenizer: usize,
        /// How many ids the model accepts.
        model: usize,
    },

    /// A token that the model has no embedding for.
    #[error("token {id} is outside the model's vocabulary of {vocabulary}")]
    TokenOutOfRange {
        /// The token.
        id: u32,
        /// How many ids the model accepts.
        vocabulary: usize,
    },

    /// More tokens than the model, or the cache made for it, has room for.
    #[error(
        "{needed} tokens do not fit into a context of {limit}: shorten the prompt or the answer"
    )]
    ContextOverflow {
        /// How many positions would be in use.
        needed: usize,
        /// How many there are.
        limit: usize,
    },

    /// An adapter that was made for another model.
    #[error("the adapter does not fit the model: {what}")]
    Adapter {
        /// Which module does not fit, and how.
        what: String,
    },

    /// The device that the model should run on is not usable.
    #[error("device {device}: {what}")]
    Device {
        /// The device, as it was asked for.
        device: String,
        /// Why it cannot be used.
        what: String,
    },
}

/// Short spellings for the variants that several modules raise.
impl Error {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    pub(crate) fn gguf(path: &Path, offset: u64, what: impl Into<String>) -> Self {
        Self::Gguf { path: path.to_owned(), offset, what: what.into() }
    }

    pub(crate) fn safetensors(path: &Path, what: impl Into<String>) -> Self {
        Self::Safetensors { path: path.to_owned(), what: what.into() }
    }

    pub(crate) fn config(path: &Path, key: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Config { path: path.to_owned(), key: key.into(), what: what.into() }
    }

    pub(crate) fn missing_tensor(path: &Path, tensor: impl Into<String>) -> Self {
        Self::MissingTensor { path: path.to_owned(), tensor: tensor.into() }
    }

    pub(crate) fn tokenizer(path: &Path, what: impl Into<String>) -> Self {
        Self::Tokenizer { path: path.to_owned(), what: what.into() }
    }
}
