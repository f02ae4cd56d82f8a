//! The shape of a model, as its own files state it.
//!
//! [`Config`] is read from a Hugging Face `config.json` ([`Config::from_json`]) or from the metadata of a GGUF file
//! ([`Config::from_gguf`]). What would change the arithmetic and is not implemented is refused by name rather than ignored.

use crate::error::{Error, Result};
use crate::rope::RopeScaling;

mod gguf;
mod json;

/// The families that share the block this crate implements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Architecture {
    /// Llama 2, Llama 3, Code Llama, TinyLlama, SmolLM2.
    Llama,
    /// Qwen2, Qwen2.5 and their Coder variants: the Llama block with biases on q, k and v.
    Qwen2,
}

/// The names under which GGUF files and `config.json` know the families.
pub(crate) const SUPPORTED: &[&str] = &["llama", "qwen2"];

impl Architecture {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "llama" => Some(Self::Llama),
            "qwen2" => Some(Self::Qwen2),
            _ => None,
        }
    }
}

/// The sizes and constants of one model.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// The family.
    pub architecture: Architecture,
    /// Rows of the embedding: ids are below this.
    pub vocab_size: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Width inside the feed-forward block.
    pub intermediate_size: usize,
    /// Number of transformer blocks.
    pub num_layers: usize,
    /// Query heads.
    pub num_heads: usize,
    /// Key and value heads; each serves `num_heads / num_kv_heads` query heads.
    pub num_kv_heads: usize,
    /// Width of one head.
    pub head_dim: usize,
    /// Positions the model was trained for: the longest context.
    pub context_length: usize,
    /// Added to the mean square in RMSNorm.
    pub rms_norm_eps: f64,
    /// Base of the rotary frequencies.
    pub rope_theta: f64,
    /// How the rotary frequencies are stretched for long contexts.
    pub rope_scaling: RopeScaling,
    /// Whether q, k and v have biases.
    pub attention_bias: bool,
    /// Whether the output projection of attention has a bias.
    pub output_bias: bool,
    /// Whether the output head is the embedding itself.
    pub tied_head: bool,
}

/// The largest plausible value of any size: beyond it a file is damaged or hostile.
const LARGEST_SIZE: usize = 1 << 24;

impl Config {
    /// Refuses tokens that a session which has seen `seen` of them cannot take.
    pub(crate) fn check_tokens(&self, seen: usize, tokens: &[u32]) -> Result<()> {
        if let Some(id) = tokens.iter().find(|id| **id as usize >= self.vocab_size) {
            return Err(Error::TokenOutOfRange { id: *id, vocabulary: self.vocab_size });
        }
        let needed = seen + tokens.len();
        if needed > self.context_length {
            return Err(Error::ContextOverflow { needed, limit: self.context_length });
        }
        Ok(())
    }

    /// Says which setting cannot be, and why, in the words of the fields.
    fn check(&self) -> Result<(), (&'static str, String)> {
        let sizes = [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("intermediate_size", self.intermediate_size),
            ("num_hidden_layers", self.num_layers),
            ("num_attention_heads", self.num_heads),
            ("num_key_value_heads", self.num_kv_heads),
            ("head_dim", self.head_dim),
            ("max_position_embeddings", self.context_length),
        ];
        for (key, size) in sizes {
            if size == 0 || size > LARGEST_SIZE {
                return Err((key, format!("is {size}, expected 1 to {LARGEST_SIZE}")));
            }
        }
        if !self.num_heads.is_multiple_of(self.num_kv_heads) {
            let what = format!(
                "is {}, which {} query heads cannot share",
                self.num_kv_heads, self.num_heads
            );
            return Err(("num_key_value_heads", what));
        }
        if !self.head_dim.is_multiple_of(2) {
            return Err((
                "head_dim",
                format!("is {}, rotary embedding needs an even one", self.head_dim),
            ));
        }
        let positive = [("rms_norm_eps", self.rms_norm_eps), ("rope_theta", self.rope_theta)];
        for (key, value) in positive {
            if !(value.is_finite() && value > 0.0) {
                return Err((key, format!("is {value}, expected a positive number")));
            }
        }
        Ok(())
    }
}
