//! One conversation with a model: checked input, a cache, logits on the host.

use std::sync::Arc;

use burn::tensor::kind::Numeric;
use burn::tensor::{Element, Int, Tensor, TensorData, TensorReadError};

use super::{Cache, Model};
use crate::error::{Error, Result};

/// A model together with the tokens it has seen.
///
/// Cloning forks the session: both sides share the model and what was seen so far.
#[derive(Clone, Debug)]
pub struct Session {
    model: Arc<Model>,
    cache: Cache,
}

impl Session {
    /// A session that has seen nothing.
    pub fn new(model: Arc<Model>) -> Self {
        let cache = model.new_cache();
        Self { model, cache }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Number of tokens seen.
    pub fn len(&self) -> usize {
        self.cache.len()
    }

    /// Whether no token was seen.
    pub fn is_empty(&self) -> bool {
        self.cache.is_empty()
    }

    /// Forgets every token from position `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.cache.truncate(len);
    }

    /// Appends `tokens` and returns the logits that follow each of the last `rows` of them: `rows * V` numbers, row-major.
    ///
    /// # Errors
    ///
    /// A token outside the vocabulary, more tokens than the context has room for, or a device that fails. The session then is
    /// as before.
    ///
    /// # Panics
    ///
    /// If `rows` is greater than the number of tokens.
    pub fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>> {
        self.append(tokens, rows, host)
    }

    /// As [`logits`](Self::logits), but only the most likely token of each row: the first of equals.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits).
    ///
    /// # Panics
    ///
    /// As [`logits`](Self::logits).
    pub fn greedy(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<u32>> {
        let ids: Vec<i32> = self.append(tokens, rows, |logits| host(logits.argmax(1)))?;
        Ok(ids.into_iter().map(i32::cast_unsigned).collect())
    }

    fn append<T>(
        &mut self,
        tokens: &[u32],
        rows: usize,
        read: impl FnOnce(Tensor<2>) -> Result<Vec<T>, TensorReadError>,
    ) -> Result<Vec<T>> {
        assert!(rows <= tokens.len(), "{rows} rows of {} tokens", tokens.len());
        self.model.config().check_tokens(self.len(), tokens)?;
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        let before = self.len();
        let hidden = self.model.forward(self.ids(tokens), &mut self.cache);
        if rows == 0 {
            return Ok(Vec::new());
        }
        let last = hidden.narrow(0, tokens.len() - rows, rows);
        read(self.model.logits(last)).map_err(|error| {
            self.truncate(before);
            Error::Device { device: format!("{:?}", self.model.device()), what: error.to_string() }
        })
    }

    fn ids(&self, tokens: &[u32]) -> Tensor<2, Int> {
        let ids: Vec<i32> = tokens.iter().map(|id| id.cast_signed()).collect();
        Tensor::from_data(TensorData::new(ids, [1, tokens.len()]), &self.model.device())
    }
}

/// Waits for a tensor and copies it to the host.
fn host<K: Numeric, T: Element>(tensor: Tensor<2, K>) -> Result<Vec<T>, TensorReadError> {
    Ok(tensor.try_into_data_as::<T>()?.try_into_vec::<T>()?)
}
