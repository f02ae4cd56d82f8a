//! Histories made with the real git, mined and compared with what is known of them.

mod reasons;
mod repository;
mod rows;
mod stream;
