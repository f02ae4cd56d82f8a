//! Wrong and right programs that students wrote for the same problems.

mod cases;
mod folders;
mod layout;
mod nearest;
mod problem;
mod rows;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::Path;

use crate::{Error, RepairSample, Skipped, Source};
pub use cases::read_tests;
use folders::Folders;
use rows::ProgramRows;

/// For each wrong program the nearest right one: of the same student, else of the same problem.
///
/// A folder may be laid out in these ways, also mixed; `STUDENT` and `N` stand for any name:
///
/// - FastFixer's: `PROBLEM/STUDENT/wrong/N.c`, `PROBLEM/STUDENT/correct/N.c`, tests `PROBLEM/testcase/N.in` and `N.out`;
/// - that of Defects4DS: `PROBLEM/STUDENT/buggy.c` and `correct.c`;
/// - ITSP's: `PROBLEM/STUDENT_buggy.c` and `STUDENT_correct.c`, tests `test/in.PROBLEM.N.txt` and `out.PROBLEM.N.txt`, the description in
///   the first comment of `PROBLEM/Main.c`;
/// - IntroClass's: `PROBLEM/STUDENT/N/PROBLEM.c` with a `metadata.json` that says which tests fail, tests `PROBLEM/tests/KIND/N.in` and `N.out`.
///
/// A file of JSON Lines, compressed or not, has either pairs, in the fields `buggy` or `wrong_code`, and `fixed` or `correct_code`, or programs, each
/// with the fields `problem`, `code`, `correct` (true or false) and, where known, `student`. All programs of such a file are in memory.
pub struct Assignments {
    input: Input,
    ready: VecDeque<RepairSample>,
    max_changed_lines: usize,
    skipped: Skipped,
}

impl fmt::Debug for Assignments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assignments")
            .field("max_changed_lines", &self.max_changed_lines)
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}

enum Input {
    Folders(Folders),
    Rows(Box<ProgramRows>),
}

impl Assignments {
    /// The pairs at `path`, a folder or a file of JSON Lines, that differ by at most `max_changed_lines` lines, deleted and
    /// inserted ones together.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] if it cannot be read.
    pub fn open(path: &Path, max_changed_lines: usize) -> Result<Self, Error> {
        let input = match path.is_dir() {
            true => Input::Folders(Folders::open(path)?),
            false => Input::Rows(Box::new(ProgramRows::open(path)?)),
        };
        Ok(Self { input, ready: VecDeque::new(), max_changed_lines, skipped: Skipped::default() })
    }

    /// Makes more samples ready; whether there was anything to make them of.
    fn advance(&mut self) -> Result<bool, Error> {
        let skipped = &mut self.skipped;
        let problem = match &mut self.input {
            Input::Folders(folders) => folders.next(skipped)?,
            Input::Rows(rows) => match rows.next_pair()? {
                Some(pair) => {
                    match rows::too_far(&pair, self.max_changed_lines) {
                        true => skipped.add("no right program near enough"),
                        false => self.ready.push_back(pair),
                    }
                    return Ok(true);
                }
                None => rows.next_problem(),
            },
        };
        let Some(problem) = problem else { return Ok(false) };
        self.ready.extend(problem.samples(self.max_changed_lines, skipped)?);
        Ok(true)
    }
}

impl Iterator for Assignments {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(sample) = self.ready.pop_front() {
                return Some(Ok(sample));
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Source for Assignments {
    fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// The `sha256` of the file, or of the names, lengths and contents of all programs and tests read.
    fn facts(&self) -> BTreeMap<String, String> {
        let sha256 = match &self.input {
            Input::Folders(folders) => folders.sha256(),
            Input::Rows(rows) => rows.sha256(),
        };
        BTreeMap::from([("sha256".into(), sha256)])
    }
}
