//! Programs without a known bug, to break.

use std::path::{Path, PathBuf};
use std::vec;

use crate::walk::{files, read_limited};
use crate::{Error, RepairSample, Skipped, Source};

/// The C files of a folder, each a sample that has only a [`fixed`](RepairSample::fixed) program: what
/// [`Injection`](crate::Injection) makes samples of.
#[derive(Debug)]
pub struct Correct {
    root: PathBuf,
    files: vec::IntoIter<PathBuf>,
    skipped: Skipped,
}

impl Correct {
    /// The files with the suffix `.c` in `folder` and the folders in it.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] if the folder cannot be read.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let mut files = files(folder)?;
        files.retain(|path| path.extension().is_some_and(|suffix| suffix == "c"));
        Ok(Self { root: folder.into(), files: files.into_iter(), skipped: Skipped::default() })
    }

    fn sample(&self, path: &Path) -> Result<Option<RepairSample>, Error> {
        let Ok(text) = String::from_utf8(read_limited(path)?) else { return Ok(None) };
        let mut sample = RepairSample::default();
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        sample.source_code_path = Some(below.to_string_lossy().into_owned());
        sample.origin = self.root.file_name().map(|name| name.to_string_lossy().into_owned());
        sample.language = Some("c".into());
        sample.fixed = Some(text);
        Ok(Some(sample))
    }
}

impl Iterator for Correct {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let path = self.files.next()?;
            match self.sample(&path).transpose() {
                Some(item) => return Some(item),
                None => self.skipped.add("not UTF-8"),
            }
        }
    }
}

impl Source for Correct {
    fn skipped(&self) -> &Skipped {
        &self.skipped
    }
}
