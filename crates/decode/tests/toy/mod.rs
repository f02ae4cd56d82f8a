//! A model whose logits are a hash of what it has seen, so one wrong or missing token in its memory changes what follows.

use std::convert::Infallible;

use fixwright_decode::Target;

pub(crate) const VOCABULARY: u32 = 7;
pub(crate) const CONTEXT: usize = 96;

#[derive(Clone, Debug)]
pub(crate) struct Toy {
    model: u64,
    /// How many of the last tokens count.
    memory: usize,
    pub(crate) seen: Vec<u32>,
}

impl Toy {
    pub(crate) fn new(model: u64) -> Self {
        Self { model, memory: usize::MAX, seen: Vec::new() }
    }

    pub(crate) fn looking_back(self, memory: usize) -> Self {
        Self { memory, ..self }
    }

    fn row(&self) -> impl Iterator<Item = f32> {
        let hash = |start: u64, token: u64| {
            (start ^ token).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
        };
        let last = &self.seen[self.seen.len().saturating_sub(self.memory)..];
        let prefix =
            last.iter().fold(self.model, |state, token| hash(state, u64::from(*token) + 1));
        (0..VOCABULARY).map(move |id| (hash(prefix, u64::from(id)) >> 40) as f32 / 4e6)
    }
}

impl Target for Toy {
    type Error = Infallible;

    fn context_length(&self) -> usize {
        CONTEXT
    }

    fn position(&self) -> usize {
        self.seen.len()
    }

    fn truncate(&mut self, position: usize) {
        self.seen.truncate(position);
    }

    fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>, Infallible> {
        let mut logits = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            self.seen.push(*token);
            if index + rows >= tokens.len() {
                logits.extend(self.row());
            }
        }
        assert!(self.seen.len() <= CONTEXT, "the context was overrun");
        Ok(logits)
    }
}
