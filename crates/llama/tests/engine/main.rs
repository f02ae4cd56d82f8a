//! The CPU engine, held to independent implementations, to itself, and to damaged input.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod adapter;
#[path = "../gguf/convert.rs"]
mod convert;
mod factors;
mod golden;
mod invariance;
mod tiny;
#[path = "../gguf/writer.rs"]
#[expect(dead_code, reason = "the tests of the reader use the rest")]
mod writer;
