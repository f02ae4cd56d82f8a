//! From a request and its fix to tokens and weights.

use fixwright_llama::tokenizer::{Piece, Tokenizer};
use fixwright_prompt::{ChatTemplate, EditMask, MaskStrategy, Request, Segment, expected, render};

use crate::error::{Error, Result};
use crate::example::Example;

/// Turns requests into training examples for one model.
#[derive(Debug, Clone, Copy)]
pub struct Encoder<'a> {
    tokenizer: &'a Tokenizer,
    template: &'a ChatTemplate,
    mask: MaskStrategy,
}

impl<'a> Encoder<'a> {
    /// Encodes with a model's tokenizer and chat template; `mask` says how much each part of an answer counts.
    pub fn new(tokenizer: &'a Tokenizer, template: &'a ChatTemplate, mask: MaskStrategy) -> Self {
        Self { tokenizer, template, mask }
    }

    /// The tokens of the prompt: those that the model is given when it is asked.
    ///
    /// # Errors
    ///
    /// The template or the tokenizer refuses the text.
    pub fn prompt(&self, request: &Request<'_>) -> Result<Vec<u32>> {
        let segments = self.template.render(&render(request).messages)?;
        let pieces: Vec<Piece<'_>> = segments.iter().map(piece).collect();
        Ok(self.tokenizer.encode_prompt(&pieces)?)
    }

    /// The example that teaches to answer `request` with `fixed`. `epoch` counts the passes over the data, for masks with random weights.
    ///
    /// # Errors
    ///
    /// The fix cannot be said in the form that the request asks for; the template or the tokenizer refuses the text.
    pub fn example(&self, request: &Request<'_>, fixed: &str, epoch: u64) -> Result<Example> {
        let answer = expected(request, fixed)?;
        let tokens = self.tokenizer.encode(&answer)?;
        let weights = |strategy| {
            EditMask::new(request, &answer, strategy, epoch).token_weights(&tokens.offsets)
        };
        let end = self.end()?;
        let prompt = self.prompt(request)?;
        let mut example = Example::new(&prompt, &tokens.ids, &weights(self.mask), end)?;
        for (changed, weight) in example.changed[prompt.len()..]
            .iter_mut()
            .zip(weights(MaskStrategy::Modified { context: 0 }))
        {
            *changed = weight > 0.0;
        }
        Ok(example)
    }

    fn end(&self) -> Result<u32> {
        let known = || self.tokenizer.end_of_turn().first().copied();
        self.tokenizer.eos().or_else(known).ok_or(Error::NoEnd)
    }
}

fn piece(segment: &Segment) -> Piece<'_> {
    match segment {
        Segment::Markup(text) => Piece::Markup(text),
        Segment::Text(text) => Piece::Text(text),
    }
}
