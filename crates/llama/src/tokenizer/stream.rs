//! Decodes ids one at a time.

use std::str;

use super::Tokenizer;
use super::spelling::Alphabet;
use crate::error::Result;

/// Turns ids into text as they come, and holds back what is not a whole character yet.
///
/// Pushing all ids and finishing gives what [`Tokenizer::decode`] gives.
#[derive(Debug)]
pub struct StreamDecoder<'t> {
    tokenizer: &'t Tokenizer,
    pending: Vec<u8>,
    /// Whether the next byte is the first of the text, where a space may be one that encoding put there.
    at_start: bool,
}

impl<'t> StreamDecoder<'t> {
    pub(super) fn new(tokenizer: &'t Tokenizer) -> Self {
        let space_prefix = Alphabet::SentencePiece { space_prefix: true };
        let at_start = tokenizer.spelling.alphabet == space_prefix;
        Self { tokenizer, pending: Vec::new(), at_start }
    }

    /// The text that an id completes; empty if it ends inside a character.
    ///
    /// # Errors
    ///
    /// [`Error::Tokenizer`](crate::Error::Tokenizer) if the id is not in the vocabulary.
    pub fn push(&mut self, id: u32) -> Result<String> {
        let Some(bytes) = self.tokenizer.token_bytes(id) else {
            return Err(self.tokenizer.fault(format!("id {id} is not in the vocabulary")));
        };
        let prefix = usize::from(self.at_start && bytes.starts_with(b" "));
        self.at_start &= bytes.is_empty();
        self.pending.extend_from_slice(&bytes[prefix..]);
        Ok(self.take_characters())
    }

    /// The text of what was held back: U+FFFD, if anything was.
    pub fn finish(self) -> String {
        String::from_utf8_lossy(&self.pending).into_owned()
    }

    /// Takes all but the beginning of a character off the end.
    fn take_characters(&mut self) -> String {
        let mut text = String::new();
        let mut rest = self.pending.as_slice();
        loop {
            match str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    rest = after;
                    let Some(invalid) = error.error_len() else { break };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &rest[invalid..];
                }
            }
        }
        self.pending = rest.to_vec();
        text
    }
}
