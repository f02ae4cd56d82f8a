//! From a request and its fix to tokens and weights.

use fixwright_llama::tokenizer::Tokenizer;
use fixwright_prompt::{EditMask, MaskStrategy, Request, expected};

use crate::error::{Error, Result};
use crate::example::Example;

/// Turns requests into training examples for one model.
#[derive(Debug, Clone, Copy)]
pub struct Encoder<'a> {
    tokenizer: &'a Tokenizer,
    mask: MaskStrategy,
    prompt_weight: f32,
}

impl<'a> Encoder<'a> {
    /// Encodes with a model's tokenizer; `mask` says how much each part of an answer counts.
    pub fn new(tokenizer: &'a Tokenizer, mask: MaskStrategy) -> Self {
        Self { tokenizer, mask, prompt_weight: 0.0 }
    }

    /// The same with a weight, from 0 to 1, for the tokens of the prompt.
    #[must_use]
    pub fn with_prompt_weight(mut self, weight: f32) -> Self {
        self.prompt_weight = weight;
        self
    }

    /// The example that teaches to answer `request` with `fixed`. `prompt` is the request in tokens, as the model is given it when it is asked. `epoch` counts the passes over the data, for masks with random weights.
    ///
    /// # Errors
    ///
    /// The fix cannot be said in the form that the request asks for; the tokenizer refuses the text.
    pub fn example(
        &self,
        request: &Request<'_>,
        prompt: &[u32],
        fixed: &str,
        epoch: u64,
    ) -> Result<Example> {
        let answer = expected(request, fixed)?;
        let tokens = self.tokenizer.encode(&answer)?;
        let weights = |strategy| {
            EditMask::new(request, &answer, strategy, epoch)
                .with_prompt_weight(self.prompt_weight)
                .text_weights(prompt.len(), &tokens.offsets)
        };
        let answer = prompt.len()..prompt.len() + tokens.ids.len();
        let all = weights(self.mask);
        let mut example = Example::new(prompt, &tokens.ids, &all[answer.clone()], self.end()?)?;
        example.weights[..prompt.len()].copy_from_slice(&all[..prompt.len()]);
        let changed = weights(MaskStrategy::Modified { context: 0, elsewhere: 0.0 });
        for index in answer {
            example.changed[index] = changed[index] > 0.0;
        }
        Ok(example)
    }

    fn end(&self) -> Result<u32> {
        let known = || self.tokenizer.end_of_turn().first().copied();
        self.tokenizer.eos().or_else(known).ok_or(Error::NoEnd)
    }
}
