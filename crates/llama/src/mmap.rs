//! A file mapped read-only into memory: opening costs nothing and pages are read when they are first touched.
//!
//! The file must stay as it is while it is mapped. If another process overwrites it, the weights change under the
//! reader; if it is truncated, touching the lost part ends this process (`SIGBUS` on Unix). Replacing a model by
//! renaming a new file over the old one is safe: the map keeps the old file.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use crate::error::{Error, Result};

/// The bytes of one file.
#[derive(Debug)]
pub(crate) struct MappedFile {
    path: PathBuf,
    map: Mmap,
}

impl MappedFile {
    /// Maps a regular file that is not empty.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let map = map(path).map_err(|source| Error::io(path, source))?;
        Ok(Self { path: path.to_owned(), map })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map
    }
}

#[expect(unsafe_code, reason = "the one place where a file is mapped")]
fn map(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    if metadata.len() == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty"));
    }
    // SAFETY: the map is private to this process and never written through. That no other process changes the file
    // meanwhile cannot be enforced, here or by any reader of a shared file; the module's page says what then happens.
    unsafe { Mmap::map(&file) }
}
