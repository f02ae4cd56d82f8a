//! What became of a diff: the JSON document, and what the lines for people are made of.

use std::path::PathBuf;

use fixwright_patch::{
    Error, FilePatch, Found, LineRange, Misfit, Need, Origin, Placement, Planned, PlannedFile,
    Recovered, RecoveredFile, strip,
};
use serde::Serialize;

use super::advice;
use crate::flags::ApplyFlags;

/// The number of the format; it grows when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// What became of a diff.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    pub(super) schema: u32,
    pub(super) outcome: Outcome,
    pub(super) strict: bool,
    pub(super) dry_run: bool,
    pub(super) reversed: bool,
    /// What is wrong with the diff outside of its files.
    pub(super) notes: Vec<Note>,
    pub(super) files: Vec<File>,
}

/// What became of a diff, or of one file or hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Applied; in a dry run, it can be.
    Applied,
    /// There was nothing to do.
    AlreadyApplied,
    /// It does not apply, and nothing of the diff was written.
    Refused,
}

/// What became of one file of the diff.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) path: String,
    /// `renamed` or `copied`, and from which file.
    pub(super) origin: Option<&'static str>,
    pub(super) from: Option<String>,
    pub(super) outcome: Outcome,
    /// How the file was found, if not at its name.
    pub(super) found: Option<String>,
    /// Why the file is refused as a whole; the hunks say why they are.
    pub(super) refusal: Option<Refusal>,
    /// The file with the hunks that do not fit, if there is to be one. Those that do are applied then.
    pub(super) rejects: Option<String>,
    pub(super) notes: Vec<Note>,
    /// The hunks, in the order of the diff; none if the file is refused as a whole.
    pub(super) hunks: Vec<Hunk>,
}

/// What became of one hunk.
#[derive(Debug, Serialize)]
pub(super) struct Hunk {
    /// Counted from 1.
    pub(super) hunk: usize,
    pub(super) outcome: Outcome,
    /// The lines that the diff names.
    pub(super) stated: Lines,
    /// The lines of the old file; none if the hunk is refused.
    pub(super) old: Option<Lines>,
    /// The lines of the new file; none if the hunk is refused.
    pub(super) new: Option<Lines>,
    /// What had to be forgiven.
    pub(super) needs: Vec<Needed>,
    pub(super) refusal: Option<Refusal>,
    pub(super) notes: Vec<Note>,
}

/// A range of lines: the first one, counted from 1, and how many. An empty range has the line before it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Lines {
    pub(super) start: usize,
    pub(super) len: usize,
}

/// What a hunk needed: its name, its measures where it has any, and a text for people.
#[derive(Debug, Serialize)]
pub(super) struct Needed {
    pub(super) need: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lines: Vec<i64>,
    pub(super) text: String,
}

/// Why something is refused, and what to do about it.
#[derive(Debug, Serialize)]
pub(super) struct Refusal {
    pub(super) reason: &'static str,
    pub(super) text: String,
    pub(super) advice: &'static str,
}

/// What is wrong with the diff at one of its lines.
#[derive(Debug, Serialize)]
pub(super) struct Note {
    /// The line of the diff, counted from 1.
    pub(super) line: usize,
    pub(super) text: String,
}

impl Record {
    pub(super) fn new(
        flags: &ApplyFlags,
        text: &[u8],
        diff: &Recovered,
        planned: &Planned,
    ) -> Self {
        let lines = LineNumbers::new(text);
        let pairs = diff.files.iter().zip(&planned.files);
        let files: Vec<_> = pairs.map(|(read, file)| File::new(read, file, &lines)).collect();
        let all = |outcome| files.iter().all(|file| file.outcome == outcome);
        let outcome = if !planned.fits() {
            Outcome::Refused
        } else if all(Outcome::AlreadyApplied) {
            Outcome::AlreadyApplied
        } else {
            Outcome::Applied
        };
        Self {
            schema: SCHEMA,
            outcome,
            strict: flags.strict,
            dry_run: flags.dry_run,
            reversed: flags.reverse,
            notes: lines.notes(&diff.notes),
            files,
        }
    }

    /// Says where the hunks that do not fit are, file by file.
    pub(super) fn name_rejects(&mut self, paths: &[Option<PathBuf>]) {
        for (file, path) in self.files.iter_mut().zip(paths) {
            file.rejects = path.as_ref().map(|path| path.display().to_string());
        }
    }
}

impl File {
    fn new(read: &RecoveredFile, planned: &PlannedFile, lines: &LineNumbers) -> Self {
        let hunk = |index, fate: Result<&Placement, &Misfit>| Hunk::new(read, index, fate, lines);
        let (outcome, hunks, refusal) = match &planned.result {
            Ok(placements) => {
                let hunks = placements.iter().enumerate();
                (Outcome::Applied, hunks.map(|(i, placed)| hunk(i, Ok(placed))).collect(), None)
            }
            Err(Error::Rejected(rejection)) => {
                let hunks = rejection.hunks.iter().enumerate();
                let hunks = hunks.map(|(i, fate)| hunk(i, fate.as_ref())).collect();
                (Outcome::Refused, hunks, None)
            }
            Err(Error::AlreadyApplied) => (Outcome::AlreadyApplied, Vec::new(), None),
            Err(error) => (Outcome::Refused, Vec::new(), Some(Refusal::of_file(error))),
        };
        Self {
            path: planned.path.display().to_string(),
            origin: origin(&read.patch),
            from: from(&read.patch, planned.found),
            outcome,
            found: planned.found.and_then(found),
            refusal,
            rejects: None,
            notes: lines.notes(&read.notes),
            hunks,
        }
    }
}

impl Hunk {
    fn new(
        read: &RecoveredFile,
        index: usize,
        fate: Result<&Placement, &Misfit>,
        lines: &LineNumbers,
    ) -> Self {
        let placed = fate.ok();
        let needs = placed.map_or(&[][..], |placed| &placed.needs);
        let outcome = match fate {
            Err(_) => Outcome::Refused,
            Ok(_) if needs.contains(&Need::AlreadyApplied) => Outcome::AlreadyApplied,
            Ok(_) => Outcome::Applied,
        };
        Self {
            hunk: index + 1,
            outcome,
            stated: read.patch.hunks[index].old_range().into(),
            old: placed.map(|placed| placed.old.into()),
            new: placed.map(|placed| placed.new.into()),
            needs: needs.iter().map(Needed::new).collect(),
            refusal: fate.err().map(Refusal::of_hunk),
            notes: read
                .readings
                .get(index)
                .map_or_else(Vec::new, |reading| lines.notes(&reading.notes)),
        }
    }
}

impl From<LineRange> for Lines {
    fn from(LineRange { start, len }: LineRange) -> Self {
        Self { start, len }
    }
}

impl Needed {
    fn new(need: &Need) -> Self {
        let count = |lines: usize| i64::try_from(lines).unwrap_or(i64::MAX);
        let (name, lines) = match *need {
            Need::Unnumbered => ("no_line_number", vec![]),
            Need::LineNumberAlone => ("line_number_alone", vec![]),
            Need::Offset(lines) => ("offset", vec![i64::try_from(lines).unwrap_or(i64::MAX)]),
            Need::OutOfOrder => ("out_of_order", vec![]),
            Need::Unanchored => ("unanchored", vec![]),
            Need::LineEnds => ("line_ends", vec![]),
            Need::FinalNewline => ("final_newline", vec![]),
            Need::Whitespace => ("whitespace", vec![]),
            Need::Reindented => ("reindented", vec![]),
            Need::Unprefixed(lines) => ("unprefixed", vec![count(lines)]),
            Need::Interrupted(lines) => ("interrupted", vec![count(lines)]),
            Need::Fuzz { leading, trailing } => ("fuzz", vec![count(leading), count(trailing)]),
            Need::Elided(lines) => ("elided", vec![count(lines)]),
            Need::AlreadyApplied => ("already_applied", vec![]),
            _ => ("other", vec![]),
        };
        Self { need: name, lines, text: need.to_string() }
    }
}

impl Refusal {
    fn of_file(error: &Error) -> Self {
        let (reason, advice) = advice::file(error);
        Self { reason, text: error.to_string(), advice }
    }

    fn of_hunk(misfit: &Misfit) -> Self {
        let (reason, advice) = advice::hunk(misfit);
        Self { reason, text: misfit.to_string(), advice }
    }
}

/// What became of the old file, if the new one has another name.
fn origin(file: &FilePatch) -> Option<&'static str> {
    match file.origin {
        Origin::Renamed => Some("renamed"),
        Origin::Copied => Some("copied"),
        _ => None,
    }
}

/// The file that the diff renames or copies.
fn from(file: &FilePatch, found: Option<Found>) -> Option<String> {
    let Some(Found::Stripped(level)) = found.filter(|_| file.origin != Origin::InPlace) else {
        return None;
    };
    Some(strip(file.old_path.as_ref()?, level).ok()?.display().to_string())
}

/// How a file was found, if that is worth saying.
fn found(found: Found) -> Option<String> {
    match found {
        Found::Stripped(1) => None,
        Found::Stripped(level) => Some(format!("with strip level {level}")),
        Found::Suffix => Some("as the only file with this end of its path".to_owned()),
        Found::Given => Some("as the file given".to_owned()),
        _ => None,
    }
}

/// Where the lines of the diff begin.
struct LineNumbers(Vec<usize>);

impl LineNumbers {
    fn new(text: &[u8]) -> Self {
        let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        Self([0].into_iter().chain(ends.map(|(at, _)| at + 1)).collect())
    }

    fn notes(&self, notes: &[fixwright_patch::Note]) -> Vec<Note> {
        let note = |note: &fixwright_patch::Note| Note {
            line: self.0.partition_point(|start| *start <= note.span.start),
            text: note.flaw.to_string(),
        };
        notes.iter().map(note).collect()
    }
}
