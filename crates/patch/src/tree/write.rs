//! Carries out a plan: every new text goes to a temporary file first, then all are renamed into
//! place.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::{Change, Content, Plan};
use crate::{Error, Mode};

impl Plan {
    /// Writes the changed files.
    ///
    /// All new texts are written to temporary files beside their targets before the first target is
    /// touched; then each is renamed into place, and the deleted files are removed last. If any
    /// step fails, what was done is undone, and the tree is as before, but for the permissions of a
    /// file that had already been deleted.
    ///
    /// If the process is killed, each single file has either its old text or its new one, whole. A
    /// kill before the first rename leaves the tree as it was, a kill between two renames leaves
    /// some files old and some new; both may leave temporary files named `.fixwright-*` behind.
    /// Nothing is flushed to the disk, so after a power failure no promise is made. The tree must
    /// not be changed by others between [`Patch::plan`](crate::Patch::plan) and the end of the
    /// writing.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if a file could not be written, with the tree as before; [`Error::NotUndone`]
    /// if the tree could not be restored either.
    pub fn write(&self) -> Result<(), Error> {
        let mut made = Vec::new();
        let result = self.stage(&mut made).and_then(|staged| self.commit(staged));
        if result.is_err() {
            // A folder that has got something else in it by now is not ours to remove.
            made.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
        }
        result
    }

    /// Writes each new text beside its target, in the order of the changes; `made` collects new
    /// folders.
    fn stage(&self, made: &mut Vec<PathBuf>) -> Result<Vec<Option<TempPath>>, Error> {
        let mut stage = |change: &Change| {
            let Some(content) = &change.new else { return Ok(None) };
            let target = self.root.join(&change.path);
            make_folders(&target, made)
                .and_then(|()| temporary(&target, content))
                .map(Some)
                .map_err(io_error(&target))
        };
        self.changes.iter().map(&mut stage).collect()
    }

    /// Moves the staged files into place and removes the deleted ones; undoes all if one fails.
    fn commit(&self, staged: Vec<Option<TempPath>>) -> Result<(), Error> {
        let (renamed, removed): (Vec<_>, Vec<_>) =
            self.changes.iter().zip(staged).partition(|(_, temporary)| temporary.is_some());
        let mut done: Vec<&Change> = Vec::new();
        for (change, temporary) in renamed.into_iter().chain(removed) {
            let target = self.root.join(&change.path);
            let result = match temporary {
                Some(temporary) => temporary.persist(&target).map_err(|error| error.error),
                None => fs::remove_file(&target),
            };
            if let Err(source) = result {
                let error = Error::Io { path: target, source };
                return Err(self.undo(&done, error));
            }
            done.push(change);
        }
        let deleted = self.changes.iter().filter(|change| change.new.is_none());
        deleted.for_each(|change| remove_empty_folders(&self.root, &change.path));
        Ok(())
    }

    /// Puts the old texts back; returns the error to report.
    fn undo(&self, done: &[&Change], cause: Error) -> Error {
        for change in done.iter().rev() {
            let target = self.root.join(&change.path);
            let restored = match &change.old {
                Some(old) => temporary(&target, old)
                    .and_then(|file| file.persist(&target).map_err(|error| error.error)),
                None => fs::remove_file(&target),
            };
            if let Err(source) = restored {
                return Error::NotUndone { path: target, source, cause: Box::new(cause) };
            }
        }
        cause
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::Io { path, source }
}

/// Makes the folders that `target` needs.
fn make_folders(target: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let missing: Vec<_> =
        target.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)?;
        made.push(folder.to_path_buf());
    }
    Ok(())
}

/// Removes the folders above the deleted `path` that it leaves empty, as git does.
fn remove_empty_folders(root: &Path, path: &Path) {
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    for folder in folders {
        if fs::remove_dir(root.join(folder)).is_err() {
            break;
        }
    }
}

/// A temporary file beside `target` with the content and the permissions that the target is to
/// have.
fn temporary(target: &Path, content: &Content) -> io::Result<TempPath> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = create(folder, content.mode)?;
    file.write_all(&content.text)?;
    keep_permissions(target, &file, content.mode)?;
    Ok(file.into_temp_path())
}

#[cfg(unix)]
fn create(folder: &Path, mode: Mode) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    let bits = match mode {
        Mode::Regular => 0o666,
        Mode::Executable => 0o777,
    };
    let permissions = fs::Permissions::from_mode(bits);
    tempfile::Builder::new().prefix(".fixwright-").permissions(permissions).tempfile_in(folder)
}

/// Gives `file` the permissions of the `target` that it is to replace, if there is one.
#[cfg(unix)]
fn keep_permissions(target: &Path, file: &NamedTempFile, mode: Mode) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let Ok(metadata) = fs::symlink_metadata(target) else { return Ok(()) };
    let old = metadata.permissions().mode() & 0o777;
    let bits = match mode {
        _ if mode == super::mode(&metadata) => old,
        Mode::Regular => old & !0o111,
        Mode::Executable => old | (old & 0o444) >> 2,
    };
    file.as_file().set_permissions(fs::Permissions::from_mode(bits))
}

#[cfg(not(unix))]
fn create(folder: &Path, _: Mode) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".fixwright-").tempfile_in(folder)
}

#[cfg(not(unix))]
fn keep_permissions(_: &Path, _: &NamedTempFile, _: Mode) -> io::Result<()> {
    Ok(())
}
