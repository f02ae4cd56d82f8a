//! A vocabulary rebuilt from the metadata of a GGUF file.

use std::collections::HashMap;
use std::path::Path;

use tokenizers::models::bpe::Vocab;

use super::control::{Control, ControlToken};
use super::merging::Merging;
use super::pre_tokenizer::Words;
use super::roles::Roles;
use super::spelling::{Alphabet, Spelling};
use super::{Tokenizer, sentencepiece};
use crate::error::{Error, Result};
use crate::gguf::{Gguf, Metadata};

const MODEL: &str = "tokenizer.ggml.model";
const PRE: &str = "tokenizer.ggml.pre";
const TOKENS: &str = "tokenizer.ggml.tokens";
const TYPES: &str = "tokenizer.ggml.token_type";
const SCORES: &str = "tokenizer.ggml.scores";
const MERGES: &str = "tokenizer.ggml.merges";

/// The values of `tokenizer.ggml.token_type` that matter here.
const UNKNOWN: i32 = 2;
const CONTROL: i32 = 3;
const USER_DEFINED: i32 = 4;
const UNUSED: i32 = 5;
const BYTE: i32 = 6;

impl Tokenizer {
    /// Rebuilds the vocabulary that a GGUF file describes: byte-level BPE (`gpt2`) or SentencePiece BPE (`llama`).
    ///
    /// # Errors
    ///
    /// - [`Error::Config`] if a setting is missing or of the wrong type;
    /// - [`Error::Tokenizer`] if the vocabulary is of another kind, or contradicts itself.
    pub fn from_gguf(file: &Gguf) -> Result<Self> {
        let source = Source::read(file)?;
        match source.metadata.require::<&str>(MODEL)? {
            "gpt2" => source.byte_level(),
            "llama" => source.sentencepiece(),
            other => {
                Err(source.config(MODEL, format!("is `{other}`, supported are gpt2 and llama")))
            }
        }
    }
}

/// The vocabulary as the file has it.
struct Source<'a> {
    path: &'a Path,
    metadata: Metadata<'a>,
    tokens: Vec<&'a str>,
    types: Vec<i32>,
}

impl<'a> Source<'a> {
    fn read(file: &'a Gguf) -> Result<Self> {
        let metadata = file.metadata();
        let tokens: Vec<&str> = metadata.require(TOKENS)?;
        let types: Vec<i32> = metadata.get(TYPES)?.unwrap_or_else(|| vec![0; tokens.len()]);
        let source = Self { path: file.path(), metadata, tokens, types };
        source.same_length(TYPES, source.types.len())?;
        Ok(source)
    }

    fn byte_level(&self) -> Result<Tokenizer> {
        let name: &str = self.metadata.require(PRE)?;
        let words = Words::named(name)
            .map_err(|known| self.config(PRE, format!("is `{name}`, supported are {known}")))?;
        let merges: Vec<&str> = self.metadata.require(MERGES)?;
        let merges = merges.into_iter().map(|merge| {
            let (left, right) = merge.split_once(' ').ok_or_else(|| {
                self.config(
                    MERGES,
                    format!("has `{merge}`, expected two tokens with a space between"),
                )
            })?;
            Ok((left.to_owned(), right.to_owned()))
        });
        let merges = merges.collect::<Result<_>>()?;
        let (alphabet, control) = (Alphabet::ByteLevel, self.control()?);
        let merging = Merging {
            path: self.path,
            alphabet,
            unknown: None,
            ignore_merges: words.ignores_merges(),
        };
        let pre_tokenizer = words.pre_tokenizer().map_err(|error| self.fault(&error))?;
        Ok(Tokenizer {
            path: self.path.to_owned(),
            normalizer: None,
            pre_tokenizer: Some(pre_tokenizer),
            model: merging.build(self.vocabulary(), merges, &control)?,
            spelling: self.spelling(alphabet)?,
            roles: self.roles(&control, words.adds_bos())?,
            control,
        })
    }

    fn sentencepiece(&self) -> Result<Tokenizer> {
        let scores: Vec<f32> = self.metadata.require(SCORES)?;
        self.same_length(SCORES, scores.len())?;
        let mergeable = |ty: i32| !matches!(ty, UNKNOWN | CONTROL | UNUSED | BYTE);
        let scored = self.tokens.iter().zip(&self.types).zip(scores);
        let scored = scored
            .filter(|((_, ty), _)| mergeable(**ty))
            .map(|((token, _), score)| (*token, score));
        let merges = sentencepiece::merges(&scored.collect::<HashMap<_, _>>());
        let space_prefix = self.metadata.get("tokenizer.ggml.add_space_prefix")?.unwrap_or(true);
        let (alphabet, control) = (Alphabet::SentencePiece { space_prefix }, self.control()?);
        let normalizer = sentencepiece::normalizer(space_prefix);
        let unknown = self.types.iter().position(|ty| *ty == UNKNOWN);
        let unknown = unknown.map(|index| self.tokens[index].to_owned());
        let merging = Merging { path: self.path, alphabet, unknown, ignore_merges: false };
        Ok(Tokenizer {
            path: self.path.to_owned(),
            normalizer: Some(normalizer.map_err(|error| self.fault(&error))?),
            pre_tokenizer: None,
            model: merging.build(self.vocabulary(), merges, &control)?,
            spelling: self.spelling(alphabet)?,
            roles: self.roles(&control, true)?,
            control,
        })
    }

    fn vocabulary(&self) -> Vocab {
        self.ids().map(|(id, token)| (token.to_owned(), id)).collect()
    }

    /// Control tokens mean something, and the unknown one the lack of anything; user-defined ones are only never merged.
    fn control(&self) -> Result<Control> {
        let listed = self.ids().zip(&self.types).filter_map(|((id, text), ty)| {
            let special = matches!(*ty, CONTROL | UNKNOWN);
            (special || *ty == USER_DEFINED).then(|| ControlToken {
                id,
                text: text.to_owned(),
                special,
            })
        });
        Control::new(self.path, listed.collect())
    }

    fn spelling(&self, alphabet: Alphabet) -> Result<Spelling> {
        let mut spelling = Spelling::new(alphabet);
        for ((id, token), ty) in self.ids().zip(&self.types) {
            let verbatim = matches!(*ty, UNKNOWN | CONTROL | USER_DEFINED);
            let bytes = if verbatim { token.into() } else { alphabet.bytes(token) };
            spelling.set(self.path, id, bytes)?;
        }
        Ok(spelling)
    }

    fn roles(&self, control: &Control, adds_bos: bool) -> Result<Roles> {
        let metadata = &self.metadata;
        let mut roles = Roles {
            bos: self.role("tokenizer.ggml.bos_token_id")?,
            eos: self.role("tokenizer.ggml.eos_token_id")?,
            adds_bos: metadata.get("tokenizer.ggml.add_bos_token")?.unwrap_or(adds_bos),
            chat_template: metadata.get::<&str>("tokenizer.chat_template")?.map(str::to_owned),
            ..Roles::default()
        };
        let stated =
            [self.role("tokenizer.ggml.eot_token_id")?, self.role("tokenizer.ggml.eom_token_id")?];
        roles.end_turns_with(control, stated.into_iter().flatten());
        Ok(roles)
    }

    /// The id that a key names.
    fn role(&self, key: &str) -> Result<Option<u32>> {
        let id: Option<u32> = self.metadata.get(key)?;
        match id {
            Some(id) if id as usize >= self.tokens.len() => Err(self
                .config(key, format!("is {id}, but there are only {} tokens", self.tokens.len()))),
            id => Ok(id),
        }
    }

    fn ids(&self) -> impl Iterator<Item = (u32, &'a str)> {
        (0..).zip(self.tokens.iter().copied())
    }

    fn same_length(&self, key: &str, len: usize) -> Result<()> {
        if len == self.tokens.len() {
            return Ok(());
        }
        Err(self.config(key, format!("has {len} items for {} tokens", self.tokens.len())))
    }

    fn fault(&self, error: &tokenizers::Error) -> Error {
        Error::tokenizer(self.path, error.to_string())
    }

    fn config(&self, key: &str, what: String) -> Error {
        Error::config(self.path, key, what)
    }
}
