//! A throw-away copy of a source tree, so that no candidate touches the user's own.

use std::collections::HashSet;
use std::fs::{self, DirEntry, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt as _, lchown};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::Error;

/// What the names of copies begin with.
const PREFIX: &str = "fixwright-";

/// What goes into a [`Workspace`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyOptions {
    /// How many files and folders the tree may have.
    pub max_files: u64,
    /// How many bytes its files may have together.
    pub max_bytes: u64,
    /// Folders and files to leave out, relative to the root: what earlier builds left, say. `.git`
    /// is always left out.
    pub skip: Vec<PathBuf>,
}

impl Default for CopyOptions {
    /// 400,000 files, 8 GiB, nothing left out: a built kernel fits.
    fn default() -> Self {
        Self { max_files: 400_000, max_bytes: 8 << 30, skip: Vec::new() }
    }
}

/// A copy of a source tree in a temporary folder, removed when dropped.
#[derive(Debug)]
pub struct Workspace {
    folder: TempDir,
    root: PathBuf,
    left_out: Vec<PathBuf>,
    /// Whose it has been made.
    owner: OnceLock<u32>,
}

impl Drop for Workspace {
    fn drop(&mut self) {
        flatten(self.folder.path());
    }
}

impl Workspace {
    /// Copies the tree at `source` to the system's folder for temporary files.
    ///
    /// Files keep their permissions and the times of their last changes, by which `make` knows what is built. A symbolic link is copied as such if it is relative and stays
    /// in the tree. Every other one, pipes, sockets, devices, and what may not be read are left out, as are other copies and what goes away meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] for a tree above the limits, [`Error::Io`] with the file that could not
    /// be copied.
    pub fn copy_of(source: &Path, options: &CopyOptions) -> Result<Self, Error> {
        let source = source.canonicalize().map_err(Error::io(source))?;
        let mut workspace = Self::empty()?;
        let temporary = std::env::temp_dir();
        let mut copy = Copy {
            source: &source,
            root: &workspace.root,
            copies: temporary.canonicalize().map_err(Error::io(&temporary))?,
            options,
            skip: options.skip.iter().map(PathBuf::as_path).collect(),
            files: 0,
            bytes: 0,
            left_out: Vec::new(),
        };
        let mut folders = vec![PathBuf::new()];
        while let Some(next) = folders.pop() {
            copy.folder(&next, &mut folders)?;
        }
        workspace.left_out = std::mem::take(&mut copy.left_out);
        Ok(workspace)
    }

    /// A tree of one file.
    ///
    /// # Errors
    ///
    /// [`Error::FileName`] for a name that is not plain, [`Error::Io`] if it cannot be written.
    pub fn of_file(name: &str, text: &str) -> Result<Self, Error> {
        let plain = Path::new(name).file_name().is_some_and(|plain| plain == name);
        if !plain {
            return Err(Error::FileName { name: name.to_owned() });
        }
        let workspace = Self::empty()?;
        let path = workspace.root.join(name);
        fs::write(&path, text).map_err(Error::io(&path))?;
        Ok(workspace)
    }

    fn empty() -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir();
        let folder = folder.map_err(Error::io(&std::env::temp_dir()))?;
        let root = folder.path().join("tree");
        for made in [&root, &folder.path().join("tmp")] {
            fs::create_dir(made).map_err(Error::io(made))?;
        }
        Ok(Self { folder, root, left_out: Vec::new(), owner: OnceLock::new() })
    }

    /// The root of the copy.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A folder for temporary files that goes away with the copy.
    pub fn scratch(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// A file that what runs in the copy may not write, nor put a link in the place of, if it runs in a sandbox.
    pub(crate) fn input(&self) -> PathBuf {
        self.folder.path().join("input")
    }

    /// Makes all of it a user's own; only root may. What that user has made since then is theirs already.
    pub(crate) fn give_to(&self, user: u32) -> Result<(), Error> {
        if self.owner.get() == Some(&user) {
            return Ok(());
        }
        let mut paths = vec![self.folder.path().to_path_buf()];
        while let Some(path) = paths.pop() {
            lchown(&path, Some(user), Some(user)).map_err(Error::io(&path))?;
            if path.symlink_metadata().is_ok_and(|data| data.is_dir()) {
                let entries = fs::read_dir(&path).map_err(Error::io(&path))?;
                paths.extend(entries.flatten().map(|entry| entry.path()));
            }
        }
        let _ = self.owner.set(user);
        Ok(())
    }

    /// Makes files seem to have changed just now, as far as they are there.
    pub(crate) fn touch<'a>(&self, paths: impl IntoIterator<Item = &'a Path>) -> Result<(), Error> {
        let paths = paths.into_iter().map(|path| self.root.join(path));
        paths
            .filter(|path| path.is_file())
            .try_for_each(|path| set_modified(&path, SystemTime::now()))
    }

    /// What was left out because it could not be copied, or not safely: links that lead elsewhere, pipes, sockets, devices, and what may not be
    /// read.
    pub fn left_out(&self) -> &[PathBuf] {
        &self.left_out
    }
}

fn set_modified(path: &Path, time: SystemTime) -> Result<(), Error> {
    File::open(path).and_then(|file| file.set_modified(time)).map_err(Error::io(path))
}

/// Moves all folders in a folder up into it. A hostile program can nest them deeper than paths may be long, than files may be open, and than the stack
/// of whoever goes down into them.
fn flatten(top: &Path) {
    let folders_in = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
    };
    open_up(top);
    let mut flat: Vec<PathBuf> = folders_in(top).map(|entry| entry.path()).collect();
    let mut moved = 0;
    while let Some(folder) = flat.pop() {
        open_up(&folder);
        for inner in folders_in(&folder) {
            let place = top.join(format!("moved-{moved}"));
            open_up(&inner.path());
            if fs::rename(inner.path(), &place).is_ok() {
                moved += 1;
                flat.push(place);
            }
        }
    }
}

/// Lets its owner read, move and empty a folder that a build has closed.
fn open_up(folder: &Path) {
    let Ok(data) = folder.symlink_metadata() else { return };
    if data.is_dir() && data.permissions().mode() & 0o700 != 0o700 {
        // Where it is someone else's, there is nothing to be done.
        let _ = fs::set_permissions(folder, Permissions::from_mode(0o700));
    }
}

/// A copy in the making. All paths are relative to the root.
struct Copy<'a> {
    source: &'a Path,
    root: &'a Path,
    /// The folder that this copy and others are in, which may be in the source.
    copies: PathBuf,
    options: &'a CopyOptions,
    skip: HashSet<&'a Path>,
    files: u64,
    bytes: u64,
    left_out: Vec<PathBuf>,
}

impl Copy<'_> {
    /// Copies what is in one folder; the folders in it are made, and put on the list.
    fn folder(&mut self, path: &Path, folders: &mut Vec<PathBuf>) -> Result<(), Error> {
        let from = self.source.join(path);
        let entries = match fs::read_dir(&from).map_err(Error::io(&from)) {
            Ok(entries) => entries,
            // The root has to be there.
            Err(error) if path == Path::new("") => return Err(error),
            Err(error) => return self.forgive(error, &from, path),
        };
        for entry in entries {
            let entry = entry.map_err(Error::io(&from))?;
            let name = entry.file_name();
            let path = path.join(&name);
            let is_copy =
                from == self.copies && name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
            let left_out = is_copy || name == ".git";
            if !left_out && !self.skip.contains(&*path) {
                match self.entry(&entry, &path, folders) {
                    Err(error) => self.forgive(error, &entry.path(), &path)?,
                    copied => copied?,
                }
            }
        }
        Ok(())
    }

    /// What at `from` may not be read is left out, and so is what is gone.
    fn forgive(&mut self, error: Error, from: &Path, path: &Path) -> Result<(), Error> {
        let kind = match &error {
            Error::Io { path, source } if path == from => source.kind(),
            _ => return Err(error),
        };
        match kind {
            ErrorKind::NotFound => Ok(()),
            ErrorKind::PermissionDenied => {
                self.left_out.push(path.to_path_buf());
                Ok(())
            }
            _ => Err(error),
        }
    }

    fn entry(
        &mut self,
        entry: &DirEntry,
        path: &Path,
        folders: &mut Vec<PathBuf>,
    ) -> Result<(), Error> {
        let (from, to) = (entry.path(), self.root.join(path));
        let metadata = entry.metadata().map_err(Error::io(&from))?;
        self.count(if metadata.is_file() { metadata.len() } else { 0 })?;
        if metadata.is_dir() {
            fs::create_dir(&to).map_err(Error::io(&to))?;
            folders.push(path.to_path_buf());
        } else if metadata.is_file() {
            fs::copy(&from, &to).map_err(Error::io(&from))?;
            set_modified(&to, metadata.modified().map_err(Error::io(&from))?)?;
        } else if metadata.is_symlink()
            && let Some(target) = self.link_inside(path)
        {
            std::os::unix::fs::symlink(target, &to).map_err(Error::io(&to))?;
        } else {
            self.left_out.push(path.to_path_buf());
        }
        Ok(())
    }

    fn count(&mut self, bytes: u64) -> Result<(), Error> {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        let limit = if self.files > self.options.max_files {
            format!("{} files", self.options.max_files)
        } else if self.bytes > self.options.max_bytes {
            format!("{} bytes", self.options.max_bytes)
        } else {
            return Ok(());
        };
        Err(Error::TooLarge { root: self.source.to_path_buf(), limit })
    }

    /// The target of the link at `path`, if it is relative and leads to something in the tree, as
    /// written and as the system follows it.
    fn link_inside(&self, path: &Path) -> Option<PathBuf> {
        let link = self.source.join(path);
        let target = fs::read_link(&link).ok()?;
        let mut depth = path.components().count() - 1;
        for component in target.components() {
            depth = match component {
                Component::Normal(_) => depth + 1,
                Component::CurDir => depth,
                Component::ParentDir => depth.checked_sub(1)?,
                Component::RootDir | Component::Prefix(_) => return None,
            };
        }
        link.canonicalize().ok()?.starts_with(self.source).then_some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Root may empty closed folders too, so this looks at the permissions.
    #[test]
    fn what_a_build_has_closed_is_opened_before_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path();
        fs::create_dir_all(top.join("one/two/three")).unwrap();
        for closed in ["one/two", "one"] {
            fs::set_permissions(top.join(closed), Permissions::from_mode(0o500)).unwrap();
        }
        flatten(top);
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let modes = ["one", "moved-0"].map(|name| mode(top.join(name)));
        assert_eq!(modes, [0o700; 2]);
        assert!(top.join("moved-1").is_dir());
    }
}
