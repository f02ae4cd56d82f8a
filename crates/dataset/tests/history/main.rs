//! Histories made with the real git, mined and compared with what is known of them.

mod reasons;
mod replay;
mod repository;
mod rows;
mod stream;
