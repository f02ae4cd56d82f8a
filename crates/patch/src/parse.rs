//! Reads diffs exactly: what is not understood is an error, never skipped.

pub(crate) mod cursor;
pub(crate) mod header;
pub(crate) mod hunk;
pub(crate) mod name;
mod stamp;

use cursor::{Cursor, RawLine};

use crate::error::{Problem, Unsupported};
use crate::{Error, Patch};

impl Patch {
    /// Reads a unified diff or git's extension of it, of any number of files.
    ///
    /// Prose before, between and after the files is skipped, as in a mail. Everything else has to
    /// be right: a hunk has as many lines as its header says, no hunk line stands outside a hunk,
    /// and the last line of the diff is not cut off. A text without any file header is an empty
    /// patch.
    ///
    /// # Errors
    ///
    /// [`Error::Parse`] names the line. Binary, combined and context diffs, symbolic links and
    /// submodules are refused.
    pub fn parse(text: &(impl AsRef<[u8]> + ?Sized)) -> Result<Self, Error> {
        let mut cursor = Cursor::new(text.as_ref());
        let mut patch = Self::default();
        let mut place = Place::Prose;
        while let Some(line) = cursor.peek() {
            let Some(mut file) = header::read(&mut cursor)? else {
                place = place.after(&line).map_err(|problem| line.error(problem))?;
                cursor.next();
                continue;
            };
            while let Some(header) = cursor.next_at("@@") {
                file.hunks.push(hunk::read(&mut cursor, &header)?);
            }
            if file.is_empty() {
                return Err(line.error(Problem::NoChange));
            }
            place = Place::Hunks;
            patch.files.push(file);
        }
        Ok(patch)
    }
}

/// Where in a diff a line that belongs to no file header or hunk stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Text for people: a commit message, say.
    Prose,
    /// After a file's last hunk: a hunk line here was not counted by any header.
    Hunks,
}

impl Place {
    /// The place after `line`, if `line` may be skipped here.
    fn after(self, line: &RawLine<'_>) -> Result<Self, Problem> {
        let text = line.trimmed();
        if let Some(kind) = unsupported(text) {
            return Err(Problem::Unsupported(kind));
        }
        if text.starts_with(b"@@ -") {
            return Err(Problem::HunkWithoutFile);
        }
        // What begins a new stretch of prose; `-- ` is the line above a mail's signature.
        let fresh = text == b"-- "
            || [&b"diff "[..], b"Index: ", b"From "].iter().any(|key| text.starts_with(key));
        match text.first() {
            _ if fresh => Ok(Self::Prose),
            Some(b' ' | b'-' | b'+' | b'\\') if self == Self::Hunks => Err(Problem::HunkTooLong),
            _ => Ok(self),
        }
    }
}

/// The kind of diff that has such a line, if it is one that cannot be read.
pub(crate) fn unsupported(text: &[u8]) -> Option<Unsupported> {
    let has = |start: &[u8], end: &[u8]| text.starts_with(start) && text.ends_with(end);
    if text == b"GIT binary patch" || has(b"Binary files ", b" differ") {
        Some(Unsupported::Binary)
    } else if has(b"diff --cc ", b"") || has(b"diff --combined ", b"") || has(b"@@@ ", b"") {
        Some(Unsupported::Combined)
    } else if text == b"***************" {
        Some(Unsupported::Context)
    } else {
        None
    }
}
