//! What each id spells, in bytes.

use std::path::Path;

use crate::error::{Error, Result};

/// The largest id that is believed. The largest vocabularies have some 260,000 tokens.
const MAX_ID: u32 = (1 << 22) - 1;

/// How the tokens of a vocabulary write bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// GPT-2's: each byte has a printable character of its own.
    ByteLevel,
    /// SentencePiece's: `▁` is a space, and `<0x0A>` a byte that no other token has.
    SentencePiece {
        /// Whether a text is encoded with a space in front, which is then not a part of it.
        space_prefix: bool,
    },
}

impl Alphabet {
    /// The token for a single byte.
    pub(super) fn byte_token(self, byte: u8) -> String {
        match self {
            Self::ByteLevel => char_of(byte).to_string(),
            Self::SentencePiece { .. } => format!("<0x{byte:02X}>"),
        }
    }

    /// The bytes that a token writes; its own text where it has characters outside the alphabet.
    pub(super) fn bytes(self, token: &str) -> Vec<u8> {
        match self {
            Self::ByteLevel => {
                token.chars().map(byte_of).collect::<Option<_>>().unwrap_or_else(|| token.into())
            }
            Self::SentencePiece { .. } => match fallback_byte(token) {
                Some(byte) => vec![byte],
                None => token.replace('▁', " ").into_bytes(),
            },
        }
    }
}

/// The bytes of UTF-8: all but those that no encoded character contains.
pub(super) fn utf8_bytes() -> impl Iterator<Item = u8> {
    (0x00..=0xbf).chain(0xc2..=0xf4)
}

/// GPT-2's character for a byte: printable bytes of Latin-1 stand for themselves, the others follow from U+0100 on.
fn char_of(byte: u8) -> char {
    let code = u32::from(byte);
    let code = match byte {
        0..=32 => code + 256,
        127..=160 => code - 127 + 289,
        173 => 323,
        _ => code,
    };
    char::from_u32(code).unwrap_or_default()
}

/// The byte that a character of GPT-2's alphabet stands for.
fn byte_of(character: char) -> Option<u8> {
    let code = u32::from(character);
    let byte = match code {
        33..=126 | 161..=172 | 174..=255 => code,
        256..=288 => code - 256,
        289..=322 => code - 289 + 127,
        323 => 173,
        _ => return None,
    };
    u8::try_from(byte).ok()
}

/// The byte of a token such as `<0x0A>`.
fn fallback_byte(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// The bytes of every id.
#[derive(Debug)]
pub(super) struct Spelling {
    pub(super) alphabet: Alphabet,
    bytes: Vec<Option<Box<[u8]>>>,
}

impl Spelling {
    pub(super) fn new(alphabet: Alphabet) -> Self {
        Self { alphabet, bytes: Vec::new() }
    }

    /// Adds an id that spells `bytes`, in place of what it spelled before.
    pub(super) fn set(&mut self, path: &Path, id: u32, bytes: Vec<u8>) -> Result<()> {
        if id > MAX_ID {
            let what = format!("id {id} is out of range, ids up to {MAX_ID} are read");
            return Err(Error::tokenizer(path, what));
        }
        let index = id as usize;
        if self.bytes.len() <= index {
            self.bytes.resize(index + 1, None);
        }
        self.bytes[index] = Some(bytes.into());
        Ok(())
    }

    /// The bytes of an id.
    pub(super) fn get(&self, id: u32) -> Option<&[u8]> {
        self.bytes.get(usize::try_from(id).ok()?)?.as_deref()
    }

    /// One more than the greatest id.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_of_gpt_2_has_a_character_for_each_byte() {
        let characters: std::collections::HashSet<char> = (0..=255).map(char_of).collect();
        assert_eq!(characters.len(), 256);
        assert!((0..=255).all(|byte| byte_of(char_of(byte)) == Some(byte)));
        let known =
            [(b' ', 'Ġ'), (b'\n', 'Ċ'), (b'\t', 'ĉ'), (0x7f, 'ġ'), (0xad, 'Ń'), (b'a', 'a')];
        assert!(known.iter().all(|(byte, character)| char_of(*byte) == *character));
        assert_eq!(byte_of('▁'), None);
    }

    #[test]
    fn utf8_needs_these_bytes_and_no_others() {
        let mut used: Vec<u8> =
            ('\0'..=char::MAX).flat_map(|c| c.to_string().into_bytes()).collect();
        used.sort_unstable();
        used.dedup();
        assert_eq!(utf8_bytes().collect::<Vec<_>>(), used);
    }

    #[test]
    fn sentencepiece_writes_spaces_and_bytes_in_its_own_way() {
        let alphabet = Alphabet::SentencePiece { space_prefix: true };
        assert_eq!(alphabet.bytes("▁a▁"), b" a ");
        assert_eq!(alphabet.bytes("<0x0A>"), b"\n");
        assert_eq!(alphabet.bytes("<0x0A"), b"<0x0A");
        assert_eq!(alphabet.bytes("<0x+1>"), b"<0x+1>");
        assert_eq!(alphabet.byte_token(10), "<0x0A>");
    }
}
