//! A vocabulary read from `tokenizer.json`.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use tokenizers::models::bpe::Vocab;
use tokenizers::{NormalizerWrapper, PreTokenizerWrapper};

use super::Tokenizer;
use super::control::{Control, ControlToken};
use super::json::read;
use super::merging::Merging;
use super::roles::Roles;
use super::spelling::{Alphabet, Spelling};
use crate::error::{Error, Result};

impl Tokenizer {
    /// Reads a `tokenizer.json` of the BPE kind, byte-level or SentencePiece.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be read, [`Error::Tokenizer`] if it is of another kind or contradicts itself.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let missing = || Error::io(path, std::io::ErrorKind::NotFound.into());
        let file: TokenizerJson = read(path)?.ok_or_else(missing)?;
        file.build(path)
    }
}

/// `tokenizer.json`, as far as it matters here.
#[derive(Deserialize)]
struct TokenizerJson {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    normalizer: Option<NormalizerWrapper>,
    pre_tokenizer: Option<PreTokenizerWrapper>,
    #[serde(default)]
    post_processor: Value,
    #[serde(default)]
    decoder: Value,
    model: BpeJson,
}

#[derive(Deserialize)]
struct AddedToken {
    id: u32,
    content: String,
    #[serde(default)]
    special: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    single_word: bool,
}

#[derive(Deserialize)]
struct BpeJson {
    #[serde(rename = "type")]
    kind: Option<String>,
    vocab: Vocab,
    merges: Vec<Merge>,
    unk_token: Option<String>,
    continuing_subword_prefix: Option<String>,
    end_of_word_suffix: Option<String>,
    #[serde(default)]
    ignore_merges: bool,
}

/// Newer files write a merge as a pair, older ones as one text with a space.
#[derive(Deserialize)]
#[serde(untagged)]
enum Merge {
    Pair(String, String),
    Joined(String),
}

impl TokenizerJson {
    fn build(self, path: &Path) -> Result<Tokenizer> {
        let alphabet = alphabet(&self.decoder).ok_or_else(|| {
            Error::tokenizer(path, "the decoder is neither byte-level nor SentencePiece's")
        })?;
        self.check(path)?;
        let spelling = self.spelling(path, alphabet)?;
        let listed = self.added_tokens.into_iter().map(|token| ControlToken {
            id: token.id,
            text: token.content,
            special: token.special,
        });
        let control = Control::new(path, listed.collect())?;
        let bos = first_special(&self.post_processor).and_then(|token| control.id(token));
        let mut roles = Roles { bos, adds_bos: bos.is_some(), ..Roles::default() };
        roles.end_turns_with(&control, []);
        let merges =
            self.model.merges.into_iter().map(|merge| merge.split(path)).collect::<Result<_>>()?;
        let merging = Merging {
            path,
            alphabet,
            unknown: self.model.unk_token,
            ignore_merges: self.model.ignore_merges,
        };
        let model = merging.build(self.model.vocab, merges, &control)?;
        Ok(Tokenizer {
            path: path.to_owned(),
            normalizer: self.normalizer,
            pre_tokenizer: self.pre_tokenizer,
            model,
            spelling,
            control,
            roles,
        })
    }

    /// The bytes of every id; a control token has its text's.
    fn spelling(&self, path: &Path, alphabet: Alphabet) -> Result<Spelling> {
        let mut spelling = Spelling::new(alphabet);
        for (token, id) in &self.model.vocab {
            spelling.set(path, *id, alphabet.bytes(token))?;
        }
        for token in &self.added_tokens {
            spelling.set(path, token.id, token.content.clone().into_bytes())?;
        }
        Ok(spelling)
    }

    /// Refuses what would change the ids and is not done here.
    fn check(&self, path: &Path) -> Result<()> {
        let fault = |what: String| Err(Error::tokenizer(path, what));
        if let Some(kind) = self.model.kind.as_deref().filter(|kind| *kind != "BPE") {
            return fault(format!("the model is `{kind}`, only BPE is supported"));
        }
        let affixes = [&self.model.continuing_subword_prefix, &self.model.end_of_word_suffix];
        if affixes.into_iter().flatten().any(|affix| !affix.is_empty()) {
            return fault("prefixes and suffixes of subwords are not supported".to_owned());
        }
        match self
            .added_tokens
            .iter()
            .find(|token| token.lstrip || token.rstrip || token.single_word)
        {
            Some(token) => fault(format!(
                "the token `{}` takes what is around it into account, which is not supported",
                token.content
            )),
            None => Ok(()),
        }
    }
}

impl Merge {
    fn split(self, path: &Path) -> Result<(String, String)> {
        match self {
            Self::Pair(left, right) => Ok((left, right)),
            Self::Joined(merge) => match merge.split_once(' ') {
                Some((left, right)) => Ok((left.to_owned(), right.to_owned())),
                None => {
                    Err(Error::tokenizer(path, format!("the merge `{merge}` is not of two tokens")))
                }
            },
        }
    }
}

/// What the decoder undoes tells how tokens write bytes.
fn alphabet(decoder: &Value) -> Option<Alphabet> {
    let steps = decoder
        .get("decoders")
        .and_then(Value::as_array)
        .map_or(std::slice::from_ref(decoder), Vec::as_slice);
    let step = |name: &str| {
        steps.iter().find(|step| step.get("type").and_then(Value::as_str) == Some(name))
    };
    if step("ByteLevel").is_some() {
        return Some(Alphabet::ByteLevel);
    }
    if let Some(metaspace) = step("Metaspace") {
        let never = metaspace.get("prepend_scheme").and_then(Value::as_str) == Some("never");
        return Some(Alphabet::SentencePiece { space_prefix: !never });
    }
    step("ByteFallback")?;
    Some(Alphabet::SentencePiece { space_prefix: step("Strip").is_some() })
}

/// The special token that a post-processor puts in front of a text.
fn first_special(processor: &Value) -> Option<&str> {
    if let Some(processors) = processor.get("processors").and_then(Value::as_array) {
        return processors.iter().find_map(first_special);
    }
    processor.get("single")?.get(0)?.get("SpecialToken")?.get("id")?.as_str()
}
