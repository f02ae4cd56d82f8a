//! GGUF files: what is read from good ones, and what is said about bad ones.

mod allocation;
mod dequantise;
mod hostile;
mod mutation;
mod reading;
mod real;
mod writer;
