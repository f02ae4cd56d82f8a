//! What the crate promises, checked on data, on arbitrary texts, and against git, GNU diff and GNU
//! patch.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod apply;
mod killed;
mod merge;
mod metadata;
mod minimise;
mod oracle;
mod parse;
mod properties;
mod reject;
mod texts;
mod tree;
