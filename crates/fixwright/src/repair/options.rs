//! How to look for a repair.

use std::time::Duration;

#[cfg(doc)]
use fixwright_decode::Edits;
use fixwright_decode::{Options as DecodeOptions, Random, Sampling};
use fixwright_llama::tokenizer::Tokenizer;

use super::Asked;

/// The temperature where none is said.
const TEMPERATURE: f32 = 0.7;

/// How to look for a repair.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// The most candidates to try in a round. Unless they are ranked, the first is the model's greedy answer, the others are its likeliest [`Edits`] of the source; where the
    /// greedy answer changes nothing, an edit takes its place. Answers that are diffs cannot be edited so, and are sampled.
    pub candidates: usize,
    /// Whether, where the report names no line, eight answers are decoded at a time, and the one comes first that is the likeliest as a whole. It
    /// takes several times as long until there is one, and is for programs without tests: with tests it is quicker to try each, and where a line
    /// is named, the order of before was found to be as good. Sampled answers and diffs come as they are sampled.
    pub ranked: bool,
    /// The most rounds. Each one after the first is told what is wrong with the best candidate so far, and there is none once a candidate is a
    /// repair.
    pub rounds: usize,
    /// How long the search may take, the time not counted in which it waits for the model to finish with another search.
    pub time_budget: Option<Duration>,
    /// The temperature at which all candidates but the first are to be sampled, instead of edits.
    pub temperature: Option<f32>,
    /// Nucleus of sampled candidates.
    pub top_p: f32,
    /// The same seed gives the same sampled candidates.
    pub seed: u64,
    /// The most tokens of an answer; `None` for half as much again as the answer that would change nothing, and 64 more.
    pub max_new_tokens: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            candidates: 1,
            ranked: false,
            rounds: 1,
            time_budget: None,
            temperature: None,
            top_p: 0.95,
            seed: 0,
            max_new_tokens: None,
        }
    }
}

impl Options {
    /// The options with another number of candidates.
    #[must_use]
    pub fn with_candidates(mut self, candidates: usize) -> Self {
        self.candidates = candidates;
        self
    }

    /// The options with answers ranked, or not.
    #[must_use]
    pub fn with_ranking(mut self, ranked: bool) -> Self {
        self.ranked = ranked;
        self
    }

    /// The options with another number of rounds.
    #[must_use]
    pub fn with_rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    /// The options with a time budget.
    #[must_use]
    pub fn with_time_budget(mut self, budget: Duration) -> Self {
        self.time_budget = Some(budget);
        self
    }

    /// The options with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The options with a limit on the tokens of an answer.
    #[must_use]
    pub fn with_max_new_tokens(mut self, tokens: usize) -> Self {
        self.max_new_tokens = Some(tokens);
        self
    }

    /// How a whole answer is decoded, counted from 0: the first greedily, all others sampled, each with a seed of its own.
    #[must_use]
    pub fn decoding(
        &self,
        candidate: usize,
        asked: &Asked,
        tokenizer: &Tokenizer,
    ) -> DecodeOptions {
        let sampling = match candidate {
            0 => Sampling::Greedy,
            _ => Sampling::Random(Random {
                temperature: self.temperature.unwrap_or(TEMPERATURE),
                top_p: self.top_p,
                seed: self.seed.wrapping_add(candidate as u64),
                ..Random::default()
            }),
        };
        DecodeOptions {
            max_new_tokens: self.max_new_tokens.unwrap_or(asked.usual_limit()),
            stop_tokens: tokenizer.end_of_turn().to_vec(),
            sampling,
            ..DecodeOptions::default()
        }
    }
}
