//! The bytes of a download that is not finished.

use std::error::Error;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::progress::{Event, Progress};

const BLOCK: usize = 128 * 1024;

/// A file that grows while it is downloaded and keeps what it has when the process ends.
pub(super) struct Partial {
    path: PathBuf,
    file: File,
    len: u64,
}

impl Partial {
    /// Opens the file with all it holds, or creates it.
    pub(super) fn open(path: &Path) -> Result<Self, WriteError> {
        let open = || -> io::Result<(File, u64)> {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)?;
            let len = file.seek(SeekFrom::End(0))?;
            Ok((file, len))
        };
        let (file, len) = open().map_err(|cause| WriteError::new(path, 0, cause))?;
        Ok(Self { path: path.to_owned(), file, len })
    }

    /// Bytes held.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Drops everything after the first `len` bytes.
    pub(super) fn truncate(&mut self, len: u64) -> Result<(), WriteError> {
        let cut = self.file.set_len(len).and_then(|()| self.file.seek(SeekFrom::Start(len)));
        self.len = cut.map_err(|cause| WriteError::new(&self.path, 0, cause))?;
        Ok(())
    }

    /// Appends all of `reader`, which may not lead past `end`.
    ///
    /// Errors are a [`WriteError`], an [`Interrupted`] read, or a reader that holds more than was announced.
    pub(super) fn fill(
        &mut self,
        mut reader: impl Read,
        end: u64,
        progress: &mut dyn Progress,
    ) -> anyhow::Result<()> {
        let mut block = vec![0; BLOCK];
        loop {
            let read = match reader.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => bail!(Interrupted(error.to_string())),
            };
            if self.len + read as u64 > end {
                bail!("it goes on after the {end} bytes that were expected");
            }
            let wrote = self.file.write_all(&block[..read]);
            wrote.map_err(|cause| WriteError::new(&self.path, end - self.len, cause))?;
            self.len += read as u64;
            progress.event(Event::Position(self.len));
        }
    }

    /// Moves the finished file to its final name, in one step and on disk.
    pub(super) fn publish(self, path: &Path) -> Result<(), WriteError> {
        let moved = self.file.sync_all().and_then(|()| std::fs::rename(&self.path, path));
        moved.map_err(|cause| WriteError::new(path, 0, cause))
    }
}

/// A source stopped in the middle; asking it again may help.
#[derive(Debug)]
pub(super) struct Interrupted(pub(super) String);

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Interrupted {}

/// The cache cannot be written; no other source will change that.
#[derive(Debug)]
pub(super) struct WriteError {
    path: PathBuf,
    missing: u64,
    cause: io::Error,
}

impl WriteError {
    pub(super) fn new(path: &Path, missing: u64, cause: io::Error) -> Self {
        Self { path: path.to_owned(), missing, cause }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}", self.path.display())?;
        match self.cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded if self.missing > 0 => {
                write!(f, ": {} more bytes are needed there", self.missing)
            }
            _ => Ok(()),
        }
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

/// Checks that the file system of `path` has room for `needed` more bytes, where that can be known.
pub(super) fn check_space(path: &Path, needed: u64) -> Result<(), WriteError> {
    let folder = path.parent().unwrap_or(path);
    match rustix::fs::statvfs(folder) {
        Ok(stat) if stat.f_bavail.saturating_mul(stat.f_frsize) < needed => {
            Err(WriteError::new(path, needed, io::ErrorKind::StorageFull.into()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_says_how_much_is_missing_and_where() {
        let mut full = Partial::open(Path::new("/dev/full")).unwrap();
        let error = full.fill(&[1u8; 9][..], 1000, &mut |_: Event<'_>| ()).unwrap_err();
        assert!(error.is::<WriteError>());
        assert_eq!(error.to_string(), "cannot write /dev/full: 1000 more bytes are needed there");
        let error = check_space(Path::new("/tmp/x"), u64::MAX).unwrap_err();
        assert!(error.to_string().contains("18446744073709551615 more bytes"), "{error}");
    }

    #[test]
    fn what_is_there_is_kept_and_can_be_shortened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.part");
        let mut silent = |_: Event<'_>| ();
        Partial::open(&path).unwrap().fill(&b"abcdef"[..], 6, &mut silent).unwrap();
        let mut partial = Partial::open(&path).unwrap();
        assert_eq!(partial.len(), 6);
        partial.truncate(2).unwrap();
        partial.fill(&b"XY"[..], 4, &mut silent).unwrap();
        assert!(partial.fill(&b"Z"[..], 4, &mut silent).is_err());
        partial.publish(&folder.path().join("x")).unwrap();
        assert_eq!(std::fs::read(folder.path().join("x")).unwrap(), b"abXY");
        assert!(!path.exists());
    }
}
