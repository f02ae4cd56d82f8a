//! What a diff says: files, each with its names, modes and hunks.

use crate::Hunk;

/// A whole diff: changes to any number of files, in the order in which they are to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Patch {
    /// One entry for each file header of the diff.
    pub files: Vec<FilePatch>,
}

/// The changes to one file.
///
/// The names are kept as the diff has them, usually with an `a/` or `b/` in front.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FilePatch {
    /// The name before the change; `None` if the patch creates the file.
    pub old_path: Option<Vec<u8>>,
    /// The name after the change; `None` if the patch deletes the file.
    pub new_path: Option<Vec<u8>>,
    /// The mode before the change, where the diff states it.
    pub old_mode: Option<Mode>,
    /// The mode after the change, where the diff states it.
    pub new_mode: Option<Mode>,
    /// Where the new file comes from.
    pub origin: Origin,
    /// The changes to the text, in the order of the file.
    pub hunks: Vec<Hunk>,
}

/// The mode of a regular file, as far as git keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// 100644
    Regular,
    /// 100755
    Executable,
}

/// Where a patched file comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// From the same file, or from none if the patch creates it.
    #[default]
    InPlace,
    /// From the old name, which goes away.
    Renamed,
    /// From the old name, which stays.
    Copied,
}

impl Patch {
    /// Whether the patch changes nothing at all.
    pub fn is_empty(&self) -> bool {
        self.files.iter().all(FilePatch::is_empty)
    }

    /// The patch that undoes this one: each file reversed, last one first.
    #[must_use]
    pub fn reverse(&self) -> Self {
        Self { files: self.files.iter().rev().map(FilePatch::reverse).collect() }
    }
}

impl FilePatch {
    /// Whether the patch leaves the file as it is: text, name, mode and existence.
    pub fn is_empty(&self) -> bool {
        self.hunks.is_empty()
            && self.origin == Origin::InPlace
            && self.old_mode == self.new_mode
            && self.old_path.is_some() == self.new_path.is_some()
    }

    /// Whether the patch makes a file that was not there.
    pub fn creates(&self) -> bool {
        self.old_path.is_none() && self.new_path.is_some()
    }

    /// Whether the patch removes the file.
    pub fn deletes(&self) -> bool {
        self.new_path.is_none() && self.old_path.is_some()
    }

    /// The patch that undoes this one.
    #[must_use]
    pub fn reverse(&self) -> Self {
        Self {
            old_path: self.new_path.clone(),
            new_path: self.old_path.clone(),
            old_mode: self.new_mode,
            new_mode: self.old_mode,
            origin: self.origin,
            hunks: self.hunks.iter().map(Hunk::reverse).collect(),
        }
    }
}
