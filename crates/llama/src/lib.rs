//! Llama-family language models: weights, tokenizer, KV cache and forward pass.

#![deny(unsafe_code)]

mod error;

pub use error::{Error, Result};
