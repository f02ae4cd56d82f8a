//! Llama-family language models: weights, tokenizer, KV cache and forward pass.
//!
//! One transformer block covers Llama 2 and 3, Code Llama, TinyLlama, SmolLM2, and, with biases on q, k and v, Qwen2. A model comes
//! as people have it: one GGUF file, or a Hugging Face folder.
//!
//! | module | what |
//! |---|---|
//! | [`gguf`], [`safetensors`], [`quant`] | files, checked before they are used, and their block types as f32 |
//! | [`weights`] | one interface over both kinds of file |
//! | [`adapter`] | LoRA adapters as Hugging Face PEFT has them |
//! | [`config`], [`rope`] | the sizes of a model, its rotary frequencies |
//! | [`tokenizer`] | text to ids, with text that cannot say a control token |
//! | [`engine`] | the forward pass on the processor, quantised; its `Session` |
//! | `model` (feature `burn`) | the forward pass, the KV cache, a `Session` of one conversation |
//!
//! Choosing tokens from logits is left to fixwright-decode, prompts to fixwright-prompt. Without the feature `burn` the crate builds in seconds.
//!
//! # Example
//!
//! Settings that would change the arithmetic and are not implemented are refused by name:
//!
//! ```
//! use std::path::Path;
//! use fixwright_llama::config::Config;
//!
//! let json = r#"{ "model_type": "llama", "vocab_size": 49152, "hidden_size": 576, "intermediate_size": 1536,
//!     "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3, "max_position_embeddings": 8192 }"#;
//! let config = Config::from_json(json, Path::new("config.json"))?;
//! assert_eq!((config.head_dim, config.num_heads / config.num_kv_heads), (64, 3));
//!
//! let gelu = json.replace("576,", r#"576, "hidden_act": "gelu","#);
//! let error = Config::from_json(&gelu, Path::new("config.json")).unwrap_err();
//! assert_eq!(error.to_string(), "config.json: `hidden_act` is `gelu`, only `silu` is implemented");
//! # Ok::<(), fixwright_llama::Error>(())
//! ```
//!
//! The way from a file to the next token:
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//! use fixwright_llama::engine::{Model, Options, Session};
//! use fixwright_llama::tokenizer::Tokenizer;
//! use fixwright_llama::weights::Weights;
//!
//! let weights = Weights::open(Path::new("model.gguf"))?;
//! let tokenizer = Tokenizer::from_gguf(weights.gguf().expect("it is a GGUF file"))?;
//! let model = Arc::new(Model::load(&weights, &Options::default())?);
//! let ids = tokenizer.encode("int main(void)")?.ids;
//! let next = Session::new(model).greedy(&ids, 1)?;
//! println!("{}", tokenizer.decode(&next)?);
//! # Ok::<(), fixwright_llama::Error>(())
//! ```

#![deny(unsafe_code)]

pub mod adapter;
pub mod config;
#[cfg(feature = "burn")]
mod device;
pub mod engine;
mod error;
pub mod gguf;
mod mmap;
#[cfg(feature = "burn")]
pub mod model;
pub mod quant;
mod replace;
pub mod rope;
pub mod safetensors;
mod tiles;
pub mod tokenizer;
pub mod weights;

#[cfg(feature = "burn")]
pub use device::Device;
pub use error::{Error, Result};
