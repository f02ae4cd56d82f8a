//! The lines before a file's hunks, as far as they can be understood.

use super::region::Region;
use super::{Flaw, trimmed};
use crate::error::{Error, Problem};
use crate::parse::cursor::Cursor;
use crate::parse::{header, name};
use crate::{FilePatch, Origin};

/// A file header.
pub(super) struct Header {
    pub(super) patch: FilePatch,
    /// The line after it.
    pub(super) end: usize,
    pub(super) flaw: Option<Flaw>,
}

/// The first line of the first file header whose names are whole; 0 if there is none.
pub(super) fn first(region: &Region<'_>) -> usize {
    let begins = |index: &usize| {
        let line = region.line(*index);
        line.starts_with(b"diff --git ")
            || line.starts_with(b"--- ") && region.line(index + 1).starts_with(b"+++ ")
    };
    (0..region.len()).find(begins).unwrap_or_default()
}

/// Reads the file header that begins at line `index`; `None` if none begins there.
pub(super) fn read(region: &Region<'_>, index: usize) -> Result<Option<Header>, Error> {
    let line = region.line(index);
    let git = line.starts_with(b"diff --git ");
    if !git && !line.starts_with(b"--- ") && !line.starts_with(b"+++ ") {
        return Ok(None);
    }
    let mut cursor = Cursor::new(region.rest(index));
    match header::read(&mut cursor) {
        Ok(Some(patch)) => Ok(Some(Header { patch, end: index + cursor.taken(), flaw: None })),
        Err(Error::Parse { line, problem: problem @ Problem::Unsupported(_), .. }) => {
            Err(region.error(index + line - 1, problem))
        }
        _ if git => Ok(Some(loose_git(region, index))),
        _ => Ok(half(region, index)),
    }
}

/// The names of a header of git's that contradicts itself: those of the `---` and `+++` lines, else
/// those of its first line.
fn loose_git(region: &Region<'_>, index: usize) -> Header {
    const KEYS: [&str; 10] = [
        "index ",
        "old mode ",
        "new mode ",
        "new file mode ",
        "deleted file mode ",
        "similarity index ",
        "dissimilarity index ",
        "rename ",
        "copy ",
        "mode ",
    ];
    let extends = |at: &usize| KEYS.iter().any(|key| region.line(*at).starts_with(key.as_bytes()));
    let end = (index + 1..region.len()).find(|at| !extends(at)).unwrap_or(region.len());
    if let Some(mut header) = half(region, end) {
        header.flaw = Some(Flaw::Contradiction);
        return header;
    }
    let pair = trimmed(region.line(index)).strip_prefix(b"diff --git ").unwrap_or_default();
    let words: Vec<_> = pair.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).collect();
    let (old_path, new_path) = match words[..] {
        [old, new] => (Some(old.to_vec()), Some(new.to_vec())),
        _ => (None, None),
    };
    let patch = FilePatch { old_path, new_path, origin: Origin::InPlace, ..FilePatch::default() };
    Header { patch, end, flaw: Some(Flaw::Contradiction) }
}

/// A header of which one of the lines `---` and `+++` is missing or unusable: the other names both
/// sides. In front of a hunk header only; anywhere else such a line may be anything.
fn half(region: &Region<'_>, index: usize) -> Option<Header> {
    let named = |at: usize, key: &[u8]| {
        let name = trimmed(region.line(at)).strip_prefix(key)?;
        Some(name::in_header(name).flatten())
    };
    let (old, new, end) = match (named(index, b"--- "), named(index + 1, b"+++ ")) {
        (Some(old), Some(new)) => (old, new, index + 2),
        (Some(old), None) => (old.clone(), old, index + 1),
        (None, _) => named(index, b"+++ ").map(|new| (new.clone(), new, index + 1))?,
    };
    let patch = FilePatch { old_path: old, new_path: new, ..FilePatch::default() };
    let paired = end == index + 2;
    (paired || region.line(end).starts_with(b"@@")).then_some(Header {
        patch,
        end,
        flaw: Some(Flaw::HalfNamed),
    })
}
