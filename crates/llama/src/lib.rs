//! Llama-family language models: weights, tokenizer, KV cache and forward pass.

#![deny(unsafe_code)]

pub mod config;
#[cfg(feature = "burn")]
mod device;
mod error;
pub mod gguf;
mod mmap;
#[cfg(feature = "burn")]
pub mod model;
pub mod quant;
pub mod rope;
pub mod safetensors;
pub mod tokenizer;
pub mod weights;

#[cfg(feature = "burn")]
pub use device::Device;
pub use error::{Error, Result};
