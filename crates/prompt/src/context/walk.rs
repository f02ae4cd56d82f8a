//! The C files below a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The most files that are looked at.
const MOST_FILES: usize = 1_000_000;

/// The C files of a tree, and how much of it could not be read.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Paths below the root, `/` between their parts, in order.
    pub(super) paths: Vec<String>,
    pub(super) unreadable: u64,
}

/// Finds all `.c` and `.h` files below `root`. Symbolic links are not followed, and names that begin with a dot are left out.
pub(super) fn walk(root: &Path) -> Result<Walked> {
    let mut walked = Walked::default();
    let mut folders = vec![(root.to_path_buf(), String::new())];
    while let Some((folder, below)) = folders.pop() {
        match entries(&folder, &below, &mut folders, &mut walked) {
            Err(source) if below.is_empty() => {
                return Err(Error::Unreadable { path: folder, source });
            }
            Err(_) => walked.unreadable += 1,
            Ok(()) => {}
        }
        if walked.paths.len() > MOST_FILES {
            return Err(Error::TreeTooLarge { path: root.into(), limit: MOST_FILES });
        }
    }
    walked.paths.sort_unstable();
    Ok(walked)
}

fn entries(
    folder: &Path,
    below: &str,
    folders: &mut Vec<(PathBuf, String)>,
    walked: &mut Walked,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let kind = entry.file_type()?;
        match name.to_str() {
            Some(name) if name.starts_with('.') => {}
            Some(name) if kind.is_dir() => folders.push((entry.path(), format!("{below}{name}/"))),
            Some(name) if kind.is_file() && is_c(name) => {
                walked.paths.push(format!("{below}{name}"));
            }
            None if kind.is_dir() => walked.unreadable += 1,
            _ => {}
        }
    }
    Ok(())
}

/// A name with control characters could say something in a prompt that no path says.
fn is_c(name: &str) -> bool {
    (name.ends_with(".c") || name.ends_with(".h")) && !name.contains(char::is_control)
}
