//! One training text: its tokens, and how much each counts.

use std::ops::Range;

use crate::error::{Error, Result};

/// How much the bytes of a part of the answer count.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The bytes, counted from the start of the answer.
    pub bytes: Range<usize>,
    /// The weight; 1 is that of a token in plain training.
    pub weight: f32,
}

/// The tokens of a prompt and its answer, each with its weight in the loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Prompt, answer, end token.
    pub ids: Vec<u32>,
    /// One weight a token; 0 for the prompt, 1 for the end token.
    pub weights: Vec<f32>,
}

impl Example {
    /// Joins a prompt and an answer. `offsets` are the bytes of each token of the answer, as a tokenizer gives them; a token weighs as much
    /// as the heaviest span that it shares a byte with, and nothing if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPrompt`], [`Error::Offsets`], [`Error::Weight`].
    pub fn new(
        prompt: &[u32],
        answer: &[u32],
        offsets: &[Range<usize>],
        spans: &[Span],
        end: u32,
    ) -> Result<Self> {
        if prompt.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        if answer.len() != offsets.len() {
            return Err(Error::Offsets { tokens: answer.len(), offsets: offsets.len() });
        }
        if let Some(Span { bytes, weight }) =
            spans.iter().find(|span| !(span.weight.is_finite() && span.weight >= 0.0))
        {
            return Err(Error::Weight { start: bytes.start, end: bytes.end, weight: *weight });
        }
        let ids = [prompt, answer, &[end]].concat();
        let masked = prompt.iter().map(|_| 0.0);
        let weights =
            masked.chain(offsets.iter().map(|bytes| heaviest(bytes, spans))).chain([1.0]).collect();
        Ok(Self { ids, weights })
    }
}

fn heaviest(token: &Range<usize>, spans: &[Span]) -> f32 {
    let shares = |span: &&Span| span.bytes.start < token.end && token.start < span.bytes.end;
    spans.iter().filter(shares).map(|span| span.weight).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_weighs_as_its_heaviest_span() {
        let spans = [
            Span { bytes: 0..3, weight: 0.5 },
            Span { bytes: 2..5, weight: 0.25 },
            Span { bytes: 9..9, weight: 9.0 },
        ];
        let offsets = [0..2, 2..3, 3..4, 4..6, 6..9, 9..10];
        let example = Example::new(&[7], &[1, 2, 3, 4, 5, 6], &offsets, &spans, 0).unwrap();
        assert_eq!(example.weights, [0.0, 0.5, 0.5, 0.25, 0.25, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn what_cannot_be_learned_from_is_refused() {
        assert_eq!(Example::new(&[], &[], &[], &[], 0), Err(Error::EmptyPrompt));
        assert_eq!(
            Example::new(&[1], &[2], &[], &[], 0),
            Err(Error::Offsets { tokens: 1, offsets: 0 })
        );
        let spans = [Span { bytes: 3..4, weight: f32::NAN }];
        assert!(matches!(
            Example::new(&[1], &[], &[], &spans, 0),
            Err(Error::Weight { start: 3, end: 4, .. })
        ));
    }
}
