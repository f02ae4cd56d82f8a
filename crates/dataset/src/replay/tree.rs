//! The tree of a commit, laid out in a folder.

use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use fixwright_patch::strip;
use fixwright_validate::CopyOptions;
use tempfile::TempDir;

use crate::Error;
use crate::history::{Blob, Blobs, Commit, Git, Stop};

/// The largest entry of a tree's list, in bytes: mode, object and path.
const MAX_ENTRY: u64 = 8192;

/// The tree of a commit in a temporary folder. Links and submodules are left out, and files whose names would lead elsewhere.
pub(super) struct Tree(TempDir);

/// How large a tree may be.
pub(super) fn limits() -> CopyOptions {
    CopyOptions::default()
}

impl Tree {
    /// Lays out the tree that the commit changes.
    pub(super) fn before(
        commit: &Commit,
        repository: &Path,
        blobs: &mut Blobs,
    ) -> Result<Self, Stop> {
        let arguments = ["-r", "-z", "--full-tree"].map(str::to_owned).to_vec();
        let arguments = [arguments, vec![format!("{}^", commit.id)]].concat();
        let (mut git, _, output) = Git::start(repository, "ls-tree", &arguments)?;
        let folder = tempfile::tempdir().map_err(|error| git.failed(&error))?;
        let tree = Self(folder);
        let mut output = BufReader::new(output);
        let (mut files, mut bytes) = (0, 0);
        let mut entry = Vec::new();
        loop {
            entry.clear();
            let read = output.by_ref().take(MAX_ENTRY).read_until(0, &mut entry);
            if read.map_err(|error| git.failed(&error))? == 0 {
                break;
            }
            let Some((mode, object, path)) = parts(&entry) else { continue };
            bytes += tree.write(mode, object, path, limits().max_bytes - bytes, blobs)?;
            files += 1;
            if files > limits().max_files {
                return Err(Stop::Skip("tree too large"));
            }
        }
        git.finish()?;
        Ok(tree)
    }

    /// Makes it the tree behind the commit.
    pub(super) fn advance(&self, commit: &Commit, blobs: &mut Blobs) -> Result<(), Stop> {
        for change in &commit.changes {
            let Some(name) = change.path.as_deref() else { continue };
            let Ok(path) = strip(name, 0) else { continue };
            match fs::remove_file(self.0.path().join(&path)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(unwritable(&error));
                }
                _ => {}
            }
            self.write(&change.new_mode, &change.new, name, limits().max_bytes, blobs)?;
        }
        Ok(())
    }

    /// Its folder.
    pub(super) fn root(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file of at most `room` bytes; how many these are.
    fn write(
        &self,
        mode: &str,
        object: &str,
        name: &[u8],
        room: u64,
        blobs: &mut Blobs,
    ) -> Result<u64, Stop> {
        let Ok(path) = strip(name, 0) else { return Ok(0) };
        if !mode.starts_with("100") {
            return Ok(0);
        }
        let bytes = match blobs.get(object, room)? {
            Blob::Bytes(bytes) => bytes,
            Blob::TooLarge => return Err(Stop::Skip("tree too large")),
            Blob::Missing => return Err(Stop::Skip("file not in the repository")),
        };
        let path = self.0.path().join(path);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder.and_then(|()| fs::write(&path, &bytes)).map_err(|error| unwritable(&error))?;
        if mode == "100755" {
            fs::set_permissions(&path, Permissions::from_mode(0o755))
                .map_err(|error| unwritable(&error))?;
        }
        Ok(bytes.len() as u64)
    }
}

/// A tree that no folder can have, such as one with a file and a folder of the same name, or a failure of the disk.
fn unwritable(error: &io::Error) -> Stop {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            Stop::Fail(Error::Git { what: "ls-tree", message: error.to_string() })
        }
        _ => Stop::Skip("tree not writable"),
    }
}

/// Mode, object and path from `MODE TYPE OBJECT\tPATH\0`; none for an entry that was cut.
fn parts(entry: &[u8]) -> Option<(&str, &str, &[u8])> {
    let entry = entry.strip_suffix(b"\0")?;
    let tab = entry.iter().position(|byte| *byte == b'\t')?;
    let mut words = str::from_utf8(&entry[..tab]).ok()?.split(' ');
    let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
    Some((mode, object, &entry[tab + 1..]))
}
