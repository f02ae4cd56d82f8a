//! Llama-family language models: weights, tokenizer, KV cache and forward pass.

#![deny(unsafe_code)]

mod error;
pub mod gguf;
mod mmap;
pub mod quant;

pub use error::{Error, Result};
