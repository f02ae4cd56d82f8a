//! What a generation cost.

use std::time::Duration;

/// What a generation cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Tokens of the prompt that had to be computed.
    pub prompt_tokens: usize,
    /// Tokens in the output.
    pub output_tokens: usize,
    /// Forward passes, the one over the prompt included.
    pub forwards: usize,
    /// Drafted tokens that were verified.
    pub proposed: usize,
    /// Drafted tokens that the model would have chosen too.
    pub accepted: usize,
    /// Time in the forward pass over the prompt.
    pub prefill: Duration,
    /// Time in all later forward passes.
    pub verify: Duration,
    /// Time spent drafting.
    pub draft: Duration,
}

impl Stats {
    /// Accepted drafted tokens by verified ones; 0 where nothing was drafted.
    pub fn acceptance_rate(&self) -> f64 {
        ratio(self.accepted, self.proposed)
    }

    /// Output tokens by forward passes.
    pub fn tokens_per_forward(&self) -> f64 {
        ratio(self.output_tokens, self.forwards)
    }

    /// Time in the model and in drafting.
    pub fn total(&self) -> Duration {
        self.prefill + self.verify + self.draft
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
