//! A model's way of reading text: its tokenizer and its chat template.

use std::path::Path;

use fixwright_llama::tokenizer::Tokenizer;
use fixwright_llama::weights::Weights;
use fixwright_prompt::ChatTemplate;

use crate::error::Result;

/// The tokenizer and the chat template of a GGUF file or a Hugging Face folder; [`ChatTemplate::plain`] if it has none.
///
/// # Errors
///
/// Whatever is wrong with the files.
pub fn of_model(path: &Path) -> Result<(Tokenizer, ChatTemplate)> {
    of_weights(path, &Weights::open(path)?)
}

/// As [`of_model`], for weights that were opened at `path`.
///
/// # Errors
///
/// As [`of_model`].
pub fn of_weights(path: &Path, weights: &Weights) -> Result<(Tokenizer, ChatTemplate)> {
    let tokenizer = match weights.gguf() {
        Some(gguf) => Tokenizer::from_gguf(gguf)?,
        None => Tokenizer::from_folder(path)?,
    };
    tokenizer.check_vocabulary(weights.config().vocab_size)?;
    let text = |id: Option<u32>| id.map_or(Ok(String::new()), |id| tokenizer.decode(&[id]));
    let (bos, eos) = (text(tokenizer.bos())?, text(tokenizer.eos())?);
    let template = match tokenizer.chat_template() {
        Some(source) => ChatTemplate::new(source, &bos, &eos)?,
        None => ChatTemplate::plain(),
    };
    Ok((tokenizer, template))
}
