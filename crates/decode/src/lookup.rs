//! Prompt lookup: what followed the same few tokens the last time.

use crate::proposer::{Context, Proposer};

/// Drafts what followed the first occurrence, in prompt and output, of the last few output tokens.
///
/// Longer n-grams are tried before shorter ones, and an occurrence counts if anything follows it. These are the rules of transformers'
/// `prompt_lookup_num_tokens` (Saxena 2023, [prompt-lookup-decoding](https://github.com/apoorvumang/prompt-lookup-decoding)) and of vLLM's
/// `ngram` method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromptLookup {
    /// The longest n-gram that is looked for.
    pub max_ngram: usize,
    /// The shortest one.
    pub min_ngram: usize,
    /// The most tokens of a draft.
    pub tokens: usize,
}

impl Default for PromptLookup {
    /// The defaults of transformers.
    fn default() -> Self {
        Self { max_ngram: 2, min_ngram: 1, tokens: 10 }
    }
}

impl Proposer for PromptLookup {
    fn propose(&mut self, context: Context<'_>, max: usize) -> Vec<u32> {
        let seen = [context.prompt, context.output].concat();
        let longest = self.max_ngram.min(seen.len().saturating_sub(1));
        let start = (self.min_ngram.max(1)..=longest).rev().find_map(|n| follower(&seen, n));
        let draft = start.map_or(&[][..], |start| &seen[start..]);
        draft.iter().take(self.tokens.min(max)).copied().collect()
    }
}

/// The position after the first occurrence of the last `n` tokens that is not the end.
fn follower(seen: &[u32], n: usize) -> Option<usize> {
    let (_, ngram) = seen.split_at(seen.len() - n);
    let before = &seen[..seen.len() - 1];
    before.windows(n).position(|window| window == ngram).map(|at| at + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafts(lookup: PromptLookup, prompt: &[u32], output: &[u32]) -> Vec<u32> {
        let mut lookup = lookup;
        lookup.propose(Context { prompt, output }, 4)
    }

    #[test]
    fn longer_matches_come_first_and_early_ones_win() {
        let lookup = PromptLookup { max_ngram: 2, min_ngram: 1, tokens: 3 };
        assert_eq!(drafts(lookup, &[2, 9, 1, 2, 3, 4, 1, 2, 5], &[1, 2]), [3, 4, 1]);
        assert_eq!(drafts(lookup, &[2, 9, 8, 3], &[7, 2]), [9, 8, 3]);
        assert_eq!(drafts(lookup, &[1, 2, 3], &[4]), [0; 0]);
    }

    #[test]
    fn a_match_may_reach_into_its_own_continuation() {
        let lookup = PromptLookup { max_ngram: 3, min_ngram: 3, tokens: 8 };
        assert_eq!(drafts(lookup, &[6, 6, 6], &[6]), [6]);
        assert_eq!(drafts(lookup, &[6], &[6]), [0; 0]);
        assert_eq!(drafts(lookup, &[], &[]), [0; 0]);
    }

    #[test]
    fn limits_hold() {
        let lookup = PromptLookup { max_ngram: 2, min_ngram: 2, tokens: 2 };
        assert_eq!(drafts(lookup, &[1, 2, 3, 4, 5], &[1, 2]), [3, 4]);
        assert_eq!(drafts(lookup, &[2, 3, 4, 5], &[1, 2]), [0; 0], "no match of two");
    }
}
