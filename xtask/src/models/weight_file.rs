//! The files that hold a model's weights.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use super::digest;

/// A file with weights, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeightFile {
    /// Where it is.
    pub file: PathBuf,
    /// Its sha256, in hexadecimal digits.
    pub sha256: String,
}

impl WeightFile {
    /// Those of a model or an adapter: the file itself, or the folder's safetensors in the order of their names.
    ///
    /// # Errors
    ///
    /// A file or folder cannot be read.
    pub fn of(path: &Path) -> anyhow::Result<Vec<Self>> {
        let context = |path: &Path| format!("cannot read {}", path.display());
        let mut files = vec![path.to_owned()];
        if path.is_dir() {
            let entries = std::fs::read_dir(path).with_context(|| context(path))?;
            files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
            files.retain(|path| path.extension().is_some_and(|it| it == "safetensors"));
            files.sort();
        }
        let hashed = files.into_iter().map(|file| {
            let sha256 = digest(&file).with_context(|| context(&file))?;
            Ok(Self { file, sha256 })
        });
        hashed.collect()
    }
}
