//! Reads diffs as people and models write them.

use std::fmt;
use std::ops::Range;

use crate::{Applied, ApplyOptions, Error, FilePatch, LineRange, Patch};

/// A diff as far as it could be made out of a text, with all that is wrong with it.
///
/// [`Patch::recover`] makes it. What cannot be told from the diff alone is left open until the
/// files are at hand: [`RecoveredFile::apply_with`] and [`Recovered::plan_with`] settle it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// The files, in the order of the text.
    pub files: Vec<RecoveredFile>,
    /// What is wrong outside of the files.
    pub notes: Vec<Note>,
}

/// The changes to one file, as far as they could be made out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecoveredFile {
    /// The file's header and hunks. Both names are `None` if the text names no file.
    pub patch: FilePatch,
    /// The number of the fenced block with the file's header, counted from 1.
    pub block: Option<usize>,
    /// What is wrong with the header.
    pub notes: Vec<Note>,
    /// What is to be said about each of the patch's hunks; nothing at all if there is nothing wrong
    /// with any of them.
    pub readings: Vec<Reading>,
}

/// How a hunk was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading {
    /// The bytes of the hunk in the diff, header included.
    pub span: Range<usize>,
    /// The number of the fenced block that has it, counted from 1.
    pub block: Option<usize>,
    /// What is wrong with it.
    pub notes: Vec<Note>,
    /// Whether the header names a line.
    pub(crate) unnumbered: bool,
    /// Whether the diff was cut off inside.
    pub(crate) truncated: bool,
    /// Which of the hunk's lines lack a prefix.
    pub(crate) unprefixed: Vec<usize>,
    /// Which of the hunk's lines are `...`.
    pub(crate) elisions: Vec<usize>,
}

/// Something wrong with a diff, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What is wrong.
    pub flaw: Flaw,
    /// The bytes of the diff that are meant.
    pub span: Range<usize>,
}

/// What can be wrong with a diff that still can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// Text that is no part of a diff.
    Prose,
    /// A fenced block that is never closed.
    OpenFence,
    /// Hunks without a file header before them.
    Unnamed,
    /// Only one of the lines `---` and `+++`, or neither.
    HalfNamed,
    /// The lines of the file header contradict each other; `---` and `+++` count.
    Contradiction,
    /// Changes without a line `@@` before them.
    NoHunkHeader,
    /// A line `@@` that names no line: `@@`, `@@ ... @@`.
    Unnumbered,
    /// A line `@@` that is no hunk header but names a line.
    MalformedHunkHeader,
    /// The header counts other lines than there are; the lines count.
    HeaderMismatch {
        /// The old and the new lines, as the header has them.
        stated: [LineRange; 2],
        /// How many old and new lines there are.
        counted: [usize; 2],
    },
    /// A line of a hunk that begins with none of space, `-` and `+`: context, if the file has it.
    Unprefixed,
    /// A line `...` that stands for others.
    Elision,
    /// The last line of the diff has no line end.
    Unterminated,
    /// The diff is cut off here.
    Truncated,
    /// The hunk was there before.
    Repeated,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prose => "text outside of the diff",
            Self::OpenFence => "a fenced block that is not closed",
            Self::Unnamed => "no file is named",
            Self::HalfNamed => "a file header without both `---` and `+++`",
            Self::Contradiction => "the lines of the file header contradict each other",
            Self::NoHunkHeader => "no `@@` line",
            Self::Unnumbered => "the hunk header names no line",
            Self::MalformedHunkHeader => "the hunk header is malformed",
            Self::HeaderMismatch { stated: [old, new], counted: [deleted, inserted] } => {
                return write!(
                    f,
                    "the header says -{old} +{new}, but there are {deleted} old and {inserted} new lines"
                );
            }
            Self::Unprefixed => "a line without prefix",
            Self::Elision => "lines left out with `...`",
            Self::Unterminated => "the last line has no line end",
            Self::Truncated => "the diff is cut off",
            Self::Repeated => "the same hunk again",
        })
    }
}

/// An exact diff has nothing wrong with it.
impl From<Patch> for Recovered {
    fn from(patch: Patch) -> Self {
        let file = |patch| RecoveredFile { patch, ..RecoveredFile::default() };
        Self { files: patch.files.into_iter().map(file).collect(), notes: Vec::new() }
    }
}

impl Reading {
    /// Whether the hunk's text says all that has to be known.
    pub(crate) fn is_exact(&self) -> bool {
        !self.unnumbered && !self.truncated && self.elisions.is_empty()
    }
}

impl Recovered {
    /// The diff that undoes this one: each file reversed, last one first.
    #[must_use]
    pub fn reverse(mut self) -> Self {
        self.files.reverse();
        // Reversing moves lines within runs of changes only, so the readings' lines stay.
        self.files.iter_mut().for_each(|file| file.patch = file.patch.reverse());
        self
    }
}

impl Patch {
    /// Reads a diff that need not be right.
    ///
    /// # Errors
    ///
    /// [`Error::Parse`] for kinds of changes that cannot be made as text.
    pub fn recover(text: &(impl AsRef<[u8]> + ?Sized)) -> Result<Recovered, Error> {
        Self::parse(text).map(Recovered::from)
    }
}

impl RecoveredFile {
    /// Applies the hunks to `old`, the text of the file; empty if the patch creates it.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with the reasons for each hunk.
    pub fn apply_with(&self, old: &[u8], options: &ApplyOptions) -> Result<Applied, Error> {
        crate::place::apply(&self.patch, &self.readings, old, options)
    }
}
