//! Where drafts come from.

/// What is known when a draft is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The tokens of the prompt.
    pub prompt: &'a [u32],
    /// The tokens generated so far.
    pub output: &'a [u32],
}

/// Guesses the next tokens. A wrong guess costs time, never correctness; but a target may fail at a token that is not in its vocabulary.
pub trait Proposer {
    /// The guess for the tokens that follow `context.output`; at most `max` of them are used.
    fn propose(&mut self, context: Context<'_>, max: usize) -> Vec<u32>;
}

/// Never guesses: plain decoding, one forward pass a token.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDraft;

impl Proposer for NoDraft {
    fn propose(&mut self, _: Context<'_>, _: usize) -> Vec<u32> {
        Vec::new()
    }
}
