//! The model, held to independent implementations and to damaged files.
#![cfg(feature = "burn")]

mod damage;
mod golden;
mod tiny;
#[path = "../gguf/writer.rs"]
#[expect(dead_code, reason = "the tests of the reader use the rest")]
mod writer;
