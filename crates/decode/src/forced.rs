//! A target that gives a known answer, at the cost of the model that it wraps.

use crate::target::Target;

/// Answers what it was told to, whatever the model says: teacher forcing. Greedy decoding without [`Options::score`](crate::Options::score) is, which
/// looks at no logits.
///
/// Each forward pass is made, so that decoding takes the time that it would take a model that gives this answer. With a target that computes
/// nothing, decoding replays a recorded answer and only counts forward passes.
#[derive(Debug, Clone)]
pub struct Forced<T> {
    target: T,
    prompt: usize,
    answer: Vec<u32>,
}

impl<T> Forced<T> {
    /// A target that continues any prompt of `prompt` tokens with `answer`, which should end with a stop token: its last token
    /// is repeated for ever.
    pub fn new(target: T, prompt: usize, answer: Vec<u32>) -> Self {
        Self { target, prompt, answer }
    }

    /// What follows the first `position` tokens.
    fn answer(&self, position: usize) -> u32 {
        let index = position.saturating_sub(self.prompt);
        self.answer.get(index).or(self.answer.last()).copied().unwrap_or(0)
    }
}

impl<T: Target> Target for Forced<T> {
    type Error = T::Error;

    fn context_length(&self) -> usize {
        self.target.context_length()
    }

    fn position(&self) -> usize {
        self.target.position()
    }

    fn truncate(&mut self, position: usize) {
        self.target.truncate(position);
    }

    fn read(&mut self, tokens: &[u32]) -> Result<(), Self::Error> {
        self.target.read(tokens)
    }

    /// The model's own logits: an answer can be forced on greedy decoding alone.
    fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>, Self::Error> {
        self.target.logits(tokens, rows)
    }

    fn greedy(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<u32>, Self::Error> {
        self.target.greedy(tokens, rows)?;
        let end = self.position();
        Ok((end + 1 - rows..=end).map(|position| self.answer(position)).collect())
    }
}
