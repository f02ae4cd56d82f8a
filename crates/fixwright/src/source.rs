//! The file that a report means, found in a source tree.
//!
//! Reports name files as the machine had them that the analyser ran on: absolute, from another folder, or with the folder's own
//! name in front. [`SourceFile::find`] takes the file whose path is the end of the reported one, or the other way round, if only one is.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};

/// The largest file that is read, in bytes.
const MAX_SIZE: u64 = 4 << 20;

/// The most entries of a tree that are looked at.
const MAX_ENTRIES: usize = 500_000;

/// A source file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path below the tree's root, with `/` between its parts: what a patch calls the file.
    pub path: String,
    /// The text.
    pub text: String,
}

impl SourceFile {
    /// Finds the file that a report calls `name` below `root` and reads it.
    ///
    /// The path as it stands is tried first, then every file of the tree whose path ends like it, or like which it ends; the longest
    /// agreement wins. Symbolic links are not followed.
    ///
    /// # Errors
    ///
    /// The file is missing, ambiguous, too large, or not UTF-8, or the tree cannot be read.
    pub fn find(root: &Path, name: &str) -> Result<Self> {
        let wanted = components(name);
        // Whole trees are not searched for what is named as it is called on this machine.
        let whole = root.canonicalize().ok();
        let below = whole.and_then(|root| Path::new(name).strip_prefix(root).ok()?.to_str());
        let direct: PathBuf = below.map_or(wanted.clone(), components).into_iter().collect();
        let path = if is_inside(root, &direct) { direct } else { search(root, name, &wanted)? };
        Ok(Self { text: read(&root.join(&path))?, path: slashed(&path) })
    }
}

/// The parts of a reported path that a tree can have: without root, `.` and anything up to the last `..`.
fn components(name: &str) -> Vec<String> {
    let name = name.replace('\\', "/");
    let mut parts = Vec::new();
    for component in Path::new(&name).components() {
        match component {
            Component::ParentDir => parts.clear(),
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    parts
}

/// Whether there is a file of this path that no symbolic link leads to.
fn is_inside(root: &Path, path: &Path) -> bool {
    let mut whole = root.to_owned();
    let linked = path.components().any(|part| {
        whole.push(part);
        whole.is_symlink()
    });
    !linked && whole.is_file()
}

fn search(root: &Path, name: &str, wanted: &[String]) -> Result<PathBuf> {
    let mut best = (0, Vec::new());
    let mut visit = |path: &Path| {
        let agreed = agreement(path, wanted);
        if agreed > best.0 {
            best = (agreed, Vec::new());
        }
        if agreed > 0 && agreed == best.0 {
            best.1.push(path.to_owned());
        }
    };
    walk(root, &mut visit)?;
    let mut found = best.1;
    found.sort();
    match found.len() {
        1 => Ok(found.swap_remove(0)),
        0 => Err(Error::SourceMissing { name: name.to_owned(), root: root.to_owned() }),
        _ => Err(Error::SourceAmbiguous {
            name: name.to_owned(),
            found: found.iter().map(|p| slashed(p)).collect(),
        }),
    }
}

/// How many parts the two paths share if one of them is the end of the other, or else 0.
fn agreement(path: &Path, wanted: &[String]) -> usize {
    let mut pairs = path.components().rev().zip(wanted.iter().rev());
    if pairs.clone().all(|(a, b)| a.as_os_str() == b.as_str()) { pairs.by_ref().count() } else { 0 }
}

/// Calls `visit` with the path of every file, relative to `root`.
fn walk(root: &Path, visit: &mut dyn FnMut(&Path)) -> Result<()> {
    let mut folders = vec![PathBuf::new()];
    let mut entries = 0;
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        let io = |source| Error::Io { path: path.clone(), source };
        for entry in fs::read_dir(&path).map_err(io)? {
            let entry = entry.map_err(io)?;
            let kind = entry.file_type().map_err(io)?;
            let relative = folder.join(entry.file_name());
            if kind.is_dir() && entry.file_name() != ".git" {
                folders.push(relative);
            } else if kind.is_file() {
                visit(&relative);
            }
            entries += 1;
            if entries > MAX_ENTRIES {
                let what = format!(
                    "more than {MAX_ENTRIES} entries: name a smaller folder, or the file's path from this one"
                );
                return Err(io(std::io::Error::other(what)));
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    let io = |source| Error::Io { path: path.to_owned(), source };
    let size = fs::metadata(path).map_err(io)?.len();
    if size > MAX_SIZE {
        return Err(Error::SourceTooLarge { path: path.to_owned(), size, limit: MAX_SIZE });
    }
    String::from_utf8(fs::read(path).map_err(io)?).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..byte].iter().filter(|b| **b == b'\n').count();
        Error::SourceNotUtf8 { path: path.to_owned(), line, byte }
    })
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        root
    }

    fn find(root: &tempfile::TempDir, name: &str) -> Result<String> {
        SourceFile::find(root.path(), name).map(|file| file.path)
    }

    #[test]
    fn the_file_is_found_by_its_end() {
        let root = tree(&[
            ("src/a/util.c", b"a"),
            ("src/b/util.c", b"b"),
            ("main.c", b""),
            (".git/main.c", b""),
        ]);
        for name in [
            "src/a/util.c",
            "./src/a/util.c",
            "/home/u/proj/src/a/util.c",
            "x/../a/util.c",
            "a/util.c",
            r"C:\p\src\a\util.c",
        ] {
            assert_eq!(find(&root, name).unwrap(), "src/a/util.c", "{name}");
        }
        assert_eq!(find(&root, "drivers/main.c").unwrap(), "main.c");
    }

    #[test]
    fn what_is_not_one_file_is_refused() {
        let root = tree(&[
            ("src/a/util.c", b"a"),
            ("src/b/util.c", b"b"),
            ("latin.c", b"// ok\n// caf\xe9\n"),
        ]);
        assert_eq!(
            find(&root, "util.c").unwrap_err().to_string(),
            "util.c: this could be any of src/a/util.c, src/b/util.c"
        );
        for name in ["gone.c", "", "..", "/", "src/c/util.c", "src"] {
            assert!(matches!(find(&root, name), Err(Error::SourceMissing { .. })), "{name}");
        }
        let latin = find(&root, "latin.c").unwrap_err().to_string();
        assert!(latin.contains("latin.c:2: byte 12 is not UTF-8"), "{latin}");
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out() {
        let outside = tree(&[("secret.c", b"s")]);
        let root = tree(&[("main.c", b"")]);
        std::os::unix::fs::symlink(outside.path(), root.path().join("link")).unwrap();
        for name in ["secret.c", "link/secret.c"] {
            assert!(matches!(find(&root, name), Err(Error::SourceMissing { .. })), "{name}");
        }
    }
}
