//! The merging of characters into tokens, made so that no text arrives at a special token.

use std::path::Path;

use tokenizers::models::bpe::{BPE, Merges, Vocab};

use super::control::Control;
use super::spelling::Alphabet;
use crate::error::{Error, Result};

/// The longest token that is read, in bytes. Those of real vocabularies have a few hundred at most.
const MAX_TOKEN: usize = 4096;

/// A byte-pair encoding, as a file has it.
pub(super) struct Merging<'a> {
    pub(super) path: &'a Path,
    pub(super) alphabet: Alphabet,
    /// The token for characters that have no other.
    pub(super) unknown: Option<String>,
    /// Whether a word that is a token as a whole is that token, even if no merges lead to it.
    pub(super) ignore_merges: bool,
}

impl Merging<'_> {
    /// Checks tokens and merges, and leaves out the special ones.
    ///
    /// # Errors
    ///
    /// [`Error::Tokenizer`] if a merge speaks of tokens that are not there.
    pub(super) fn build(
        self,
        mut vocabulary: Vocab,
        mut merges: Merges,
        control: &Control,
    ) -> Result<BPE> {
        let fault = |what: String| Error::tokenizer(self.path, what);
        if let Some(token) = vocabulary.keys().find(|token| token.len() > MAX_TOKEN) {
            let what = format!("a token has {} bytes, at most {MAX_TOKEN} are read", token.len());
            return Err(fault(what));
        }
        let mut joined = String::new();
        let mut missing = None;
        merges.retain(|(left, right)| {
            joined.clear();
            joined.extend([left.as_str(), right]);
            let ids = [left, right, &joined].map(|token| vocabulary.get(token));
            if ids.contains(&None) {
                missing.get_or_insert_with(|| {
                    format!("the merge of `{left}` and `{right}` is not of tokens to a token")
                });
            }
            ids.into_iter().flatten().all(|id| !control.is_special(*id))
        });
        if let Some(what) = missing {
            return Err(fault(what));
        }
        let unknown = self.unknown.as_ref();
        vocabulary.retain(|token, id| Some(token) == unknown || !control.is_special(*id));
        self.finish(vocabulary, merges)
    }

    fn finish(self, vocabulary: Vocab, merges: Merges) -> Result<BPE> {
        let fault = |what: String| Error::tokenizer(self.path, what);
        let mut builder = BPE::builder()
            .vocab_and_merges(vocabulary, merges)
            .byte_fallback(self.alphabet != Alphabet::ByteLevel)
            .fuse_unk(true)
            .ignore_merges(self.ignore_merges);
        if let Some(unknown) = &self.unknown {
            builder = builder.unk_token(unknown.clone());
        }
        builder.build().map_err(|error| fault(error.to_string()))
    }
}
