//! Control tokens: those that stand for themselves and are not made of merges.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use regex::Regex;

use super::Piece;
use crate::error::{Error, Result};

/// A control token, as a vocabulary lists it.
#[derive(Clone, Debug)]
pub(super) struct ControlToken {
    pub(super) id: u32,
    pub(super) text: String,
    /// Whether it has a meaning beyond its text. Text must never be encoded to one that has.
    pub(super) special: bool,
}

/// All control tokens of a vocabulary.
#[derive(Debug)]
pub(super) struct Control {
    ids: HashMap<String, u32>,
    special: Vec<u32>,
    /// Any of the texts, a longer one before its beginnings; none if there are no control tokens.
    pattern: Option<Regex>,
}

impl Control {
    pub(super) fn new(path: &Path, mut tokens: Vec<ControlToken>) -> Result<Self> {
        tokens.retain(|token| !token.text.is_empty());
        tokens.sort_by_key(|token| std::cmp::Reverse(token.text.len()));
        let texts: Vec<String> = tokens.iter().map(|token| regex::escape(&token.text)).collect();
        let pattern = (!texts.is_empty()).then(|| Regex::new(&texts.join("|"))).transpose();
        let pattern = pattern.map_err(|error| Error::tokenizer(path, error.to_string()))?;
        let mut special: Vec<u32> =
            tokens.iter().filter(|token| token.special).map(|token| token.id).collect();
        special.sort_unstable();
        let ids = tokens.into_iter().map(|token| (token.text, token.id)).collect();
        Ok(Self { ids, special, pattern })
    }

    /// The id of a token, by its text.
    pub(super) fn id(&self, text: &str) -> Option<u32> {
        self.ids.get(text).copied()
    }

    /// Whether an id is one that text must not be encoded to.
    pub(super) fn is_special(&self, id: u32) -> bool {
        self.special.binary_search(&id).is_ok()
    }

    /// The control tokens in the markup among the pieces, by their bytes in the whole text: leftmost first, then longest.
    pub(super) fn find(&self, pieces: &[Piece<'_>]) -> Vec<(Range<usize>, u32)> {
        let mut found = Vec::new();
        let mut start = 0;
        for piece in pieces {
            if let (Piece::Markup(text), Some(pattern)) = (piece, &self.pattern) {
                found.extend(pattern.find_iter(text).filter_map(|token| {
                    let id = self.id(token.as_str())?;
                    Some((start + token.start()..start + token.end(), id))
                }));
            }
            start += piece.as_str().len();
        }
        found
    }
}
