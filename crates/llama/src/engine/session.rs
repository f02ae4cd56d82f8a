//! One conversation with a model: checked input, a cache, logits or the most likely tokens.

use std::fmt;
use std::sync::Arc;

use super::Model;
use super::cache::Cache;
use super::forward::Workspace;
use crate::error::Result;

/// A model together with the tokens it has seen.
///
/// Cloning forks the session: both sides share the model and what was seen so far. What a session returns for a token depends
/// on the tokens before it alone, and on which of them were [read](Self::read), to the last bit: not on how many were appended at once, nor on the
/// number of threads.
pub struct Session {
    model: Arc<Model>,
    cache: Cache,
    workspace: Workspace,
}

impl Session {
    /// A session that has seen nothing.
    pub fn new(model: Arc<Model>) -> Self {
        let cache = Cache::new(model.config());
        Self { model, cache, workspace: Workspace::default() }
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
        self.len() == 0
    }

    /// Forgets every token from position `len` on; does nothing where there are not that many.
    pub fn truncate(&mut self, len: usize) {
        if len < self.len() {
            self.cache.set_len(len);
        }
    }

    /// Appends `tokens` and returns the logits that follow each of the last `rows` of them: `rows * V` numbers, row-major.
    ///
    /// # Errors
    ///
    /// [`TokenOutOfRange`](crate::Error::TokenOutOfRange) for a token outside the vocabulary,
    /// [`ContextOverflow`](crate::Error::ContextOverflow) for more tokens than the context has room for. The session then is as before.
    ///
    /// # Panics
    ///
    /// If `rows` is greater than the number of tokens.
    pub fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>> {
        self.append(tokens, rows)?;
        Ok(self.model.logits(&mut self.workspace))
    }

    /// As [`logits`](Self::logits), but only the most likely token of each row, the first of equals. The logits are not kept, so
    /// this is the cheaper one.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits).
    ///
    /// # Panics
    ///
    /// As [`logits`](Self::logits).
    pub fn greedy(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<u32>> {
        self.append(tokens, rows)?;
        Ok(self.model.greedy(&mut self.workspace))
    }

    /// Appends `tokens` and returns nothing of them: the prompt, all but its last token.
    ///
    /// Where the processor has tile registers (Intel AMX), they multiply, with weights and activations in bf16, which is much faster for many tokens;
    /// [`Options::portable`](super::Options::portable) forbids it. What the session returns for later tokens then depends on which of the tokens
    /// before them were read in this way, and on nothing else: not on how many calls they were read in.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits).
    pub fn read(&mut self, tokens: &[u32]) -> Result<()> {
        self.model.config().check_tokens(self.len(), tokens)?;
        self.model.read(tokens, &mut self.cache, &mut self.workspace);
        Ok(())
    }

    /// Leaves the hidden states of the last `rows` tokens in the workspace.
    fn append(&mut self, tokens: &[u32], rows: usize) -> Result<()> {
        assert!(rows <= tokens.len(), "{rows} rows of {} tokens", tokens.len());
        self.model.config().check_tokens(self.len(), tokens)?;
        self.model.forward(tokens, rows, &mut self.cache, &mut self.workspace);
        Ok(())
    }
}

impl Clone for Session {
    fn clone(&self) -> Self {
        let (model, cache) = (Arc::clone(&self.model), self.cache.clone());
        Self { model, cache, workspace: Workspace::default() }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("len", &self.len()).finish_non_exhaustive()
    }
}
