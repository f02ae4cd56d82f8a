//! Models by name: found on this machine, or fetched once, verified, and kept.
//!
//! `models/manifest.toml` says what a model is: one file of a known size and sha256. [`ensure`] returns the path of
//! that file. It looks into the folder named by `FIXWRIGHT_MODEL_DIR`, at the manifest's local path and into the
//! cache, and only then fetches it from the manifest's sources, in order. A download grows under another name and
//! gets its own once its sha256 is right, so a file that is there is whole; one that was cut off is gone on with.
//!
//! Adapters for these models lie beside the manifest, and are verified when they are [`Chosen`].

mod adapter;
mod chosen;
mod command;
mod http;
mod manifest;
mod partial;
mod pip;
mod place;
mod progress;
mod receipt;
mod store;
mod trained;
mod weight_file;

use std::path::{Path, PathBuf};

pub use self::adapter::Adapter;
pub use self::chosen::Chosen;
pub use self::command::{fetch, list, path};
pub use self::manifest::{Manifest, Model, Part, Source};
pub use self::progress::{Event, Progress, Terminal};
pub use self::receipt::{digest, hex};
pub use self::store::Store;
pub use self::trained::Trained;
pub use self::weight_file::WeightFile;

/// The path of the model's file, fetched if it is not on this machine yet.
///
/// # Errors
///
/// As for [`Store::from_env`] and [`Store::ensure`].
pub fn ensure(model: &Model, progress: &mut dyn Progress) -> anyhow::Result<PathBuf> {
    Store::from_env()?.ensure(model, progress)
}

/// The path that `name` stands for: that of a file or folder itself, or of a known model, fetched if need be.
///
/// # Errors
///
/// As for [`ensure`]; neither a path that is there nor a known name.
pub fn resolve(name: Option<&str>) -> anyhow::Result<PathBuf> {
    if let Some(path) = name.map(Path::new).filter(|path| path.exists()) {
        return Ok(path.to_owned());
    }
    ensure(Manifest::load()?.find(name)?, &mut Terminal::default())
}
