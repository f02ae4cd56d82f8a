//! The model, as the decoding loop sees it.

use crate::sampling;

/// A causal language model with a memory of the tokens it has seen.
pub trait Target {
    /// Why a forward pass failed.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The most tokens that can be seen at once.
    fn context_length(&self) -> usize;

    /// Number of tokens seen.
    fn position(&self) -> usize;

    /// Forgets the tokens from `position` on; none where fewer were seen.
    fn truncate(&mut self, position: usize);

    /// Appends `tokens` and returns the logits that follow each of the last `rows` of them, row-major: `rows` times the
    /// vocabulary size. Of none, where `rows` is 0.
    ///
    /// # Errors
    ///
    /// Whatever the model cannot do; it then has seen what it had seen before.
    fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>, Self::Error>;

    /// Appends `tokens`, all but the last token of a prompt, which nothing is asked about. To be overridden where many tokens that are only
    /// read are cheaper. What follows may depend on which tokens were read in this way, but not on how many at once.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits).
    fn read(&mut self, tokens: &[u32]) -> Result<(), Self::Error> {
        self.greedy(tokens, 0).map(drop)
    }

    /// As [`logits`](Self::logits), but only the most likely token of each row, the first of equals. To be overridden where
    /// the logits need not leave the device for that.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits).
    fn greedy(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<u32>, Self::Error> {
        let logits = self.logits(tokens, rows)?;
        let width = logits.len().checked_div(rows).unwrap_or(0).max(1);
        Ok(logits.chunks(width).map(sampling::most_likely).collect())
    }

    /// One forward pass over several targets that are clones of one, each with what to append to it: as [`logits`](Self::logits) of each. To be
    /// overridden where the weights need be read only once for all of them.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits); what the targets have then seen is not defined.
    fn logits_batch(batch: &mut [Append<'_, Self>]) -> Result<Vec<Vec<f32>>, Self::Error>
    where
        Self: Sized,
    {
        batch.iter_mut().map(|append| append.target.logits(&append.tokens, append.rows)).collect()
    }

    /// As [`logits_batch`](Self::logits_batch), but only the most likely token of each row, as [`greedy`](Self::greedy) of each.
    ///
    /// # Errors
    ///
    /// As [`logits_batch`](Self::logits_batch).
    fn greedy_batch(batch: &mut [Append<'_, Self>]) -> Result<Vec<Vec<u32>>, Self::Error>
    where
        Self: Sized,
    {
        batch.iter_mut().map(|append| append.target.greedy(&append.tokens, append.rows)).collect()
    }
}

/// A part of a batch.
#[derive(Debug)]
pub struct Append<'a, T> {
    /// The target that goes on.
    pub target: &'a mut T,
    /// The tokens to append to it.
    pub tokens: Vec<u32>,
    /// How many rows of logits are wanted.
    pub rows: usize,
}
