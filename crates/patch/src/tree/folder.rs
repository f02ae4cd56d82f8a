//! A folder held open: what is done in it is done there, wherever its path leads by now.
//!
//! Every name is one component and is never followed if it is a symbolic link, so nobody who
//! swaps a folder for a link can lead a write out of the tree.

#[cfg_attr(unix, path = "folder/unix.rs")]
#[cfg_attr(not(unix), path = "folder/portable.rs")]
mod system;

pub(super) use system::{Bits, Folder, Lock};

/// What is under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

/// What is under a name, and how it was when it was looked at.
#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) kind: Kind,
    pub(super) stamp: Stamp,
    /// The permissions, as far as a patch carries them over.
    pub(super) bits: Bits,
    /// What tells one file from another, if it has no second name on purpose.
    pub(super) id: Option<(u64, u64)>,
}

/// Changes whenever a file is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) len: i128,
    pub(super) seconds: i128,
    pub(super) nanoseconds: i128,
}

/// What a rename may find under the new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Onto {
    /// A file, which it replaces.
    File,
    /// Nothing at all.
    Nothing,
}
