//! The commands of the workspace, behind `cargo xtask`.
//!
//! Two binaries share this library. `xtask` is what the cargo alias runs: models run on the processor in it. `xtask-model` links burn too; `xtask` has it
//! built to train, or when a model is to run on a GPU ([`heavy`]). All end with one of four exit codes ([`exit::Exit`]).
//!
//! ```
//! let manifest = xtask::models::Manifest::load()?;
//! let model = manifest.find(Some("smollm2-135m-instruct"))?;
//! assert_eq!(model.size, 98_362_432);
//! assert!(manifest.find(Some("no-such-model")).is_err());
//! # Ok::<(), anyhow::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod apply;
pub mod bench_decode;
pub mod counter;
pub mod curate;
pub mod evaluate;
pub mod exit;
pub mod flags;
pub mod heavy;
pub mod interrupt;
mod isolation;
pub mod layers;
pub mod models;
pub mod repair;
mod replace;
pub mod report;
pub mod sources;
mod spread;
pub mod steps;
pub mod suites;
pub mod test;
pub mod tidy;
#[cfg(feature = "model")]
pub mod train;
pub mod workspace;
