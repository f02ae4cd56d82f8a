//! Small source trees: copied, and compared byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The files under a folder: text and permissions.
pub(super) type Tree = BTreeMap<PathBuf, (Vec<u8>, u32)>;

/// Reads all files under `root`. Symbolic links are left out: no tool here follows or makes one.
pub(super) fn read(root: &Path) -> anyhow::Result<Tree> {
    let mut tree = Tree::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let mode = fs::metadata(&path)?.permissions().mode() & 0o777;
                let text = fs::read(&path)?;
                tree.insert(path.strip_prefix(root)?.to_path_buf(), (text, mode));
            }
        }
    }
    Ok(tree)
}

/// Makes `root` a folder with the files of `tree` and nothing else.
pub(super) fn write<'a>(
    root: &Path,
    tree: impl IntoIterator<Item = (&'a PathBuf, &'a (Vec<u8>, u32))>,
) -> anyhow::Result<()> {
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    fs::create_dir_all(root)?;
    for (path, (text, mode)) in tree {
        let path = root.join(path);
        fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(*mode))?;
    }
    Ok(())
}

/// What differs between two trees; nothing if they are equal.
pub(super) fn difference(ours: &Tree, theirs: &Tree) -> Option<String> {
    let mut paths: Vec<_> = ours.keys().chain(theirs.keys()).collect();
    paths.sort();
    paths.dedup();
    let differ = |path: &PathBuf| {
        let what = match (ours.get(path), theirs.get(path)) {
            (Some(a), Some(b)) if a == b => return None,
            (Some(a), Some(b)) if a.0 == b.0 => format!("has mode {:o}, not {:o}", a.1, b.1),
            (Some(_), Some(_)) => "has other text".to_owned(),
            (Some(_), None) => "is there".to_owned(),
            _ => "is not there".to_owned(),
        };
        Some(format!("{} {what}", path.display()))
    };
    let all: Vec<_> = paths.into_iter().filter_map(differ).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_differ_in_text_mode_and_presence() {
        let file = |text: &str, mode| (text.as_bytes().to_vec(), mode);
        let ours = Tree::from([
            ("a".into(), file("1", 0o644)),
            ("b".into(), file("1", 0o755)),
            ("c".into(), file("1", 0o644)),
            ("e".into(), file("1", 0o644)),
        ]);
        let theirs = Tree::from([
            ("a".into(), file("2", 0o644)),
            ("b".into(), file("1", 0o644)),
            ("d".into(), file("1", 0o644)),
            ("e".into(), file("1", 0o644)),
        ]);
        let found = difference(&ours, &theirs).unwrap();
        assert_eq!(found, "a has other text, b has mode 755, not 644, c is there, d is not there");
        assert_eq!(difference(&ours, &ours), None);
    }

    #[test]
    fn a_tree_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::from([
            ("a/b/c".into(), (b"x".to_vec(), 0o755)),
            ("d".into(), (b"".to_vec(), 0o600)),
        ]);
        let root = folder.path().join("tree");
        write(&root, &tree).unwrap();
        assert_eq!(read(&root).unwrap(), tree);
    }
}
