//! The models of fixwright-llama as targets.

use crate::target::Target;

macro_rules! target {
    ($session:ty $(, $read:item)?) => {
        impl Target for $session {
            type Error = fixwright_llama::Error;

            fn context_length(&self) -> usize {
                self.model().config().context_length
            }

            fn position(&self) -> usize {
                self.len()
            }

            fn truncate(&mut self, position: usize) {
                Self::truncate(self, position);
            }

            fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>, Self::Error> {
                Self::logits(self, tokens, rows)
            }

            fn greedy(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<u32>, Self::Error> {
                Self::greedy(self, tokens, rows)
            }

            $($read)?
        }
    };
}

target!(
    fixwright_llama::engine::Session,
    fn read(&mut self, tokens: &[u32]) -> Result<(), Self::Error> {
        Self::read(self, tokens)
    }
);

#[cfg(feature = "burn")]
target!(fixwright_llama::model::Session);
