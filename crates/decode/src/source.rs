//! Drafting from the text that is being repaired.

mod alignment;
mod automaton;
mod hazard;
mod plan;
mod prior;

use crate::cost::CostCurve;
use crate::lines::LineEnds;
use crate::proposer::{Context, Proposer};
use alignment::{Alignment, Ground, Next};
use automaton::Text;
use hazard::Hazard;

/// Stands between source, prompt and output. The longest match never reaches across, because it occurs but once, and no vocabulary has it.
const BORDER: u32 = u32::MAX - 1;

/// How many lines around the reported one count as near.
const MARGIN: usize = 1;

/// Drafts from the source, from wherever in it the output may be going on.
///
/// While the output copies the source, a pointer follows. Where it departs, several pointers do: behind the token that was put in,
/// the tokens that were replaced or taken out, and, once a line ends, at the lines that may come next. Each is weighed by how likely edits lead
/// there, and by what it predicted since; the draft is what most weight agrees on. After code that was moved, or where the output repeats the prompt or
/// itself, the longest suffix match over all three adds a pointer of its own, found by a suffix automaton in amortised constant time a token.
///
/// The draft ends where a further token is not worth its cost, given the chance that it is accepted and what a token costs otherwise
/// ([`CostCurve`]). The chance comes from the weights, from how often this answer has departed so far, and from the distance to
/// [the reported line](Self::with_reported_line).
///
/// A `SourceDraft` serves one answer: make one for each.
#[derive(Debug, Clone)]
pub struct SourceDraft {
    text: Text,
    /// Where lines of the text begin.
    lines: Vec<usize>,
    line_ends: LineEnds,
    cost: CostCurve,
    rate: f64,
    hazard: Hazard,
    alignment: Alignment,
    /// How much of the output was taken in; none while the prompt was not.
    seen: Option<usize>,
}

impl SourceDraft {
    /// Drafts from `source`: the tokens of the answer that would change nothing.
    pub fn new(source: &[u32], line_ends: LineEnds) -> Self {
        let cost = CostCurve::default();
        let mut draft = Self {
            text: Text::new(),
            lines: vec![0],
            line_ends,
            rate: plan::rate(&cost),
            cost,
            hazard: Hazard::default(),
            alignment: Alignment::start(),
            seen: None,
        };
        draft.read(source);
        draft.text.push(BORDER);
        draft
    }

    /// Drafts as long as it pays on a machine with these costs.
    #[must_use]
    pub fn with_cost(mut self, cost: CostCurve) -> Self {
        self.rate = plan::rate(&cost);
        self.cost = cost;
        self
    }

    /// Drafts less around this line of the source, counted from 0, and more elsewhere: the fix is expected there. Lines are counted by the
    /// tokens that end them, of which each ends one here, however many line feeds it holds.
    #[must_use]
    pub fn with_reported_line(mut self, line: usize) -> Self {
        let start = |line: usize| self.lines.get(line).copied().unwrap_or(usize::MAX);
        let near = start(line.saturating_sub(MARGIN))..start(line.saturating_add(MARGIN + 1));
        self.hazard.report(near);
        self
    }

    fn read(&mut self, tokens: &[u32]) {
        for token in tokens {
            self.text.push(*token);
            if self.line_ends.contains(*token) {
                self.lines.push(self.text.tokens().len());
            }
        }
    }

    fn ground(&self) -> Ground<'_> {
        Ground { tokens: self.text.tokens(), lines: &self.lines, hazard: &self.hazard }
    }

    /// Takes in one more token of the output.
    fn follow(&mut self, token: u32) {
        if let Some((at, _)) = self.alignment.copying() {
            self.hazard.count(self.text.tokens().get(at) == Some(&token));
        }
        let next = Next { token, ends_line: self.line_ends.contains(token) };
        let ground =
            Ground { tokens: self.text.tokens(), lines: &self.lines, hazard: &self.hazard };
        self.alignment.advance(next, ground);
        self.read(&[token]);
        let found = self.text.longest_match();
        let copied = self.alignment.copying().map_or(0, |(_, copied)| copied);
        if found.length >= prior::SHORTEST_MATCH && found.length > copied {
            let share = 1.0 - (-(found.length as f64) / prior::MATCHED_TOKENS).exp();
            self.alignment.add(found.end, found.length, prior::MATCHED * share);
        }
    }
}

impl Proposer for SourceDraft {
    fn propose(&mut self, context: Context<'_>, max: usize) -> Vec<u32> {
        if self.seen.is_none() {
            self.read(context.prompt);
            self.text.push(BORDER + 1);
        }
        let seen = self.seen.unwrap_or(0).min(context.output.len());
        for token in &context.output[seen..] {
            self.follow(*token);
        }
        self.seen = Some(context.output.len());
        plan::plan(self.alignment.tracks(), self.ground(), &self.cost, self.rate, max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The drafts for a series of outputs where tokens cost nothing; token 0 ends a line.
    fn drafts(source: &[u32], outputs: &[&[u32]]) -> Vec<Vec<u32>> {
        let mut draft =
            SourceDraft::new(source, LineEnds::from_iter([0])).with_cost(CostCurve::flat());
        let mut propose = |output: &&[u32]| {
            draft.propose(Context { prompt: &[90, 91, 92, 93, 94, 95], output }, 3)
        };
        outputs.iter().map(&mut propose).collect()
    }

    #[test]
    fn the_source_is_followed_from_its_start() {
        assert_eq!(drafts(&[1, 2, 3, 4, 5], &[&[], &[1, 2, 3]]), [vec![1, 2, 3], vec![4, 5]]);
        assert_eq!(drafts(&[], &[&[], &[1]]), [vec![0; 0], vec![]]);
    }

    #[test]
    fn a_replaced_token_is_skipped() {
        assert_eq!(drafts(&[1, 2, 3, 4, 5, 6], &[&[1, 2, 77]]), [vec![4, 5, 6]]);
    }

    #[test]
    fn an_inserted_token_is_passed() {
        let outputs: [&[u32]; 2] = [&[1, 2, 77], &[1, 2, 77, 3]];
        assert_eq!(drafts(&[1, 2, 3, 4, 5, 6], &outputs)[1], [4, 5, 6]);
    }

    #[test]
    fn deleted_tokens_are_skipped() {
        assert_eq!(drafts(&[1, 2, 3, 4, 5, 6], &[&[1, 2, 5]]), [vec![6]]);
    }

    #[test]
    fn the_line_after_a_replaced_or_inserted_one_follows() {
        let source = [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0];
        let replaced: &[u32] = &[1, 2, 3, 0, 70, 71, 72, 73, 74, 0];
        let drafted = &drafts(&source, &[replaced])[0];
        assert!(
            [[7, 8, 9], [4, 5, 6]].contains(&[drafted[0], drafted[1], drafted[2]]),
            "{drafted:?}"
        );
        let inserted: &[u32] = &[1, 2, 3, 0, 70, 71, 0, 4];
        assert_eq!(drafts(&source, &[inserted]), [vec![5, 6, 0]]);
    }

    #[test]
    fn moved_code_and_the_prompt_are_found() {
        let source: Vec<u32> = (1..60).collect();
        assert_eq!(drafts(&source, &[&[50, 51, 52]]), [vec![53, 54, 55]]);
        assert_eq!(drafts(&[1, 2, 3], &[&[80, 90, 91, 92]]), [vec![93, 94, 95]]);
    }

    #[test]
    fn dear_tokens_and_the_reported_line_make_drafts_short() {
        let source: Vec<u32> =
            (1..80).flat_map(|line| [line, 1000, 2000 + line, 3000, 0]).collect();
        let fresh = || SourceDraft::new(&source, LineEnds::from_iter([0]));
        let length = |mut draft: SourceDraft| {
            draft.propose(Context { prompt: &[9], output: &[] }, 500).len()
        };
        let plain = length(fresh().with_cost(CostCurve::linear(0.05)));
        assert_eq!(length(fresh().with_cost(CostCurve::flat())), source.len());
        assert!(length(fresh().with_cost(CostCurve::linear(0.1))) < plain);
        assert_eq!(length(fresh().with_cost(CostCurve::linear(1.0))), 0);
        let reported =
            |line| length(fresh().with_cost(CostCurve::linear(0.05)).with_reported_line(line));
        assert!(reported(0) < reported(70) && plain < reported(70));
    }
}
