//! Puts a file's hunks into its text, each exactly where it says.

use crate::error::Conflict;
use crate::{Error, FilePatch, Hunk, LineRange, Placement};

/// A patched text and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The patched text.
    pub text: Vec<u8>,
    /// Where each hunk landed, in the order of the hunks.
    pub placements: Vec<Placement>,
}

impl FilePatch {
    /// Applies the hunks to `old`, the text of the file; empty if the patch creates it.
    ///
    /// A hunk goes to the line that its header names and nowhere else, and every context and
    /// deleted line must be there byte for byte, line ends included.
    ///
    /// ```
    /// use fixwright_patch::{DiffOptions, FilePatch};
    ///
    /// let (old, new) = (b"a\nb\n".as_slice(), b"a\nc\n".as_slice());
    /// let patch = FilePatch::between("letters", Some(old), Some(new), &DiffOptions::default());
    /// assert_eq!(patch.apply(old)?.text, new);
    /// assert_eq!(patch.reverse().apply(new)?.text, old);
    /// # Ok::<(), fixwright_patch::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] for the first hunk that does not fit, or [`Error::AlreadyApplied`] if
    /// all of them fit in reverse; [`Error::OutOfOrder`] and [`Error::JoinedLines`] for hunks that
    /// no text can take; [`Error::Exists`] and [`Error::NotEmptied`] if `old` has text that the
    /// patch creates anew, or keeps text of a file that it deletes.
    pub fn apply(&self, old: &[u8]) -> Result<Applied, Error> {
        self.place(old).map_err(|error| match error {
            Error::Conflict(_) | Error::Exists if self.reverse().place(old).is_ok() => {
                Error::AlreadyApplied
            }
            error => error,
        })
    }

    fn place(&self, old: &[u8]) -> Result<Applied, Error> {
        if self.creates() && !old.is_empty() {
            return Err(Error::Exists);
        }
        let applied = place(&self.hunks, old)?;
        if self.deletes() && !applied.text.is_empty() {
            return Err(Error::NotEmptied);
        }
        Ok(applied)
    }
}

/// Puts each hunk exactly where it says.
pub(crate) fn place(hunks: &[Hunk], old: &[u8]) -> Result<Applied, Error> {
    let mut weaver = Weaver::new(old);
    let mut placements = Vec::with_capacity(hunks.len());
    for (index, hunk) in hunks.iter().enumerate() {
        weaver.hunk = index + 1;
        placements.push(weaver.weave(hunk)?);
    }
    weaver.put(weaver.rest)?;
    Ok(Applied { text: weaver.text, placements })
}

/// The old text as far as it is used up, and the new text as far as it is made.
struct Weaver<'a> {
    rest: &'a [u8],
    used: usize,
    text: Vec<u8>,
    made: usize,
    /// The number of the hunk at hand, counted from 1.
    hunk: usize,
}

impl<'a> Weaver<'a> {
    fn new(old: &'a [u8]) -> Self {
        Self { rest: old, used: 0, text: Vec::with_capacity(old.len()), made: 0, hunk: 0 }
    }

    /// Copies the lines in front of `hunk`, then puts its new lines in the place of its old ones.
    fn weave(&mut self, hunk: &Hunk) -> Result<Placement, Error> {
        let start = hunk.old_range().before();
        if start < self.used {
            return Err(Error::OutOfOrder { hunk: self.hunk });
        }
        self.keep(start - self.used)?;
        if self.used < start {
            return Err(self.conflict(hunk.old_lines().next()));
        }
        for expected in hunk.old_lines() {
            self.drop_line(expected).ok_or_else(|| self.conflict(Some(expected)))?;
        }
        let made = self.made;
        for line in hunk.new_lines() {
            self.put(line)?;
        }
        Ok(Placement {
            old: LineRange::after(start, self.used - start),
            new: LineRange::after(made, self.made - made),
            needs: Vec::new(),
        })
    }

    /// Copies the next `count` lines of the old text, or all if there are fewer.
    fn keep(&mut self, count: usize) -> Result<(), Error> {
        let lines = crate::lines(self.rest).take(count);
        let (count, len) = lines.fold((0, 0), |(count, len), line| (count + 1, len + line.len()));
        let (kept, rest) = self.rest.split_at(len);
        if count > 0 {
            self.put(kept)?;
            self.made += count - 1;
        }
        self.rest = rest;
        self.used += count;
        Ok(())
    }

    /// Uses up the next line of the old text if it is as `expected`.
    fn drop_line(&mut self, expected: &[u8]) -> Option<()> {
        let rest = self.rest.strip_prefix(expected)?;
        // A line without line end is the last one.
        (rest.is_empty() || expected.ends_with(b"\n")).then_some(())?;
        self.rest = rest;
        self.used += 1;
        Some(())
    }

    /// Appends a line, or several whole ones, to the new text.
    fn put(&mut self, text: &[u8]) -> Result<(), Error> {
        if !text.is_empty() && self.text.last().is_some_and(|byte| *byte != b'\n') {
            return Err(Error::JoinedLines { hunk: self.hunk, line: self.made });
        }
        self.text.extend_from_slice(text);
        self.made += 1;
        Ok(())
    }

    /// The error that the next line of the old text is not the one that the hunk needs.
    fn conflict(&self, expected: Option<&[u8]>) -> Error {
        Error::Conflict(Box::new(Conflict {
            hunk: self.hunk,
            line: self.used + 1,
            expected: expected.map(<[u8]>::to_vec),
            found: crate::lines(self.rest).next().map(<[u8]>::to_vec),
        }))
    }
}
