//! What a source tree defines, by name.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::define::{definitions, includes};
use super::include::Includes;
use super::syntax::Syntax;
use super::walk::walk;
use crate::{DefinitionKind, Error, Result};

/// Larger files are left out: people do not write them.
const MOST_BYTES: u64 = 4 << 20;
/// Files that are read between two events.
const GROUP: usize = 1024;

/// The definitions of all C files below a folder.
///
/// It holds names as hashes, and where they are defined: 24 bytes a definition. The text is read from its file when it is asked for, so a file
/// that has changed since may be told wrongly until the tree is read again. Files with syntax errors give what is understood of them.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use fixwright_prompt::Index;
///
/// let tree = tempfile::tempdir()?;
/// std::fs::write(tree.path().join("list.h"), "struct list { struct list *next; };\n#define EMPTY 0\n")?;
/// let index = Index::of_tree(tree.path(), &|_| ControlFlow::Continue(()))?;
/// assert_eq!((index.stats().files, index.stats().definitions), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Index {
    root: PathBuf,
    pub(super) paths: Vec<String>,
    pub(super) includes: Includes,
    entries: Vec<Entry>,
    stats: IndexStats,
}

/// What reading a tree came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// Files that were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Definitions in them.
    pub definitions: u64,
    /// Files among them with syntax errors.
    pub broken: u64,
    /// Files and folders that could not be read.
    pub unreadable: u64,
    /// Files that were left out because they are larger than 4 MiB, or take the parser too long.
    pub too_large: u64,
}

/// Something that happened while a tree was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexEvent {
    /// So many of its files are done.
    Done {
        /// How many.
        files: usize,
        /// Of how many.
        of: usize,
    },
}

/// Where a name is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Entry {
    name: u64,
    pub(super) file: u32,
    start: u32,
    end: u32,
    pub(super) kind: DefinitionKind,
    /// Whether other files see it only by including this one.
    pub(super) private: bool,
}

/// What a file gives.
#[derive(Default)]
struct Parsed {
    entries: Vec<Entry>,
    includes: String,
    stats: IndexStats,
}

impl Index {
    /// Reads the tree below `root` on the threads of the current rayon pool; the result does not depend on how many they are.
    ///
    /// `progress` may stop it.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] if the folder itself cannot be read, [`Error::TreeTooLarge`] for more than a million files,
    /// [`Error::Cancelled`]. What cannot be read further down is counted.
    pub fn of_tree(root: &Path, progress: &dyn Fn(IndexEvent) -> ControlFlow<()>) -> Result<Self> {
        let walked = walk(root)?;
        let of = walked.paths.len();
        let (mut entries, mut lists) = (Vec::new(), Vec::with_capacity(of));
        let mut stats = IndexStats { unreadable: walked.unreadable, ..IndexStats::default() };
        for (group, paths) in walked.paths.chunks(GROUP).enumerate() {
            let first = group * GROUP;
            let parse = |syntax: &mut Option<Syntax>, (at, path): (usize, &String)| {
                parsed(syntax.as_mut(), &root.join(path), (first + at) as u32)
            };
            let parsed: Vec<Parsed> =
                paths.par_iter().enumerate().map_init(Syntax::new, parse).collect();
            for one in parsed {
                entries.extend(one.entries);
                lists.push(one.includes);
                stats.add(&one.stats);
            }
            if progress(IndexEvent::Done { files: first + paths.len(), of }).is_break() {
                return Err(Error::Cancelled);
            }
        }
        entries.par_sort_unstable();
        entries.shrink_to_fit();
        let includes = Includes::new(&walked.paths, lists);
        Ok(Self { root: root.into(), paths: walked.paths, includes, entries, stats })
    }

    /// What reading the tree came to.
    pub fn stats(&self) -> IndexStats {
        self.stats
    }

    /// The definitions of a name, in the order of the files.
    pub(super) fn entries(&self, name: &str) -> &[Entry] {
        let hash = xxh3_64(name.as_bytes());
        let start = self.entries.partition_point(|entry| entry.name < hash);
        let count = self.entries[start..].partition_point(|entry| entry.name == hash);
        &self.entries[start..start + count]
    }

    /// The file that an entry is of, and its bytes as they are now; none if it cannot be read any more.
    pub(super) fn read(&self, entry: Entry) -> Option<(&str, Vec<u8>)> {
        let path = self.paths.get(entry.file as usize)?;
        Some((path, read(&self.root.join(path)).ok()??))
    }
}

impl Entry {
    /// The bytes of its file that it takes.
    pub(super) fn span(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl IndexStats {
    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.definitions += other.definitions;
        self.broken += other.broken;
        self.unreadable += other.unreadable;
        self.too_large += other.too_large;
    }
}

fn parsed(syntax: Option<&mut Syntax>, path: &Path, file: u32) -> Parsed {
    let mut parsed = Parsed::default();
    let text = match read(path) {
        Ok(Some(text)) => text,
        Ok(None) => {
            parsed.stats.too_large = 1;
            return parsed;
        }
        Err(_) => {
            parsed.stats.unreadable = 1;
            return parsed;
        }
    };
    let Some(tree) = syntax.and_then(|syntax| syntax.parse(&text)) else {
        parsed.stats.too_large = 1;
        return parsed;
    };
    let found = definitions(&tree, &text).into_iter().map(|found| Entry {
        name: xxh3_64(&text[found.name]),
        file,
        start: found.span.start as u32,
        end: found.span.end as u32,
        kind: found.kind,
        private: found.private,
    });
    parsed.entries = found.collect();
    parsed.includes = includes(&tree, &text).join("\n");
    parsed.stats.files = 1;
    parsed.stats.bytes = text.len() as u64;
    parsed.stats.definitions = parsed.entries.len() as u64;
    parsed.stats.broken = tree.root_node().has_error().into();
    parsed
}

/// The bytes of a file; none if they are too many.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut text)?;
    Ok((text.len() as u64 <= MOST_BYTES).then_some(text))
}
