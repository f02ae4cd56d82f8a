//! What the crate promises, checked on data, on arbitrary texts, and against git, GNU diff and GNU
//! patch.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod apply;
mod corpus;
mod killed;
mod matrix;
mod merge;
mod metadata;
mod minimise;
mod oracle;
mod parse;
mod peers;
mod properties;
mod reject;
mod texts;
mod tolerant;
mod tree;
