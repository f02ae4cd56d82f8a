//! Drafting by copying the text that is being repaired.

use crate::proposer::{Context, Proposer};

/// Fewer matching tokens than this say too little about where in the source the output is.
const SHORTEST_MATCH: usize = 2;

/// A longer match than this decides nothing any more.
const LONGEST_MATCH: usize = 32;

/// Copies the source: from its start for the first draft, then from where the longest suffix of the output occurs in it.
///
/// Of several occurrences of the same length the first at or after the place last copied from is taken, or else the first.
#[derive(Debug, Clone)]
pub struct CopyDraft {
    source: Vec<u32>,
    /// Where the last draft began.
    place: usize,
}

impl CopyDraft {
    /// Copies from `source`: the tokens of the answer that would change nothing.
    pub fn new(source: Vec<u32>) -> Self {
        Self { source, place: 0 }
    }

    /// The position in the source that follows what was last output.
    fn locate(&self, output: &[u32]) -> Option<usize> {
        if output.is_empty() {
            return Some(0);
        }
        let rank =
            |end: &usize| (self.matched(*end, output), *end >= self.place, std::cmp::Reverse(*end));
        let end = (1..=self.source.len()).max_by_key(rank)?;
        (self.matched(end, output) >= SHORTEST_MATCH.min(output.len())).then_some(end)
    }

    /// How many tokens before `end` in the source are also the last ones of the output.
    fn matched(&self, end: usize, output: &[u32]) -> usize {
        let pairs = self.source[..end].iter().rev().zip(output.iter().rev());
        pairs.take(LONGEST_MATCH).take_while(|(a, b)| a == b).count()
    }
}

impl Proposer for CopyDraft {
    fn propose(&mut self, context: Context<'_>, max: usize) -> Vec<u32> {
        let Some(start) = self.locate(context.output) else { return Vec::new() };
        self.place = start;
        self.source[start..].iter().take(max).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The drafts for a series of outputs, each of at most three tokens.
    fn drafts(source: &[u32], outputs: &[&[u32]]) -> Vec<Vec<u32>> {
        let mut draft = CopyDraft::new(source.to_vec());
        outputs.iter().map(|output| draft.propose(Context { prompt: &[9], output }, 3)).collect()
    }

    #[test]
    fn starts_at_the_start_and_follows() {
        assert_eq!(drafts(&[1, 2, 3, 4, 5], &[&[], &[1, 2, 3]]), [vec![1, 2, 3], vec![4, 5]]);
    }

    #[test]
    fn realigns_after_an_edit_and_pauses_within() {
        let outputs: [&[u32]; 3] = [&[1, 2, 77], &[1, 2, 77, 4], &[1, 2, 77, 4, 5]];
        assert_eq!(drafts(&[1, 2, 3, 4, 5, 6], &outputs), [vec![], vec![], vec![6]]);
    }

    #[test]
    fn longest_match_wins_and_place_breaks_ties() {
        let source = [7, 8, 1, 5, 7, 8, 2, 5, 7, 8, 3];
        assert_eq!(drafts(&source, &[&[5, 7, 8]]), [vec![2, 5, 7]]);
        assert_eq!(drafts(&source, &[&[5, 7, 8, 2, 5], &[9, 7, 8]]), [vec![7, 8, 3], vec![3]]);
    }

    #[test]
    fn an_empty_source_has_no_draft() {
        assert_eq!(drafts(&[], &[&[], &[1]]), [vec![0; 0], vec![]]);
    }
}
