//! What can go wrong while preparing examples.

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an example or a batch could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Tokens and their offsets are not of the same number.
    #[error("the answer has {tokens} tokens but {offsets} offsets")]
    Offsets {
        /// Tokens of the answer.
        tokens: usize,
        /// Offsets given.
        offsets: usize,
    },

    /// A weight is not a finite number of at least 0.
    #[error(
        "the weight of bytes {start}..{end} is {weight}, expected a finite number of at least 0"
    )]
    Weight {
        /// First byte of the span.
        start: usize,
        /// Byte after the span.
        end: usize,
        /// The weight.
        weight: f32,
    },

    /// An example without a prompt: its first token has nothing to be predicted from.
    #[error("an example needs a prompt of at least one token")]
    EmptyPrompt,

    /// An example is longer than the model's context.
    #[error(
        "example {index} has {tokens} tokens, the context has {context}: leave it out or shorten its source"
    )]
    TooLong {
        /// Which example of the batch.
        index: usize,
        /// Its length.
        tokens: usize,
        /// The model's context.
        context: usize,
    },

    /// A batch without examples.
    #[error("a batch needs at least one example")]
    EmptyBatch,
}
