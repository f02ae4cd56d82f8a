//! A folder for diffs, inside one that has to stay as it is.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fixwright_patch::{Patch, PlanOptions};
use tempfile::TempDir;

use crate::input::Input;

/// A folder `root` for the diffs, and `outside` beside it, to which a link in `root` leads.
pub(crate) struct Tree {
    outer: TempDir,
}

impl Tree {
    pub(crate) fn new() -> io::Result<Self> {
        let outer = TempDir::new()?;
        fs::create_dir(outer.path().join("outside"))?;
        fs::write(outer.path().join("outside/x"), "left alone\n")?;
        Ok(Self { outer })
    }

    fn root(&self) -> PathBuf {
        self.outer.path().join("root")
    }

    /// Applies the diff to a fresh folder, exactly if it can be, else tolerantly; whether anything
    /// was written.
    ///
    /// # Panics
    ///
    /// If the folder cannot be made, or the crate panics.
    pub(crate) fn apply(&self, input: &Input) -> bool {
        let filled = self.fill(&input.old);
        assert!(filled.is_ok(), "{filled:?}");
        let root = self.root();
        let exact = || Patch::parse(&input.diff)?.plan(&root, 1)?.write();
        let options = PlanOptions::default();
        let tolerant =
            || Patch::recover(&input.diff)?.plan_with(&root, &options)?.into_plan()?.write();
        exact().is_ok() || tolerant().is_ok()
    }

    fn fill(&self, text: &[u8]) -> io::Result<()> {
        let root = self.root();
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        fs::create_dir_all(root.join(".git/hooks"))?;
        fs::create_dir(root.join("src"))?;
        fs::write(root.join("f"), text)?;
        fs::write(root.join("src/f"), text)?;
        #[cfg(unix)]
        std::os::unix::fs::symlink("../outside", root.join("link"))?;
        Ok(())
    }

    /// Whether all that is outside of the root or in its `.git` is as it was.
    pub(crate) fn is_contained(&self) -> bool {
        let outer = self.outer.path();
        let text = fs::read(outer.join("outside/x"));
        text.is_ok_and(|text| text == b"left alone\n")
            && names(outer) == ["outside", "root"]
            && names(&outer.join("outside")) == ["x"]
            && names(&self.root().join(".git")) == ["hooks"]
            && names(&self.root().join(".git/hooks")).is_empty()
    }
}

/// The names in a folder, in order; none if it is not there.
fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
    names.sort();
    names
}
