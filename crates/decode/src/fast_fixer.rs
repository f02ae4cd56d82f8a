//! The drafting rule of FastFixer, as its code has it.

use crate::lines::LineEnds;
use crate::proposer::{Context, Proposer};

/// So many tokens at the beginning of a line decide where drafting goes on.
const LINE_HEAD: usize = 5;

/// FastFixer's rule (Liu et al. 2024, arXiv 2410.21285): the baseline to compare with.
///
/// The whole wrong program is the first draft. After a mismatch nothing is drafted to the end of the line; then the first five tokens
/// of the next line look for the first line of the program that begins with the same five, and all that follows them is the next draft.
/// A line of fewer tokens, or one that is not found, is passed over.
#[derive(Debug, Clone)]
pub struct FastFixer {
    source: Vec<u32>,
    starts: Vec<usize>,
    line_ends: LineEnds,
    state: State,
    /// How much of the output was looked at.
    seen: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The next output token is expected to be the source's at this position.
    Following(usize),
    /// The line with the mismatch is not over.
    Lost,
    /// This many tokens of the line are there.
    InHead(usize),
}

impl FastFixer {
    /// Drafts from `source`: the tokens of the answer that would change nothing.
    pub fn new(source: Vec<u32>, line_ends: LineEnds) -> Self {
        let starts = line_ends.starts(&source);
        Self { source, starts, line_ends, state: State::Following(0), seen: 0 }
    }

    /// The state after the last token of `output`.
    fn advance(&self, output: &[u32]) -> State {
        let Some(&token) = output.last() else { return State::Following(0) };
        let ended = self.line_ends.contains(token);
        match self.state {
            State::Following(at) if self.source.get(at) == Some(&token) => State::Following(at + 1),
            State::Following(_) | State::Lost | State::InHead(_) if ended => State::InHead(0),
            State::Following(_) | State::Lost => State::Lost,
            State::InHead(count) if count + 1 < LINE_HEAD => State::InHead(count + 1),
            State::InHead(_) => self.realign(&output[output.len() - LINE_HEAD..]),
        }
    }

    fn realign(&self, head: &[u32]) -> State {
        let fits = |start: &&usize| self.source[**start..].starts_with(head);
        let found = self.starts.iter().find(fits);
        found.map_or(State::Lost, |start| State::Following(start + LINE_HEAD))
    }
}

impl Proposer for FastFixer {
    fn propose(&mut self, context: Context<'_>, max: usize) -> Vec<u32> {
        while self.seen < context.output.len() {
            self.seen += 1;
            self.state = self.advance(&context.output[..self.seen]);
        }
        match self.state {
            State::Following(at) => self.source[at..].iter().take(max).copied().collect(),
            State::Lost | State::InHead(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Token 0 ends a line.
    fn drafts(source: &[u32], outputs: &[&[u32]]) -> Vec<Vec<u32>> {
        let mut rule = FastFixer::new(source.to_vec(), LineEnds::from_iter([0]));
        outputs.iter().map(|output| rule.propose(Context { prompt: &[9], output }, 4)).collect()
    }

    #[test]
    fn the_whole_source_comes_first() {
        assert_eq!(drafts(&[1, 2, 3, 0, 5], &[&[], &[1, 2, 3, 0]]), [vec![1, 2, 3, 0], vec![5]]);
    }

    #[test]
    fn five_tokens_of_the_next_line_realign() {
        let source = [1, 2, 0, 3, 4, 5, 6, 7, 8, 0, 3, 4, 5, 6, 7, 9, 0];
        let output = [1, 77, 0, 3, 4, 5, 6, 7];
        let expected = [vec![1, 2, 0, 3], vec![], vec![], vec![], vec![8, 0, 3, 4]];
        let outputs: [&[u32]; 5] = [&[], &output[..2], &output[..3], &output[..7], &output];
        assert_eq!(drafts(&source, &outputs), expected, "the first of two lines wins");
    }

    #[test]
    fn short_and_unknown_lines_are_passed_over() {
        let source = [1, 0, 2, 0, 3, 4, 5, 6, 7, 8];
        let short: &[u32] = &[77, 0, 2, 0, 3, 4, 5, 6];
        let unknown: &[u32] = &[77, 0, 9, 9, 9, 9, 9, 9, 0, 3, 4, 5, 6, 7];
        assert_eq!(drafts(&source, &[short]), [vec![0; 0]]);
        assert_eq!(drafts(&source, &[unknown]), [vec![8]]);
    }
}
