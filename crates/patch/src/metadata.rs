//! What a diff changes, without the changes: read twice, so that neither reader is taken at its
//! word.
//!
//! The [`unidiff`] crate reads diffs of every make, but it panics on some texts and takes others for
//! something that they are not. So nothing reaches it that makes it panic, and what it says counts
//! only where [`Patch::parse`] says the same.

use std::borrow::Cow;

use unidiff::{PatchSet, PatchedFile};

use crate::error::Problem;
use crate::{Error, FilePatch, Hunk, LineKind, Patch, quote};

/// What a diff changes in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileSummary {
    /// The name before the change, as in [`FilePatch::old_path`].
    pub old: Option<Vec<u8>>,
    /// The name after the change, as in [`FilePatch::new_path`].
    pub new: Option<Vec<u8>>,
    /// How many lines are inserted.
    pub added: usize,
    /// How many lines are deleted.
    pub removed: usize,
    /// How many hunks there are; none if only the name or the mode changes.
    pub hunks: usize,
}

/// What `diff` changes in each file, as [`Patch::parse`] reads it, if the crate [`unidiff`] counts
/// the same files, hunks and lines.
///
/// Two readers that have nothing in common rarely make the same mistake, so this is the summary to
/// show before a diff of unknown origin is applied.
///
/// ```
/// use fixwright_patch::metadata::summary;
///
/// let files = summary("--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n b\n")?;
/// assert_eq!(files[0].new.as_deref(), Some(&b"b/x"[..]));
/// assert_eq!((files[0].added, files[0].removed, files[0].hunks), (0, 1, 1));
/// # Ok::<(), fixwright_patch::Error>(())
/// ```
///
/// # Errors
///
/// As [`Patch::parse`]; [`Error::Parse`] as well for lines that `unidiff` must not see, which are
/// line numbers of more than nine digits and a `+++` line that no `---` line precedes;
/// [`Error::Disagreement`] if the two readers do not agree, as about prose that looks like a file
/// header.
pub fn summary(diff: &(impl AsRef<[u8]> + ?Sized)) -> Result<Vec<FileSummary>, Error> {
    let diff = diff.as_ref();
    let files = Patch::parse(diff)?.files;
    let text = String::from_utf8_lossy(diff);
    guard(&text)?;
    let mut other = PatchSet::new();
    other.parse(&text).map_err(|_| Error::Disagreement { file: None })?;
    // The other reader does not see files without hunks.
    let mut seen = files.iter().enumerate().filter(|(_, file)| !file.hunks.is_empty());
    for file in other.files() {
        let (index, own) = seen.next().ok_or(Error::Disagreement { file: None })?;
        if !agree(own, file) {
            return Err(Error::Disagreement { file: Some(index + 1) });
        }
    }
    match seen.next() {
        Some((index, _)) => Err(Error::Disagreement { file: Some(index + 1) }),
        None => Ok(files.iter().map(FileSummary::of).collect()),
    }
}

impl FileSummary {
    fn of(file: &FilePatch) -> Self {
        Self {
            old: file.old_path.clone(),
            new: file.new_path.clone(),
            added: count(file, LineKind::Insert),
            removed: count(file, LineKind::Delete),
            hunks: file.hunks.len(),
        }
    }
}

fn count(file: &FilePatch, kind: LineKind) -> usize {
    let lines = file.hunks.iter().flat_map(Hunk::lines);
    lines.filter(|line| line.kind == kind).count()
}

/// Refuses what makes the other reader panic.
fn guard(text: &str) -> Result<(), Error> {
    let mut named = false;
    let mut start = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let end = start + line.len();
        let content = line.trim_end_matches(['\n', '\r']);
        let name = content.strip_prefix("--- ");
        named |= name.is_some_and(|name| !name.is_empty() && !name.starts_with('\t'));
        let problem = if content.starts_with("+++ ") && !named {
            Some(Problem::Name)
        } else if content.starts_with("@@ -") && !is_numbered(content) {
            Some(Problem::HunkHeader)
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(Error::Parse { line: index + 1, span: start..end, problem });
        }
        start = end;
    }
    Ok(())
}

/// Whether the ranges of a hunk header are ASCII and have no number of more than nine digits.
fn is_numbered(header: &str) -> bool {
    let ranges = header[3..].split("@@").next().unwrap_or_default();
    let short = |number: &str| number.len() <= 9;
    ranges.is_ascii() && ranges.split(|c: char| !c.is_ascii_digit()).all(short)
}

/// Whether both readers see the same in a file.
fn agree(own: &FilePatch, other: &PatchedFile) -> bool {
    let own = FileSummary::of(own);
    is_name(own.old.as_deref(), &other.source_file)
        && is_name(own.new.as_deref(), &other.target_file)
        && own.added == other.added()
        && own.removed == other.removed()
        && own.hunks == other.len()
}

/// Whether `raw`, a name as it stands in a diff, is `name`; of what is not UTF-8, the other reader
/// sees only that.
fn is_name(name: Option<&[u8]>, raw: &str) -> bool {
    let raw = match quote::read(raw.as_bytes()) {
        Some((unquoted, _)) => Cow::Owned(unquoted),
        None => Cow::Borrowed(raw.as_bytes()),
    };
    let name = name.unwrap_or(b"/dev/null");
    String::from_utf8_lossy(name) == String::from_utf8_lossy(&raw)
}
