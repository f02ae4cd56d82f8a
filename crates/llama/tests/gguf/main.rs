//! GGUF files: what is read from good ones, and what is said about bad ones.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod allocation;
mod dequantise;
mod hostile;
mod merge;
mod mutation;
mod reading;
mod real;
mod writer;
