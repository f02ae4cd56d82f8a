//! What can go wrong in training.

use std::io;
use std::path::{Path, PathBuf};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no example, no step or no checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Tokens and their weights are not of the same number.
    #[error("the answer has {tokens} tokens but {weights} weights")]
    Weights {
        /// Tokens of the answer.
        tokens: usize,
        /// Weights given.
        weights: usize,
    },

    /// A weight is not a finite number of at least 0.
    #[error("the weight of token {index} is {weight}, expected a finite number of at least 0")]
    Weight {
        /// Which token of the answer.
        index: usize,
        /// The weight.
        weight: f32,
    },

    /// An example without a prompt: its first token has nothing to be predicted from.
    #[error("an example needs a prompt of at least one token")]
    EmptyPrompt,

    /// A tokenizer without a token that ends an answer: a model could never learn to stop.
    #[error("the tokenizer has no token that ends an answer")]
    NoEnd,

    /// An example is longer than the model's context.
    #[error(
        "{kind} example {index} has {tokens} tokens, the context has {context}: leave it out or shorten its source"
    )]
    TooLong {
        /// `training`, `held-out` or `the batch's`.
        kind: &'static str,
        /// Which example.
        index: usize,
        /// Its length.
        tokens: usize,
        /// The model's context.
        context: usize,
    },

    /// A batch or a data set without examples.
    #[error("there is no example to train on")]
    EmptyBatch,

    /// Examples in which no token counts.
    #[error("no token of step {step} counts: the mask gives every one the weight 0")]
    NoWeight {
        /// The step, from 0.
        step: usize,
    },

    /// An option has a value that no run could have.
    #[error("option `{name}` must be {expected}")]
    Option {
        /// The option.
        name: &'static str,
        /// What it must be.
        expected: String,
    },

    /// The loss or the gradient is not a finite number any more.
    #[error(
        "{what} of step {step} is {value}: the learning rate is too high, or the weights are broken; \
         begin another run with a lower `learning_rate`, from the adapter of an earlier checkpoint if there is one"
    )]
    NonFinite {
        /// The step, from 0.
        step: usize,
        /// `the loss` or `the gradient's norm`.
        what: &'static str,
        /// Its value.
        value: f64,
    },

    /// A checkpoint that is broken, or was made by another run.
    #[error("{}: {what}", .path.display())]
    Checkpoint {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong, and what to do.
        what: String,
    },

    /// The operating system refused a file.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// `read` or `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// The other processes of a distributed run cannot be reached any more.
    #[error("rank {rank}: {what}")]
    Peers {
        /// This process.
        rank: usize,
        /// What happened.
        what: String,
        /// What the operating system said.
        source: io::Error,
    },

    /// The model, its files or its tokenizer.
    #[error(transparent)]
    Model(#[from] fixwright_llama::Error),

    /// The prompt or the answer cannot be rendered.
    #[error(transparent)]
    Prompt(#[from] fixwright_prompt::Error),
}

impl Error {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Io { action: "read", path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Io { action: "write", path: path.to_owned(), source }
    }

    pub(crate) fn checkpoint(path: &Path, what: impl Into<String>) -> Self {
        Self::Checkpoint { path: path.to_owned(), what: what.into() }
    }
}
