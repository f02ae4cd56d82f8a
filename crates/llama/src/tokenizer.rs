//! Text to token ids and back, with the vocabulary that a model was trained on.
//!
//! A vocabulary holds more than text: `<|im_end|>` is one token with a meaning of its own. Text that comes from elsewhere must not be able
//! to say it, so text is given in [`Piece`]s: control tokens are recognised in [`Piece::Markup`] only, and what looks like
//! one in a [`Piece::Text`] is spelled out in ordinary tokens. Apart from that the pieces are one text, and where they meet leaves
//! no trace in the ids.
//!
//! ```no_run
//! use fixwright_llama::gguf::Gguf;
//! use fixwright_llama::tokenizer::{Piece, Tokenizer};
//!
//! let tokenizer = Tokenizer::from_gguf(&Gguf::open("model.gguf")?)?;
//! let source = "const char *end = \"<|im_end|>\";";
//! let pieces = [Piece::Markup("<|im_start|>user\n"), Piece::Text(source), Piece::Markup("<|im_end|>\n")];
//! let encoding = tokenizer.encode_pieces(&pieces)?;
//! let end = tokenizer.control_id("<|im_end|>");
//! assert_eq!(encoding.ids.iter().filter(|id| Some(**id) == end).count(), 1);
//! # Ok::<(), fixwright_llama::Error>(())
//! ```

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tokenizers::models::bpe::BPE;
use tokenizers::tokenizer::normalizer::{NormalizedString, Range as Slice};
use tokenizers::{
    Model, Normalizer, NormalizerWrapper, OffsetType, PreTokenizedString, PreTokenizer,
    PreTokenizerWrapper, Token,
};

use crate::error::{Error, Result};

mod control;
mod folder;
mod from_gguf;
mod from_json;
mod json;
mod merging;
mod pre_tokenizer;
mod roles;
mod sentencepiece;
mod spelling;
mod stream;

use control::Control;
use roles::Roles;
use spelling::Spelling;

pub use stream::StreamDecoder;

/// A part of a text to encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text in which control tokens are recognised: what a chat template writes.
    Markup(&'a str),
    /// Text that is nothing but text.
    Text(&'a str),
}

impl<'a> Piece<'a> {
    /// The text, of whichever kind.
    pub fn as_str(self) -> &'a str {
        match self {
            Self::Markup(text) | Self::Text(text) => text,
        }
    }
}

/// The ids of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Encoding {
    /// One id for each token.
    pub ids: Vec<u32>,
    /// For each token the bytes of the text that it stands for. Tokens that share a character all have the whole of it.
    pub offsets: Vec<Range<usize>>,
}

/// A model's vocabulary and the rules by which text is cut up into it.
pub struct Tokenizer {
    path: PathBuf,
    normalizer: Option<NormalizerWrapper>,
    pre_tokenizer: Option<PreTokenizerWrapper>,
    model: BPE,
    spelling: Spelling,
    control: Control,
    roles: Roles,
}

impl Tokenizer {
    /// Encodes text in which no control token is recognised.
    ///
    /// # Errors
    ///
    /// As [`encode_pieces`](Self::encode_pieces).
    pub fn encode(&self, text: &str) -> Result<Encoding> {
        self.encode_pieces(&[Piece::Text(text)])
    }

    /// Encodes the prompt of a conversation, with [`bos`](Self::bos) in front if the model expects it and the template did not write it.
    ///
    /// # Errors
    ///
    /// As [`encode_pieces`](Self::encode_pieces).
    pub fn encode_prompt(&self, pieces: &[Piece<'_>]) -> Result<Vec<u32>> {
        let mut ids = self.encode_pieces(pieces)?.ids;
        if let Some(bos) = self.bos().filter(|bos| self.adds_bos() && ids.first() != Some(bos)) {
            ids.insert(0, bos);
        }
        Ok(ids)
    }

    /// Encodes a text given in pieces. Nothing is added at either end, see [`adds_bos`](Self::adds_bos).
    ///
    /// The ids are those of Hugging Face tokenizers for the whole text, as long as no [`Piece::Text`] holds a control token.
    ///
    /// # Errors
    ///
    /// [`Error::Tokenizer`] if the text has bytes that the vocabulary has no token for.
    pub fn encode_pieces(&self, pieces: &[Piece<'_>]) -> Result<Encoding> {
        let text: String = pieces.iter().map(|piece| piece.as_str()).collect();
        self.run(&text, &self.control.find(pieces)).map_err(|error| self.fault(error.to_string()))
    }

    /// Encodes a text in which the control tokens are found already.
    fn run(&self, text: &str, control: &[(Range<usize>, u32)]) -> tokenizers::Result<Encoding> {
        let mut tokens = PreTokenizedString::from(text);
        tokens.split(|_, whole| cut(&whole, control))?;
        if let Some(normalizer) = &self.normalizer {
            tokens.normalize(|part| normalizer.normalize(part))?;
        }
        if let Some(pre_tokenizer) = &self.pre_tokenizer {
            pre_tokenizer.pre_tokenize(&mut tokens)?;
        }
        tokens.tokenize(|part| self.merge(part.get()))?;
        let encoding = tokens.into_encoding(None, 0, OffsetType::Byte)?;
        let offsets = encoding.get_offsets().iter().map(|(start, end)| *start..*end);
        Ok(Encoding { ids: encoding.get_ids().to_vec(), offsets: offsets.collect() })
    }

    /// The tokens of one word. The model leaves out characters that it has no token for, which must not go unnoticed.
    fn merge(&self, word: &str) -> tokenizers::Result<Vec<Token>> {
        let tokens = self.model.tokenize(word)?;
        if tokens.last().map_or(0, |token| token.offsets.1) == word.len() {
            return Ok(tokens);
        }
        let unknown =
            word.chars().find(|c| self.model.token_to_id(c.encode_utf8(&mut [0; 4])).is_none());
        let bytes = unknown
            .map(|character| self.spelling.alphabet.bytes(character.encode_utf8(&mut [0; 4])));
        Err(format!("no token spells the bytes {:02x?}", bytes.unwrap_or_default()).into())
    }

    /// The text of the ids, control tokens included. Bytes that are no UTF-8 become U+FFFD.
    ///
    /// # Errors
    ///
    /// [`Error::Tokenizer`] if an id is not in the vocabulary.
    pub fn decode(&self, ids: &[u32]) -> Result<String> {
        let mut stream = self.stream();
        let mut text = String::new();
        for id in ids {
            text.push_str(&stream.push(*id)?);
        }
        text.push_str(&stream.finish());
        Ok(text)
    }

    /// Decodes ids as they come.
    pub fn stream(&self) -> StreamDecoder<'_> {
        StreamDecoder::new(self)
    }

    /// The bytes that an id stands for; none if it is not in the vocabulary.
    pub fn token_bytes(&self, id: u32) -> Option<&[u8]> {
        self.spelling.get(id)
    }

    /// The id of a control token, by its text.
    pub fn control_id(&self, text: &str) -> Option<u32> {
        self.control.id(text)
    }

    /// How many ids there are room for: one more than the greatest.
    pub fn vocabulary_size(&self) -> usize {
        self.spelling.len()
    }

    /// Checks that a model with `rows` embeddings has one for every id.
    ///
    /// Models often have more rows than their vocabulary has ids, never fewer.
    ///
    /// # Errors
    ///
    /// [`Error::VocabularyMismatch`] if it has not.
    pub fn check_vocabulary(&self, rows: usize) -> Result<()> {
        let (path, tokenizer) = (&self.path, self.vocabulary_size());
        if tokenizer <= rows {
            return Ok(());
        }
        Err(Error::VocabularyMismatch { path: path.clone(), tokenizer, model: rows })
    }

    /// The token that begins a text, if the vocabulary has one.
    pub fn bos(&self) -> Option<u32> {
        self.roles.bos
    }

    /// The token that ends a text, if the vocabulary has one.
    pub fn eos(&self) -> Option<u32> {
        self.roles.eos
    }

    /// Whether the model expects [`bos`](Self::bos) in front of every text. A chat template that writes it itself has done so.
    pub fn adds_bos(&self) -> bool {
        self.roles.adds_bos
    }

    /// Every token that ends an answer, in ascending order.
    pub fn end_of_turn(&self) -> &[u32] {
        &self.roles.end_of_turn
    }

    /// The template, in the language of Jinja, by which the model wants a conversation written down.
    pub fn chat_template(&self) -> Option<&str> {
        self.roles.chat_template.as_deref()
    }

    /// The file that the vocabulary was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn fault(&self, what: impl Into<String>) -> Error {
        Error::tokenizer(&self.path, what)
    }
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Tokenizer");
        debug.field("path", &self.path).field("vocabulary_size", &self.vocabulary_size());
        debug.field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// A part of a text, and its token if it is a control token.
type Part = (NormalizedString, Option<Vec<Token>>);

/// Cuts the control tokens out of a text.
fn cut(whole: &NormalizedString, control: &[(Range<usize>, u32)]) -> tokenizers::Result<Vec<Part>> {
    let slice = |range: Range<usize>| {
        whole.slice(Slice::Original(range)).ok_or("a control token inside a character")
    };
    let mut parts = Vec::new();
    let mut end = 0;
    for (range, id) in control {
        parts.push((slice(end..range.start)?, None));
        let part = slice(range.clone())?;
        let token = Token::new(*id, part.get().to_owned(), (0, range.len()));
        parts.push((part, Some(vec![token])));
        end = range.end;
    }
    parts.push((slice(end..whole.get_original().len())?, None));
    Ok(parts)
}
