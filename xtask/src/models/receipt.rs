//! Proof that a file was verified, kept beside the cache so that a gigabyte is not hashed at every start.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::manifest::Model;

/// What a verified file looked like. A file that still looks so is taken to be the same.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Receipt {
    path: PathBuf,
    size: u64,
    modified: SystemTime,
    sha256: String,
}

impl Receipt {
    fn of(path: &Path, model: &Model) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            path: path.to_owned(),
            size: metadata.len(),
            modified: metadata.modified()?,
            sha256: model.sha256.clone(),
        })
    }

    fn read(receipt: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(receipt).ok()?).ok()
    }
}

/// Checks that the file at `path` is the model, by size and sha256 or by an earlier receipt that still fits.
pub(super) fn verify(path: &Path, model: &Model, receipt: &Path) -> anyhow::Result<()> {
    let seen = Receipt::of(path, model)?;
    ensure!(seen.size == model.size, "it has {} bytes, expected {}", seen.size, model.size);
    if Receipt::read(receipt).as_ref() != Some(&seen) {
        check(path, model)?;
        write(path, model, receipt);
    }
    Ok(())
}

/// Checks the sha256 of the file at `path`.
pub(super) fn check(path: &Path, model: &Model) -> anyhow::Result<()> {
    let found = digest(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(found == model.sha256, "its sha256 is {found}, expected {}", model.sha256);
    Ok(())
}

/// Notes that `path` was verified. Where that fails the file is only hashed again next time.
pub(super) fn write(path: &Path, model: &Model, receipt: &Path) {
    let write = || -> anyhow::Result<()> {
        receipt.parent().map_or(Ok(()), fs::create_dir_all)?;
        let partial = receipt.with_extension("tmp");
        fs::write(&partial, serde_json::to_vec(&Receipt::of(path, model)?)?)?;
        Ok(fs::rename(partial, receipt)?)
    };
    let _ = write();
}

/// Bytes in hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The sha256 of a file, in hexadecimal digits.
///
/// # Errors
///
/// The file cannot be read.
pub fn digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; 128 * 1024];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(&block[..read]),
        }
    }
}
