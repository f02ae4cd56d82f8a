//! Finding the file that a path means in a tree that may begin elsewhere.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::Error;
use crate::walk::files;

/// The files of a folder.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: PathBuf,
    /// The paths below the root, by file name.
    by_name: HashMap<String, Vec<String>>,
}

impl Tree {
    pub(super) fn new(root: &Path) -> Result<Self, Error> {
        let mut by_name = HashMap::<_, Vec<_>>::new();
        for path in files(root)? {
            let below = path.strip_prefix(root).unwrap_or(&path).to_str();
            if let (Some(name), Some(below)) =
                (path.file_name().and_then(|name| name.to_str()), below)
            {
                by_name.entry(name.to_owned()).or_default().push(below.to_owned());
            }
        }
        Ok(Self { root: root.into(), by_name })
    }

    /// The path below the root of the file that `path` means: itself, or the one file whose path has most of its last parts.
    pub(super) fn find(&self, path: &str) -> Result<Option<String>, &'static str> {
        let parts: Vec<_> = Path::new(path)
            .components()
            .filter_map(|part| match part {
                Component::Normal(part) => part.to_str(),
                _ => None,
            })
            .collect();
        let Some(candidates) = parts.last().and_then(|name| self.by_name.get(*name)) else {
            return Ok(None);
        };
        let common = |candidate: &str| {
            let theirs = Path::new(candidate).components().rev().map(Component::as_os_str);
            theirs.zip(parts.iter().rev()).take_while(|(left, right)| left == *right).count()
        };
        let exact = parts.join("/");
        if candidates.contains(&exact) {
            return Ok(Some(exact));
        }
        let most = candidates.iter().map(|candidate| common(candidate)).max().unwrap_or_default();
        let mut best = candidates.iter().filter(|candidate| common(candidate) == most);
        match (best.next(), best.next()) {
            (Some(only), None) => Ok(Some(only.clone())),
            _ => Err("several source files fit"),
        }
    }
}
