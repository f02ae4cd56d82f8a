//! One training text: its tokens, and how much each counts.

use crate::error::{Error, Result};

/// The tokens of a prompt and its answer, each with its weight in the loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Prompt, answer, end token.
    pub ids: Vec<u32>,
    /// One weight a token, at least 0: how much it counts in training. The first token is never predicted, so its weight has no effect.
    pub weights: Vec<f32>,
    /// Where the answer begins.
    pub prompt: usize,
    /// One flag a token: whether it stands in a part of the answer that is changed. Evaluation tells these apart.
    pub changed: Vec<bool>,
}

impl Example {
    /// Joins a prompt that does not count, an answer with a weight for each token, and an end token that weighs 1. No token is marked as changed.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPrompt`], [`Error::Weights`], [`Error::Weight`].
    pub fn new(prompt: &[u32], answer: &[u32], weights: &[f32], end: u32) -> Result<Self> {
        if prompt.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        if answer.len() != weights.len() {
            return Err(Error::Weights { tokens: answer.len(), weights: weights.len() });
        }
        if let Some((index, weight)) =
            weights.iter().enumerate().find(|(_, w)| !(w.is_finite() && **w >= 0.0))
        {
            return Err(Error::Weight { index, weight: *weight });
        }
        let ids = [prompt, answer, &[end]].concat();
        let masked = prompt.iter().map(|_| 0.0);
        let weights = masked.chain(weights.iter().copied()).chain([1.0]).collect();
        Ok(Self { changed: vec![false; ids.len()], ids, weights, prompt: prompt.len() })
    }

    /// How much all tokens together count.
    pub fn weight(&self) -> f64 {
        self.weights.iter().skip(1).map(|weight| f64::from(*weight)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_weighs_nothing_and_the_end_one() {
        let example = Example::new(&[7, 8], &[1, 2], &[0.5, 0.25], 0).unwrap();
        assert_eq!(example.ids, [7, 8, 1, 2, 0]);
        assert_eq!(example.weights, [0.0, 0.0, 0.5, 0.25, 1.0]);
        assert_eq!(example.weight(), 1.75);
    }

    #[test]
    fn what_cannot_be_learned_from_is_refused() {
        let refused = |prompt: &[u32], weights: &[f32]| {
            Example::new(prompt, &[2], weights, 0).unwrap_err().to_string()
        };
        assert!(refused(&[], &[1.0]).contains("prompt"));
        assert!(refused(&[1], &[]).contains("0 weights"));
        assert!(refused(&[1], &[f32::NAN]).contains("NaN"));
        assert!(refused(&[1], &[-0.5]).contains("-0.5"));
    }
}
