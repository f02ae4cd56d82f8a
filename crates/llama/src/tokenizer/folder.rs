//! A vocabulary and its use, from a folder as Hugging Face has them.

use std::path::Path;

use serde::Deserialize;

use super::Tokenizer;
use super::json::{read, text};
use super::roles::Roles;
use crate::error::Result;

impl Tokenizer {
    /// Reads the `tokenizer.json` of a folder as Hugging Face has them, and what `tokenizer_config.json`, `generation_config.json` and
    /// `chat_template.jinja` say about its use, where they are there.
    ///
    /// # Errors
    ///
    /// As [`from_file`](Self::from_file), for any of the files.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let mut tokenizer = Self::from_file(folder.join("tokenizer.json"))?;
        let config: TokenizerConfig =
            read(&folder.join("tokenizer_config.json"))?.unwrap_or_default();
        let generation: GenerationConfig =
            read(&folder.join("generation_config.json"))?.unwrap_or_default();
        let template = text(&folder.join("chat_template.jinja"))?;
        let id =
            |token: Option<NamedToken>| token.and_then(|token| tokenizer.control_id(token.name()));
        let roles = Roles {
            bos: id(config.bos_token).or(tokenizer.roles.bos),
            eos: id(config.eos_token),
            adds_bos: config.add_bos_token.unwrap_or(tokenizer.roles.adds_bos),
            chat_template: template.or(config.chat_template.and_then(Templates::default)),
            end_of_turn: Vec::new(),
        };
        tokenizer.roles = roles;
        let stated = generation.eos_token_id.map(OneOrMany::into_vec).unwrap_or_default();
        tokenizer.roles.end_turns_with(&tokenizer.control, stated);
        Ok(tokenizer)
    }
}

/// `tokenizer_config.json`, as far as it matters here.
#[derive(Default, Deserialize)]
struct TokenizerConfig {
    bos_token: Option<NamedToken>,
    eos_token: Option<NamedToken>,
    add_bos_token: Option<bool>,
    chat_template: Option<Templates>,
}

/// A token is named by its text, or by an object that has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum NamedToken {
    Text(String),
    Object { content: String },
}

impl NamedToken {
    fn name(&self) -> &str {
        match self {
            Self::Text(name) | Self::Object { content: name } => name,
        }
    }
}

/// One chat template, or several with names.
#[derive(Deserialize)]
#[serde(untagged)]
enum Templates {
    One(String),
    Named(Vec<NamedTemplate>),
}

#[derive(Deserialize)]
struct NamedTemplate {
    name: String,
    template: String,
}

impl Templates {
    fn default(self) -> Option<String> {
        match self {
            Self::One(template) => Some(template),
            Self::Named(all) => {
                all.into_iter().find(|one| one.name == "default").map(|one| one.template)
            }
        }
    }
}

/// `generation_config.json`, as far as it matters here.
#[derive(Default, Deserialize)]
struct GenerationConfig {
    eos_token_id: Option<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(u32),
    Many(Vec<u32>),
}

impl OneOrMany {
    fn into_vec(self) -> Vec<u32> {
        match self {
            Self::One(id) => vec![id],
            Self::Many(ids) => ids,
        }
    }
}
