//! Where one model lies in the cache, and the lock that lets one process at a time fetch it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use super::manifest::Model;
use super::partial::WriteError;
use super::progress::{Event, Progress};

/// The files of one model in the cache.
pub(super) struct Place {
    pub(super) file: PathBuf,
    pub(super) partial: PathBuf,
    pub(super) receipt: PathBuf,
    pub(super) scratch: PathBuf,
    lock: PathBuf,
}

impl Place {
    pub(super) fn new(cache: &Path, model: &Model) -> Self {
        let folder = cache.join(&model.name);
        let named = |suffix: &str| folder.join(format!("{}{suffix}", model.file));
        Self {
            file: named(""),
            partial: named(".part"),
            receipt: named(".verified"),
            scratch: named(".wheels"),
            lock: named(".lock"),
        }
    }

    /// Makes the folder and waits until no other process fetches this model; the lock ends with the returned file.
    pub(super) fn lock(&self, progress: &mut dyn Progress) -> Result<File, WriteError> {
        let mut lock = || {
            self.lock.parent().map_or(Ok(()), fs::create_dir_all)?;
            let file = File::create(&self.lock)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    progress.event(Event::Note("another process is fetching this model; waiting"));
                    file.lock()?;
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            Ok(file)
        };
        lock().map_err(|cause| WriteError::new(&self.lock, 0, cause))
    }
}
