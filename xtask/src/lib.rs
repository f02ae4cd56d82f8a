//! The commands of the workspace, behind `cargo xtask`.
//!
//! Two binaries share this library. `xtask` is what the cargo alias runs: it builds in a minute and holds every
//! command that needs no language model. `xtask-model` holds the others and links burn; `xtask` has it built when one
//! of its commands is asked for ([`heavy`]). All end with one of four exit codes ([`exit::Exit`]).
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
pub mod counter;
pub mod curate;
pub mod evaluate;
pub mod exit;
pub mod flags;
pub mod heavy;
pub mod interrupt;
pub mod layers;
pub mod models;
#[cfg(feature = "model")]
pub mod repair;
pub mod report;
pub mod sources;
pub mod steps;
pub mod suites;
pub mod test;
pub mod tidy;
pub mod workspace;
