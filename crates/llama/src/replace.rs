//! Files that are there whole or not at all.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Has `write` make a file under another name, waits until it is on the disk, and renames it to `path`.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<()> {
    let partial = PathBuf::from(format!("{}.partial", path.display()));
    let done = write(&partial)
        .and_then(|()| File::open(&partial)?.sync_all())
        .and_then(|()| std::fs::rename(&partial, path));
    done.map_err(|e| Error::write(path, e))
}
