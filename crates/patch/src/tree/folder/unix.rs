//! Folders as file descriptors.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, Stat};

use super::{Kind, Onto, Stamp, Status};

/// A handle that only leads on to what is inside needs no permission to list it.
#[cfg(any(target_os = "linux", target_os = "android"))]
const HANDLE: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC).union(OFlags::PATH);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const HANDLE: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

/// Permissions.
pub(in super::super) type Bits = fs::RawMode;

/// An open folder.
#[derive(Debug)]
pub(in super::super) struct Folder(OwnedFd);

impl Folder {
    /// The folder at `path`, over whatever links are on the way.
    pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(fs::open(path, HANDLE, Mode::empty())?))
    }

    /// The folder `name` in this one.
    pub(in super::super) fn enter(&self, name: &Path) -> io::Result<Self> {
        Ok(Self(fs::openat(&self.0, name, HANDLE | OFlags::NOFOLLOW, Mode::empty())?))
    }

    /// Makes the folder `name`.
    pub(in super::super) fn make(&self, name: &Path) -> io::Result<()> {
        Ok(fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777))?)
    }

    /// Removes the empty folder `name`.
    pub(in super::super) fn remove_folder(&self, name: &Path) -> io::Result<()> {
        Ok(fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Opens what should be a file, to be read. A pipe does not keep the caller waiting.
    pub(in super::super) fn read(&self, name: &Path) -> io::Result<(File, Status)> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = fs::openat(&self.0, name, flags | OFlags::CLOEXEC, Mode::empty())?;
        let status = status(&fs::fstat(&file)?);
        Ok((file.into(), status))
    }

    /// Makes the file `name`, which must be new. With `exact` permissions it gets just these, else
    /// the process's usual ones, `executable` or not.
    pub(in super::super) fn create(
        &self,
        name: &Path,
        exact: Option<Bits>,
        executable: bool,
    ) -> io::Result<File> {
        let bits = exact.unwrap_or(if executable { 0o777 } else { 0o666 });
        let bits = Mode::from_raw_mode(bits);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let file = fs::openat(&self.0, name, flags | OFlags::CLOEXEC, bits)?;
        if exact.is_some() {
            fs::fchmod(&file, bits)?;
        }
        Ok(file.into())
    }

    /// What `name` is; `None` if there is nothing.
    pub(in super::super) fn status(&self, name: &Path) -> io::Result<Option<Status>> {
        match fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(status(&stat))),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The names of all that is in the folder.
    pub(in super::super) fn names(&self) -> io::Result<Vec<OsString>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let listed = fs::openat(&self.0, ".", flags, Mode::empty())?;
        let names = fs::Dir::new(listed)?.map(|entry| Ok(entry?.file_name().to_bytes().to_vec()));
        let names = names.filter(|name| !matches!(name.as_deref(), Ok(b"." | b"..")));
        names.map(|name| name.map(OsString::from_vec)).collect()
    }

    /// Removes the file `name`.
    pub(in super::super) fn remove(&self, name: &Path) -> io::Result<()> {
        Ok(fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Moves the file `from` to `to` in the folder `target`.
    pub(in super::super) fn rename(
        &self,
        from: &Path,
        target: &Self,
        to: &Path,
        onto: Onto,
    ) -> io::Result<()> {
        if onto == Onto::Nothing && !renamed_to_nothing(self, from, target, to)? {
            match target.status(to)? {
                Some(_) => return Err(io::ErrorKind::AlreadyExists.into()),
                None => return Ok(fs::renameat(&self.0, from, &target.0, to)?),
            }
        } else if onto == Onto::File {
            fs::renameat(&self.0, from, &target.0, to)?;
        }
        Ok(())
    }
}

/// Renames unless there is something under the new name, in one step; `false` where the system or
/// the file system has no such step.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn renamed_to_nothing(old: &Folder, from: &Path, new: &Folder, to: &Path) -> io::Result<bool> {
    use rustix::io::Errno;
    match fs::renameat_with(&old.0, from, &new.0, to, fs::RenameFlags::NOREPLACE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn renamed_to_nothing(_: &Folder, _: &Path, _: &Folder, _: &Path) -> io::Result<bool> {
    Ok(false)
}

fn status(stat: &Stat) -> Status {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    };
    let stamp = Stamp {
        len: stat.st_size.into(),
        seconds: stat.st_mtime.into(),
        nanoseconds: stat.st_mtime_nsec.into(),
    };
    // The widths of these differ between systems.
    let id = (i128::from(stat.st_dev) as u64, i128::from(stat.st_ino) as u64);
    Status {
        kind,
        stamp,
        bits: stat.st_mode & 0o777,
        id: (i128::from(stat.st_nlink) == 1).then_some(id),
    }
}

/// Keeps other processes from writing to the same tree; given back on drop, or by the system when
/// the process ends.
#[derive(Debug)]
pub(in super::super) struct Lock {
    _folder: File,
}

impl Lock {
    /// The lock on the folder at `path`; `None` while another process has it.
    pub(in super::super) fn take(path: &Path) -> io::Result<Option<Self>> {
        let folder = File::open(path)?;
        match folder.try_lock() {
            Ok(()) => Ok(Some(Self { _folder: folder })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }
}
