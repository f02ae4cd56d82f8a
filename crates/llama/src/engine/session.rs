//! One conversation with a model: checked input, a cache, logits or the most likely tokens.

use std::fmt;
use std::sync::Arc;

use super::Model;
use super::cache::Cache;
use super::forward::{Part, Workspace};
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

    /// As [`logits`](Self::logits) of each of several sessions of one model, whose weights are read once for all.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits); all sessions then are as before.
    ///
    /// # Panics
    ///
    /// If the rows of one are more than its tokens, or the sessions are not of one model.
    pub fn logits_batch(batch: &mut [Append<'_>]) -> Result<Vec<Vec<f32>>> {
        let together = Self::append_all(batch, Model::logits)?;
        let width = batch.first().map_or(0, |first| first.session.model.config().vocab_size);
        Ok(split(&together, batch, width))
    }

    /// As [`greedy`](Self::greedy) of each of several sessions of one model, whose weights are read once for all.
    ///
    /// # Errors
    ///
    /// As [`logits_batch`](Self::logits_batch).
    ///
    /// # Panics
    ///
    /// As [`logits_batch`](Self::logits_batch).
    pub fn greedy_batch(batch: &mut [Append<'_>]) -> Result<Vec<Vec<u32>>> {
        let together = Self::append_all(batch, Model::greedy)?;
        Ok(split(&together, batch, 1))
    }

    /// What `ask` says of the rows of all parts, one part after the other.
    fn append_all<R>(
        batch: &mut [Append<'_>],
        ask: impl Fn(&Model, &mut Workspace) -> Vec<R>,
    ) -> Result<Vec<R>> {
        let Some(first) = batch.first() else { return Ok(Vec::new()) };
        let model = Arc::clone(&first.session.model);
        for Append { session, tokens, rows } in &*batch {
            assert!(*rows <= tokens.len(), "{rows} rows of {} tokens", tokens.len());
            assert!(Arc::ptr_eq(&session.model, &model), "the sessions are of different models");
            session.model.config().check_tokens(session.len(), tokens)?;
        }
        if batch.iter().all(|append| append.tokens.is_empty()) {
            return Ok(Vec::new());
        }
        let mut workspace = std::mem::take(&mut batch[0].session.workspace);
        let counts: Vec<usize> = batch.iter().map(|append| append.rows).collect();
        let mut parts: Vec<_> = batch.iter_mut().map(Append::part).collect();
        model.forward_all(&mut parts, &counts, &mut workspace);
        let said = ask(&model, &mut workspace);
        batch[0].session.workspace = workspace;
        Ok(said)
    }

    /// Leaves the hidden states of the last `rows` tokens in the workspace.
    fn append(&mut self, tokens: &[u32], rows: usize) -> Result<()> {
        assert!(rows <= tokens.len(), "{rows} rows of {} tokens", tokens.len());
        self.model.config().check_tokens(self.len(), tokens)?;
        self.model.forward(tokens, rows, &mut self.cache, &mut self.workspace);
        Ok(())
    }
}

/// What one of several sessions is to see together with the others.
#[derive(Debug)]
pub struct Append<'a> {
    /// The session that goes on.
    pub session: &'a mut Session,
    /// The tokens to append to it.
    pub tokens: &'a [u32],
    /// Of how many of the last tokens something is asked.
    pub rows: usize,
}

impl Append<'_> {
    fn part(&mut self) -> Part<'_> {
        Part { tokens: self.tokens, cache: &mut self.session.cache }
    }
}

/// What is said of each part, `width` entries a row.
fn split<R: Clone>(together: &[R], batch: &[Append<'_>], width: usize) -> Vec<Vec<R>> {
    let mut rest = together;
    let mut take = |append: &Append<'_>| {
        let (own, other) = rest.split_at(append.rows * width);
        rest = other;
        own.to_vec()
    };
    batch.iter().map(&mut take).collect()
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
