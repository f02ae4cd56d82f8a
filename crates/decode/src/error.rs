//! What can go wrong while decoding.

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why nothing could be generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no token to continue from.
    #[error("the prompt is empty: at least one token is needed to continue from")]
    EmptyPrompt,

    /// The prompt leaves no room for an answer.
    #[error("the prompt of {prompt} tokens fills the context of {context}: shorten it")]
    PromptTooLong {
        /// Tokens of the prompt.
        prompt: usize,
        /// Positions of the context.
        context: usize,
    },

    /// A sampling parameter is out of range.
    #[error("{name} is {value}, expected {expected}")]
    Sampling {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f32,
        /// What is allowed.
        expected: &'static str,
    },

    /// The target returned another number of logits than asked for.
    #[error("the target returned {found} logits for {rows} rows, which is not a whole row each")]
    Logits {
        /// Rows asked for.
        rows: usize,
        /// Numbers returned.
        found: usize,
    },

    /// The target failed.
    #[error("the model failed")]
    Target(#[source] Box<dyn std::error::Error + Send + Sync>),
}
