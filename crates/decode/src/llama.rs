//! The models of fixwright-llama as targets.

use fixwright_llama::engine::{self, Session};

use crate::target::{Append, Target};

macro_rules! target {
    ($session:ty $(, $more:item)*) => {
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

            $($more)*
        }
    };
}

target!(
    Session,
    fn read(&mut self, tokens: &[u32]) -> Result<(), Self::Error> {
        Self::read(self, tokens)
    },
    fn logits_batch(batch: &mut [Append<'_, Self>]) -> Result<Vec<Vec<f32>>, Self::Error> {
        Self::logits_batch(&mut appends(batch))
    },
    fn greedy_batch(batch: &mut [Append<'_, Self>]) -> Result<Vec<Vec<u32>>, Self::Error> {
        Self::greedy_batch(&mut appends(batch))
    }
);

fn appends<'b>(batch: &'b mut [Append<'_, Session>]) -> Vec<engine::Append<'b>> {
    let append = |Append { target, tokens, rows }: &'b mut Append<'_, Session>| engine::Append {
        session: target,
        tokens,
        rows: *rows,
    };
    batch.iter_mut().map(append).collect()
}

#[cfg(feature = "burn")]
target!(fixwright_llama::model::Session);
