//! A throw-away copy of a source tree, so that no candidate touches the user's own.

use std::fs::{self, DirEntry, File};
use std::os::unix::fs::lchown;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::Error;

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
    /// 100,000 files, 2 GiB, nothing left out.
    fn default() -> Self {
        Self { max_files: 100_000, max_bytes: 2 << 30, skip: Vec::new() }
    }
}

/// A copy of a source tree in a temporary folder, removed when dropped.
#[derive(Debug)]
pub struct Workspace {
    folder: TempDir,
    root: PathBuf,
    left_out: Vec<PathBuf>,
}

impl Workspace {
    /// Copies the tree at `source` to the system's folder for temporary files.
    ///
    /// Files keep their permissions and the times of their last changes, by which `make` knows what is built. A symbolic link is copied as such if it is relative and stays
    /// in the tree. Every other one, pipes, sockets and devices are left out.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] for a tree above the limits, [`Error::Io`] with the file that could not
    /// be copied.
    pub fn copy_of(source: &Path, options: &CopyOptions) -> Result<Self, Error> {
        let source = source.canonicalize().map_err(Error::io(source))?;
        let mut workspace = Self::empty()?;
        let mut copy = Copy {
            source: &source,
            root: &workspace.root,
            options,
            files: 0,
            bytes: 0,
            left_out: Vec::new(),
        };
        let mut folders = vec![PathBuf::new()];
        while let Some(next) = folders.pop() {
            copy.folder(&next, &mut folders)?;
        }
        workspace.left_out = copy.left_out;
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
        let folder = tempfile::Builder::new().prefix("fixwright-").tempdir();
        let folder = folder.map_err(Error::io(&std::env::temp_dir()))?;
        let root = folder.path().join("tree");
        for made in [&root, &folder.path().join("tmp")] {
            fs::create_dir(made).map_err(Error::io(made))?;
        }
        Ok(Self { folder, root, left_out: Vec::new() })
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

    /// Makes all of it a user's own; only root may.
    pub(crate) fn give_to(&self, user: u32) -> Result<(), Error> {
        let mut paths = vec![self.folder.path().to_path_buf()];
        while let Some(path) = paths.pop() {
            lchown(&path, Some(user), Some(user)).map_err(Error::io(&path))?;
            if path.symlink_metadata().is_ok_and(|data| data.is_dir()) {
                let entries = fs::read_dir(&path).map_err(Error::io(&path))?;
                paths.extend(entries.flatten().map(|entry| entry.path()));
            }
        }
        Ok(())
    }

    /// Makes files seem to have changed just now, as far as they are there.
    pub(crate) fn touch<'a>(&self, paths: impl IntoIterator<Item = &'a Path>) -> Result<(), Error> {
        let paths = paths.into_iter().map(|path| self.root.join(path));
        paths
            .filter(|path| path.is_file())
            .try_for_each(|path| set_modified(&path, SystemTime::now()))
    }

    /// What was left out because it could not be copied safely: links that lead elsewhere, pipes,
    /// sockets, devices.
    pub fn left_out(&self) -> &[PathBuf] {
        &self.left_out
    }
}

fn set_modified(path: &Path, time: SystemTime) -> Result<(), Error> {
    File::open(path).and_then(|file| file.set_modified(time)).map_err(Error::io(path))
}

/// A copy in the making. All paths are relative to the root.
struct Copy<'a> {
    source: &'a Path,
    root: &'a Path,
    options: &'a CopyOptions,
    files: u64,
    bytes: u64,
    left_out: Vec<PathBuf>,
}

impl Copy<'_> {
    /// Copies what is in one folder; the folders in it are made, and put on the list.
    fn folder(&mut self, path: &Path, folders: &mut Vec<PathBuf>) -> Result<(), Error> {
        let from = self.source.join(path);
        for entry in fs::read_dir(&from).map_err(Error::io(&from))? {
            let entry = entry.map_err(Error::io(&from))?;
            let path = path.join(entry.file_name());
            if entry.file_name() != ".git" && !self.options.skip.contains(&path) {
                self.entry(&entry, path, folders)?;
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        entry: &DirEntry,
        path: PathBuf,
        folders: &mut Vec<PathBuf>,
    ) -> Result<(), Error> {
        let (from, to) = (entry.path(), self.root.join(&path));
        let metadata = entry.metadata().map_err(Error::io(&from))?;
        self.count(if metadata.is_file() { metadata.len() } else { 0 })?;
        if metadata.is_dir() {
            fs::create_dir(&to).map_err(Error::io(&to))?;
            folders.push(path);
        } else if metadata.is_file() {
            fs::copy(&from, &to).map_err(Error::io(&from))?;
            set_modified(&to, metadata.modified().map_err(Error::io(&from))?)?;
        } else if metadata.is_symlink()
            && let Some(target) = self.link_inside(&path)
        {
            std::os::unix::fs::symlink(target, &to).map_err(Error::io(&to))?;
        } else {
            self.left_out.push(path);
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
