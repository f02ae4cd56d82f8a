//! What can go wrong, and where.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use crate::Rejection;

/// Why a diff could not be read, applied or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no diff that can be read exactly.
    #[error("line {line} of the diff: {problem}")]
    Parse {
        /// The line of the diff, counted from 1.
        line: usize,
        /// The bytes of that line in the diff.
        span: Range<usize>,
        /// What is wrong with it.
        problem: Problem,
    },
    /// Two readers of the same diff see different changes in it.
    #[error("two readers of the diff disagree about {}", .file.map_or("its files".into(), |file| format!("file {file}")))]
    Disagreement {
        /// The number of the first file that they see differently, counted from 1; `None` if one of
        /// them sees more files or cannot read the diff.
        file: Option<usize>,
    },
    /// The file does not have the text that a hunk expects at the line that the hunk names.
    #[error(transparent)]
    Conflict(Box<Conflict>),
    /// Some hunks have no place in the file, however much the options forgive.
    #[error(transparent)]
    Rejected(Box<Rejection>),
    /// The file already is as the patch would make it.
    #[error("the patch is already applied")]
    AlreadyApplied,
    /// A hunk begins before the end of the hunk in front of it.
    #[error("hunk {hunk} overlaps the one before it or is out of order")]
    OutOfOrder {
        /// The number of the hunk in its file, counted from 1.
        hunk: usize,
    },
    /// A hunk would put a line right after a line that has no line end, and so join the two.
    #[error("hunk {hunk} would join line {line} of the result to a line without a newline")]
    JoinedLines {
        /// The number of the hunk in its file, counted from 1.
        hunk: usize,
        /// The line of the patched text, counted from 1.
        line: usize,
    },
    /// The patch creates a file that is there.
    #[error("the patch creates a file that already exists")]
    Exists,
    /// The patch changes or deletes a file that is not there.
    #[error("the file to patch does not exist")]
    Missing,
    /// The patch deletes a file without deleting all its text.
    #[error("the patch deletes the file but leaves text in it")]
    NotEmptied,
    /// The diff names no file, and it is not clear which is meant.
    #[error("the diff names no file")]
    Unnamed,
    /// Several files of the tree end like the name in the diff.
    #[error("`{name}` may be any of {}", listed(.files))]
    SeveralFiles {
        /// The name in the diff.
        name: String,
        /// Some of the files, relative to the root of the tree.
        files: Vec<PathBuf>,
    },
    /// The old and the new name differ, and no rename is stated.
    #[error("the old and the new name differ without a rename: `{old}` and `{new}`")]
    NamesDiffer {
        /// The name before the change, stripped.
        old: String,
        /// The name after the change, stripped.
        new: String,
    },
    /// A file name must not be followed.
    #[error("refusing the path `{path}`: {problem}")]
    Path {
        /// The name as the diff has it; what is not UTF-8 is replaced.
        path: String,
        /// What is wrong with it.
        problem: PathProblem,
    },
    /// A file of the patch could not be patched.
    #[error("{}: {source}", path.display())]
    File {
        /// The file, relative to the root of the tree.
        path: PathBuf,
        /// Why not.
        source: Box<Error>,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not as it was when the patch was planned.
    #[error("{} was changed while the patch was being planned", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Another process is writing to the same tree.
    #[error("another process is writing to {}", root.display())]
    Busy {
        /// The root of the tree.
        root: PathBuf,
    },
    /// An earlier write was cut off in the middle, and cannot be finished because a file is not as
    /// that write left it: the tree has old and new files.
    #[error(
        "an earlier write was cut off and cannot be finished: {} has been changed since; restore \
         it, or remove {} to keep the tree as it is",
        path.display(),
        journal.display()
    )]
    Unfinished {
        /// The file; the journal itself if it is damaged.
        path: PathBuf,
        /// The list of what is left to do.
        journal: PathBuf,
    },
    /// Writing failed half-way, and undoing what was written failed as well: the tree has old and
    /// new files. The next [`settle`](crate::settle) tries again.
    #[error("{cause}; then undoing failed: {source}")]
    NotUndone {
        /// Why undoing failed.
        source: Box<Error>,
        /// Why the writing failed.
        cause: Box<Error>,
    },
}

fn listed(files: &[PathBuf]) -> String {
    let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    names.join(", ")
}

impl Error {
    /// Whether the file system is at fault; otherwise the patch is, or it does not fit the tree.
    pub fn is_io(&self) -> bool {
        match self {
            Self::Io { .. }
            | Self::Changed { .. }
            | Self::Busy { .. }
            | Self::Unfinished { .. }
            | Self::NotUndone { .. } => true,
            Self::File { source, .. } => source.is_io(),
            _ => false,
        }
    }
}

/// What is wrong with a line of a diff.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A line begins with `@@` but is no `@@ -start,len +start,len @@`.
    #[error("a hunk header must read `@@ -start,len +start,len @@`")]
    HunkHeader,
    /// A hunk comes before any file header.
    #[error("a hunk without `---` and `+++` lines before it")]
    HunkWithoutFile,
    /// A file header is followed by no change.
    #[error("a file header without any change after it")]
    NoChange,
    /// A line inside a hunk begins with none of ` `, `-`, `+` and `\`.
    #[error("no hunk line: it must begin with a space, `-` or `+`")]
    HunkLine,
    /// A hunk has more lines than its header says.
    #[error("the hunk has more lines than its header says")]
    HunkTooLong,
    /// A hunk has fewer lines than its header says.
    #[error("the hunk ends before its header's line counts are reached")]
    HunkTooShort,
    /// The diff stops in the middle of a hunk or of a line.
    #[error("the diff ends in the middle of a hunk: it may be cut off")]
    Truncated,
    /// A line follows one that is marked as the file's unterminated last.
    #[error("a line follows the file's last, which `\\ No newline at end of file` marks")]
    AfterLastLine,
    /// A file name is missing, badly quoted, or `/dev/null` on both sides.
    #[error("no usable file name")]
    Name,
    /// The lines of a file header contradict each other.
    #[error("this line contradicts another of the same file header")]
    Contradiction,
    /// A kind of change that cannot be made as text.
    #[error("{0} cannot be applied as text")]
    Unsupported(Unsupported),
}

/// A kind of diff that is recognised and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// `GIT binary patch` or `Binary files ... differ`.
    Binary,
    /// A file of mode 120000.
    Symlink,
    /// A submodule, mode 160000.
    Gitlink,
    /// A mode that is not of a regular file.
    Mode,
    /// A merge's `diff --cc` or `diff --combined`.
    Combined,
    /// The context format of `diff -c`.
    Context,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Binary => "a binary patch",
            Self::Symlink => "a symbolic link (mode 120000)",
            Self::Gitlink => "a submodule (mode 160000)",
            Self::Mode => "a file mode other than 100644 and 100755",
            Self::Combined => "a combined diff",
            Self::Context => "a context diff",
        })
    }
}

/// What is wrong with a file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathProblem {
    /// Nothing is left after stripping.
    #[error("it has too few components for the strip level")]
    TooShort,
    /// It begins with a slash.
    #[error("it is absolute")]
    Absolute,
    /// It has a `..` component.
    #[error("it has a `..` component")]
    Parent,
    /// It has a component that git may take for its own folder.
    #[error("it leads into `.git`")]
    Git,
    /// It has a component whose name is kept for the files of a write.
    #[error("it has a name that is kept for temporary files")]
    Reserved,
    /// It has a character that no name in a source tree has.
    #[error("it has a control character")]
    Control,
    /// This system cannot have a file of that name.
    #[error("this system has no such names")]
    Unnameable,
    /// A component is a symbolic link.
    #[error("a symbolic link is on the way")]
    Symlink,
    /// It is another name of a file that the patch has under a first one, as file systems that
    /// ignore case have them.
    #[error("it is another name of a file that the patch has already")]
    Alias,
    /// It is neither a regular file nor absent.
    #[error("it is no regular file")]
    NotAFile,
}

/// Where a hunk did not match.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The number of the hunk in its file, counted from 1.
    pub hunk: usize,
    /// The line of the file, counted from 1.
    pub line: usize,
    /// The line that the hunk expects there, with its line end; `None` if any line would do.
    pub expected: Option<Vec<u8>>,
    /// The line that is there; `None` past the end of the file.
    pub found: Option<Vec<u8>>,
}

impl std::error::Error for Conflict {}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hunk, line, expected, found } = self;
        let expected = expected.as_deref().map_or("a line".into(), shown);
        let found = found.as_deref().map_or("the end of the file".into(), shown);
        write!(f, "hunk {hunk} does not match at line {line}: expected {expected}, found {found}")
    }
}

/// A line as a message shows it: quoted, escaped and not too long.
pub(crate) fn shown(line: &[u8]) -> String {
    const LONGEST: usize = 160;
    let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST)]);
    let cut = if line.len() > LONGEST { "..." } else { "" };
    format!("{text:?}{cut}")
}
