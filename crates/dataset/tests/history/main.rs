//! Histories made with the real git, mined and compared with what is known of them.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail and speak as tests do"
)]

mod corpus;
mod reasons;
mod replay;
mod repository;
mod rows;
mod stream;
