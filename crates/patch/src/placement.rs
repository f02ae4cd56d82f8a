//! Where hunks land, what it took, and why one does not land.

use std::fmt;

use crate::LineRange;

/// Where one hunk landed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placement {
    /// The lines of the given text that the hunk stands for, context included.
    pub old: LineRange,
    /// The lines of the patched text that stand there now.
    pub new: LineRange,
    /// What had to be forgiven; nothing if the hunk fits byte for byte at the line that its header
    /// names.
    pub needs: Vec<Need>,
}

impl Placement {
    /// Whether the hunk fits byte for byte at the line that its header names.
    pub fn is_exact(&self) -> bool {
        self.needs.is_empty()
    }
}

/// Something that had to be forgiven to place a hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Need {
    /// The header names no line; the text alone says where the hunk belongs.
    Unnumbered,
    /// Nothing but the line number says where the hunk belongs: it only inserts, without context.
    LineNumberAlone,
    /// The hunk lands this many lines after the line that its header names, or before it.
    Offset(isize),
    /// The hunk lands before the one that precedes it in the diff.
    OutOfOrder,
    /// One side has less context than the other, as at the edge of a file, but the hunk lands
    /// inside.
    Unanchored,
    /// Lines end in `\r\n` on one side and in `\n` on the other; inserted lines end as the file's.
    LineEnds,
    /// Only one side has a line end after the file's last line; the file's way is kept.
    FinalNewline,
    /// Lines are equal but for white space; the file's own lines are kept.
    Whitespace,
    /// Inserted lines are indented as the file is, not as the diff is.
    Reindented,
    /// So many lines of context were taken from lines that lack their leading space.
    Unprefixed(usize),
    /// So many lines of the file, all blank or comments, stand between lines of the hunk that
    /// does not have them.
    Interrupted(usize),
    /// So many lines of context were ignored at the beginning and at the end of the hunk.
    Fuzz {
        /// At the beginning.
        leading: usize,
        /// At the end.
        trailing: usize,
    },
    /// So many lines of the file stand where the hunk has `...`.
    Elided(usize),
    /// The lines are as the hunk would make them, and were left alone.
    AlreadyApplied,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnumbered => f.write_str("no line number"),
            Self::LineNumberAlone => f.write_str("no context, placed by its line number alone"),
            Self::Offset(lines) => write!(f, "offset {lines:+}"),
            Self::OutOfOrder => f.write_str("out of order"),
            Self::Unanchored => f.write_str("not at the edge of the file"),
            Self::LineEnds => f.write_str("different line ends"),
            Self::FinalNewline => f.write_str("different end of the file"),
            Self::Whitespace => f.write_str("different white space"),
            Self::Reindented => f.write_str("insertions re-indented"),
            Self::Unprefixed(lines) => write!(f, "{lines} context lines without prefix"),
            Self::Interrupted(lines) => write!(f, "{lines} blank or comment lines in between"),
            Self::Fuzz { leading, trailing } => write!(f, "fuzz {leading}+{trailing}"),
            Self::Elided(lines) => write!(f, "{lines} lines left out with `...`"),
            Self::AlreadyApplied => f.write_str("already applied"),
        }
    }
}

/// Why a hunk cannot be placed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// The lines that the hunk expects are not in the file, as far as the options forgive.
    #[error("not found{}", nowhere(.missing.as_deref()))]
    NotFound {
        /// The first expected line that the file has nowhere; `None` if it has them all, but not
        /// together.
        missing: Option<Vec<u8>>,
    },
    /// The hunk fits in several places and nothing singles one out.
    #[error("fits equally well at lines {}", listed(.lines))]
    Ambiguous {
        /// The first lines of some of these places, counted from 1, in the order of the file.
        lines: Vec<usize>,
    },
    /// The hunk has no line of the old text to look for.
    #[error("has neither context nor deletions to look for")]
    NoContext,
    /// The diff was cut off inside the hunk.
    #[error("is cut off")]
    Truncated,
    /// The hunk, reversed, inserts lines that its header does not count: text behind the hunk, perhaps.
    #[error("would insert lines that its header does not count")]
    Uncounted,
    /// The hunk leaves lines out with `...`, and that is not allowed, or what surrounds them is not
    /// found exactly once.
    #[error("leaves out lines with `...`{}", if *.allowed { " between lines that are not unique" } else { "" })]
    Elided {
        /// Whether the options allow such hunks at all.
        allowed: bool,
    },
    /// The hunk changes lines that another one changes.
    #[error("changes the same lines as hunk {hunk}")]
    Overlap {
        /// The number of the other hunk, counted from 1.
        hunk: usize,
    },
    /// Looking for the hunk would take too long: file and hunk repeat themselves too much.
    #[error("too repetitive to be looked for")]
    Costly,
}

fn nowhere(line: Option<&[u8]>) -> String {
    line.map(|line| format!(": the file has no line {}", crate::error::shown(line)))
        .unwrap_or_default()
}

fn listed(lines: &[usize]) -> String {
    lines.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// What became of the hunks of a file that could not be patched, in the order of the diff.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// Where each hunk would have landed, or why it would not.
    pub hunks: Vec<Result<Placement, Misfit>>,
}

impl std::error::Error for Rejection {}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let misfits = self.hunks.iter().enumerate();
        let misfits = misfits.filter_map(|(index, hunk)| Some((index + 1, hunk.as_ref().err()?)));
        for (index, (hunk, misfit)) in misfits.enumerate() {
            write!(f, "{}hunk {hunk} {misfit}", if index > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}
