//! What a generation cost.

use std::ops::AddAssign;
use std::time::Duration;

/// What a generation cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Tokens of the prompt that had to be computed.
    pub prompt_tokens: usize,
    /// Tokens that were decoded: those of the output but for those that were given.
    pub output_tokens: usize,
    /// Forward passes that verify a draft, which may be empty; reading the prompt is not one of them.
    pub forwards: usize,
    /// Drafted tokens that were verified.
    pub proposed: usize,
    /// Drafted tokens that the model would have chosen too.
    pub accepted: usize,
    /// The same by position: how often a draft had a first token and how often that was accepted, a second one, and so on.
    pub positions: Vec<Position>,
    /// Time in reading the prompt.
    pub prefill: Duration,
    /// Time in forward passes that verify.
    pub verify: Duration,
    /// Time spent drafting.
    pub draft: Duration,
}

/// What became of the drafted tokens at one position of their drafts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// Drafts that had a token here.
    pub proposed: usize,
    /// Drafts that were accepted as far as here.
    pub accepted: usize,
}

impl AddAssign<&Self> for Stats {
    /// What both cost together.
    fn add_assign(&mut self, other: &Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.output_tokens += other.output_tokens;
        self.forwards += other.forwards;
        self.proposed += other.proposed;
        self.accepted += other.accepted;
        self.prefill += other.prefill;
        self.verify += other.verify;
        self.draft += other.draft;
        if self.positions.len() < other.positions.len() {
            self.positions.resize(other.positions.len(), Position::default());
        }
        for (own, other) in self.positions.iter_mut().zip(&other.positions) {
            own.proposed += other.proposed;
            own.accepted += other.accepted;
        }
    }
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

    /// Counts a draft of `proposed` tokens of which the first `accepted` were accepted.
    pub(crate) fn count_draft(&mut self, proposed: usize, accepted: usize) {
        self.proposed += proposed;
        self.accepted += accepted;
        if self.positions.len() < proposed {
            self.positions.resize(proposed, Position::default());
        }
        for (index, position) in self.positions.iter_mut().take(proposed).enumerate() {
            position.proposed += 1;
            position.accepted += usize::from(index < accepted);
        }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
