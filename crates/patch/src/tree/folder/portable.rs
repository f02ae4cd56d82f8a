//! Folders as paths, for systems without file descriptors. A link is looked for before each step,
//! but somebody who swaps a folder for one between the look and the step is not noticed.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{Kind, Onto, Stamp, Status};

/// Permissions, which are not carried over here.
pub(in super::super) type Bits = u32;

/// A folder.
#[derive(Debug)]
pub(in super::super) struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`, over whatever links are on the way.
    pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
        match fs::metadata(path)?.is_dir() {
            true => Ok(Self(path.to_path_buf())),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    /// The folder `name` in this one.
    pub(in super::super) fn enter(&self, name: &Path) -> io::Result<Self> {
        let path = self.0.join(name);
        match fs::symlink_metadata(&path)?.is_dir() {
            true => Ok(Self(path)),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    /// Makes the folder `name`.
    pub(in super::super) fn make(&self, name: &Path) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    /// Removes the empty folder `name`.
    pub(in super::super) fn remove_folder(&self, name: &Path) -> io::Result<()> {
        fs::remove_dir(self.0.join(name))
    }

    /// Opens what should be a file, to be read.
    pub(in super::super) fn read(&self, name: &Path) -> io::Result<(File, Status)> {
        let path = self.0.join(name);
        let status = status(&fs::symlink_metadata(&path)?);
        match status.kind {
            Kind::File => Ok((File::open(path)?, status)),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    /// Makes the file `name`, which must be new.
    pub(in super::super) fn create(
        &self,
        name: &Path,
        _exact: Option<Bits>,
        _executable: bool,
    ) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name))
    }

    /// What `name` is; `None` if there is nothing.
    pub(in super::super) fn status(&self, name: &Path) -> io::Result<Option<Status>> {
        match fs::symlink_metadata(self.0.join(name)) {
            Ok(metadata) => Ok(Some(status(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The names of all that is in the folder.
    pub(in super::super) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.0)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    /// Removes the file `name`.
    pub(in super::super) fn remove(&self, name: &Path) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    /// Moves the file `from` to `to` in the folder `target`.
    pub(in super::super) fn rename(
        &self,
        from: &Path,
        target: &Self,
        to: &Path,
        onto: Onto,
    ) -> io::Result<()> {
        if onto == Onto::Nothing && target.status(to)?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(self.0.join(from), target.0.join(to))
    }
}

fn status(metadata: &Metadata) -> Status {
    let kind = match metadata.file_type() {
        kind if kind.is_symlink() => Kind::Link,
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_file() => Kind::File,
        _ => Kind::Other,
    };
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = modified.unwrap_or_default();
    let stamp = Stamp {
        len: metadata.len().into(),
        seconds: modified.as_secs().into(),
        nanoseconds: modified.subsec_nanos().into(),
    };
    Status { kind, stamp, bits: 0o644, id: None }
}

/// Keeps other processes from writing to the same tree.
#[derive(Debug)]
pub(in super::super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// The lock on the folder at `path`; `None` while another process has it.
    pub(in super::super) fn take(path: &Path) -> io::Result<Option<Self>> {
        let path = path.join(".fixwright-lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { path, _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Whoever opened it meanwhile finds it locked or makes a new one.
        drop(fs::remove_file(&self.path));
    }
}
