//! Reads diffs as people and models write them.

mod header;
mod hunk;
mod region;

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use region::Region;

use crate::error::Problem;
use crate::parse::unsupported;
use crate::place::File;
use crate::{Applied, ApplyOptions, Error, FilePatch, Hunk, Line, LineKind, LineRange, Patch};

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
    /// Whether the hunk, reversed, would insert lines that its header does not count: text behind the hunk, perhaps.
    pub(crate) uncounted: bool,
    /// How many lines are missing at the end, which may have been blank context.
    pub(crate) stripped: usize,
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
    /// The header counts so many more lines at the end: blank ones, or else the diff is cut off.
    Stripped(usize),
    /// The hunk was there before.
    Repeated,
    /// A file header or a hunk that changes nothing.
    NoChange,
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
            Self::Stripped(lines) => {
                return write!(f, "{lines} lines are missing at the end, unless they are blank");
            }
            Self::Repeated => "the same hunk again",
            Self::NoChange => "nothing is changed",
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
        !self.unnumbered
            && !self.truncated
            && !self.uncounted
            && self.stripped == 0
            && self.unprefixed.is_empty()
            && self.elisions.is_empty()
    }

    /// Whether deletions stand behind the lines that the hunk's header counts. The file has to have deleted lines, so that
    /// a line of prose is found out, but nothing stands in the way of what they insert in reverse.
    fn deletes_uncounted(&self, hunk: &Hunk) -> bool {
        let stated = self.notes.iter().find_map(|note| match note.flaw {
            Flaw::HeaderMismatch { stated, .. } => Some(stated),
            _ => None,
        });
        let Some([old, new]) = stated else { return false };
        let (mut deleted, mut inserted) = (0, 0);
        let is_counted = |line: &Line<'_>| {
            let within = deleted < old.len || inserted < new.len;
            deleted += usize::from(line.kind.in_old());
            inserted += usize::from(line.kind.in_new());
            within
        };
        hunk.lines().skip_while(is_counted).any(|line| line.kind == LineKind::Delete)
    }
}

impl Recovered {
    /// The diff that undoes this one: each file reversed, last one first.
    ///
    /// A hunk that deletes lines behind those that its header counts does not apply in reverse.
    #[must_use]
    pub fn reverse(mut self) -> Self {
        self.files.reverse();
        for file in &mut self.files {
            for (reading, hunk) in file.readings.iter_mut().zip(&file.patch.hunks) {
                reading.uncounted = !reading.uncounted && reading.deletes_uncounted(hunk);
            }
        }
        // Reversing moves lines within runs of changes only, so the readings' lines stay.
        self.files.iter_mut().for_each(|file| file.patch = file.patch.reverse());
        self
    }
}

impl Patch {
    /// Reads a diff as people and models write it: fenced or not, with prose around it, with wrong
    /// or without hunk headers, without file names, with lines that lost their prefix.
    ///
    /// Whatever is wrong with the diff is in the notes of what it is wrong with. A text without
    /// any change gives no files.
    ///
    /// ```
    /// use fixwright_patch::{ApplyOptions, Flaw, Patch};
    ///
    /// let answer = "Check it:\n```diff\n--- a/x.c\n+++ b/x.c\n@@\n p = f();\n+if (!p) return;\n```\n";
    /// let recovered = Patch::recover(answer)?;
    /// let file = &recovered.files[0];
    /// assert_eq!(file.readings[0].notes[0].flaw, Flaw::Unnumbered);
    /// let applied = file.apply_with(b"p = f();\n", &ApplyOptions::default())?;
    /// assert_eq!(applied.text, b"p = f();\nif (!p) return;\n");
    /// # Ok::<(), fixwright_patch::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parse`] for kinds of changes that cannot be made as text.
    pub fn recover(text: &(impl AsRef<[u8]> + ?Sized)) -> Result<Recovered, Error> {
        let text = text.as_ref();
        let (regions, notes) = region::regions(text);
        let mut reader = Reader { recovered: Recovered { files: Vec::new(), notes }, seen: None };
        reader.seen = (regions.len() > 1).then(HashSet::new);
        regions.iter().try_for_each(|region| reader.read(region))?;
        Ok(reader.recovered)
    }
}

/// What was read so far.
struct Reader {
    recovered: Recovered,
    /// The hunks so far, if there may be repetitions, which occur between fenced blocks only.
    seen: Option<HashSet<(Option<Vec<u8>>, Hunk)>>,
}

impl Reader {
    fn read(&mut self, region: &Region<'_>) -> Result<(), Error> {
        let mut index = 0;
        // Whether a hunk may begin without a header: after a file header, or first in a block.
        let mut fresh = region.block.is_some();
        let mut prose: Option<usize> = None;
        let mut barren = 0;
        let named = header::first(region);
        while index < region.len() {
            let line = region.line(index);
            if let Some(kind) = unsupported(trimmed(line)) {
                return Err(region.error(index, Problem::Unsupported(kind)));
            }
            let header = header::read(region, index)?;
            // A semantic patch in a mail, say, has such lines as well.
            let quoted = region.block.is_none() && index < named && !line.starts_with(b"@@ -");
            let begins =
                line.starts_with(b"@@") && !quoted || fresh && has_body(region, index, &mut barren);
            if header.is_some() || begins {
                self.prose(region, prose.take(), index);
            }
            if let Some(header) = header {
                let span = region.span(index..header.end);
                self.finish(region, false);
                self.recovered.files.push(RecoveredFile {
                    block: region.block,
                    notes: header.flaw.map(|flaw| Note { flaw, span }).into_iter().collect(),
                    patch: header.patch,
                    readings: Vec::new(),
                });
                index = header.end;
                fresh = true;
            } else if begins {
                let read = hunk::read(region, index);
                index = read.end.max(index + 1);
                fresh = false;
                self.push(read);
            } else {
                prose = prose.or(Some(index));
                index += 1;
            }
        }
        self.prose(region, prose, index);
        self.finish(region, true);
        Ok(())
    }

    /// Notes the lines from `start` to `end`, if there are any, as prose.
    fn prose(&mut self, region: &Region<'_>, start: Option<usize>, end: usize) {
        let Some(start) = start else { return };
        if (start..end).any(|line| !region.line(line).trim_ascii().is_empty()) {
            let span = region.span(start..end);
            self.recovered.notes.push(Note { flaw: Flaw::Prose, span });
        }
    }

    fn push(&mut self, read: hunk::Read) {
        let hunk::Read { hunk, mut reading, .. } = read;
        let files = &mut self.recovered.files;
        if files.is_empty() {
            let flaw = Note { flaw: Flaw::Unnamed, span: reading.span.clone() };
            files.push(RecoveredFile {
                block: reading.block,
                notes: vec![flaw],
                ..RecoveredFile::default()
            });
        }
        let Some(file) = files.last_mut() else { return };
        if file.block != reading.block {
            reading.notes.push(Note { flaw: Flaw::Unnamed, span: reading.span.clone() });
        }
        let changes = hunk.lines().any(|line| line.kind != LineKind::Context);
        let name = file.patch.new_path.as_ref().or(file.patch.old_path.as_ref());
        let again = changes
            && self.seen.as_mut().is_some_and(|seen| !seen.insert((name.cloned(), hunk.clone())));
        if again || !changes && !reading.truncated {
            let flaw = if again { Flaw::Repeated } else { Flaw::NoChange };
            file.notes.push(Note { flaw, span: reading.span });
        } else {
            file.patch.hunks.push(hunk);
            file.readings.push(reading);
        }
    }

    /// Drops the last file if nothing changes it. At the very end of a diff that may have been cut
    /// off, its hunks are missing.
    fn finish(&mut self, region: &Region<'_>, at_end: bool) {
        let Some(file) = self.recovered.files.pop_if(|file| file.patch.is_empty()) else { return };
        let last = region.span(region.len().saturating_sub(1)..region.len());
        let cut = region.open || !region.line(region.len().saturating_sub(1)).ends_with(b"\n");
        if at_end && cut && file.notes.iter().all(|note| note.flaw != Flaw::NoChange) {
            let notes = vec![Note { flaw: Flaw::Truncated, span: last.clone() }];
            let reading = Reading {
                span: last,
                block: file.block,
                notes,
                truncated: true,
                ..Reading::default()
            };
            let patch = FilePatch { hunks: vec![Hunk::new(0, 0)], ..file.patch };
            self.recovered.files.push(RecoveredFile { patch, readings: vec![reading], ..file });
        } else {
            self.recovered.notes.extend(file.notes);
            self.recovered.notes.push(Note { flaw: Flaw::NoChange, span: last });
        }
    }
}

/// Whether lines from `index` on look like a hunk without header. The lines before `barren`, which is moved on, are known not to.
fn has_body(region: &Region<'_>, index: usize, barren: &mut usize) -> bool {
    if index < *barren || region.line(index).trim_ascii().is_empty() {
        return false;
    }
    let end = hunk::boundary(region, index);
    let changes = |line: usize| matches!(region.line(line), [b'+' | b'-', ..]);
    let found = (index..end).any(changes);
    if !found {
        *barren = end;
    }
    found
}

/// Whether the line is nothing but dots that stand for others.
pub(crate) fn is_elision(line: &[u8]) -> bool {
    matches!(line.trim_ascii(), b"..." | b"\xe2\x80\xa6")
}

/// The line without its line end.
fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl RecoveredFile {
    /// Applies the hunks to `old`, the text of the file; empty if the patch creates it.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with the reasons for each hunk.
    pub fn apply_with(&self, old: &[u8], options: &ApplyOptions) -> Result<Applied, Error> {
        self.apply_as(&self.patch, old, options)
    }

    /// The same as if the names in the header were those of `header`.
    pub(crate) fn apply_as(
        &self,
        header: &FilePatch,
        old: &[u8],
        options: &ApplyOptions,
    ) -> Result<Applied, Error> {
        let whole = File {
            creates: header.creates(),
            deletes: header.deletes(),
            hunks: &self.patch.hunks,
            readings: &self.readings,
        };
        whole.apply(old, options)
    }
}
