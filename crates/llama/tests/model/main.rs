//! The model, held to independent implementations and to damaged files.
#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../gguf/convert.rs"]
mod convert;
mod damage;
mod golden;
mod tiny;
#[path = "../gguf/writer.rs"]
#[expect(dead_code, reason = "the tests of the reader use the rest")]
mod writer;
