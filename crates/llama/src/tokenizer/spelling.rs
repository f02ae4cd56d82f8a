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

/// The byte that a character of GPT-2's alphabet stands for: printable bytes of Latin-1 stand for themselves, the others follow from U+0100 on.
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
    let is_byte = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_byte.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
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
        let mut bytes: Vec<u8> = ('\0'..=char::MAX).filter_map(byte_of).collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
        let known =
            [('Ġ', b' '), ('Ċ', b'\n'), ('ĉ', b'\t'), ('ġ', 0x7f), ('Ń', 0xad), ('a', b'a')];
        assert!(known.iter().all(|(character, byte)| byte_of(*character) == Some(*byte)));
        assert_eq!(byte_of('▁'), None);
    }

    #[test]
    fn sentencepiece_writes_spaces_and_bytes_in_its_own_way() {
        let alphabet = Alphabet::SentencePiece { space_prefix: true };
        assert_eq!(alphabet.bytes("▁a▁"), b" a ");
        assert_eq!(alphabet.bytes("<0x0A>"), b"\n");
        assert_eq!(alphabet.bytes("<0x0A"), b"<0x0A");
        assert_eq!(alphabet.bytes("<0x+1>"), b"<0x+1>");
    }
}
