//! The source files that reports are about.

use std::fs;
use std::path::{Component, Path, PathBuf};

use fixwright_report::Location;

/// Larger files are not read.
const LARGEST: u64 = 64 << 20;

/// A folder of source, with the file that was read last: reports about one file follow each other.
pub(crate) struct Sources {
    root: PathBuf,
    last: Option<(String, Option<Vec<u8>>)>,
}

impl Sources {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, last: None }
    }

    /// The file that a place is in, if it is in the folder.
    pub(crate) fn read(&mut self, place: &Location) -> Option<Vec<u8>> {
        let path = place.path.as_deref()?;
        if self.last.as_ref().is_none_or(|(last, _)| last != path) {
            self.last =
                Some((path.to_owned(), self.find(path).and_then(|found| fs::read(found).ok())));
        }
        self.last.as_ref()?.1.clone()
    }

    /// The file under the folder that shares the longest end with `path`: the report may have been made elsewhere.
    fn find(&self, path: &str) -> Option<PathBuf> {
        let parts: Vec<_> = Path::new(path).components().collect();
        let plain = |part: &Component<'_>| matches!(part, Component::Normal(_));
        let first = parts.iter().rposition(|part| !plain(part)).map_or(0, |at| at + 1);
        let tails =
            (first..parts.len()).map(|at| self.root.join(parts[at..].iter().collect::<PathBuf>()));
        tails
            .into_iter()
            .find(|path| path.metadata().is_ok_and(|data| data.is_file() && data.len() <= LARGEST))
    }
}
