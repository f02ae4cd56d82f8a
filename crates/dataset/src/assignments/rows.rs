//! Programs and pairs of programs in a file of JSON Lines.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use super::problem::{Problem, Program};
use crate::curate::Hash;
use crate::{Error, Reader, RepairSample, changed_lines, rows};

/// What the fields of a pair are called elsewhere, and here.
const OLD: [&str; 2] = ["buggy", "wrong_code"];
const NEW: [&str; 1] = ["correct_code"];

/// A file of pairs or programs; pairs come as they are read, programs at the end.
pub(super) struct ProgramRows {
    reader: Reader<Box<dyn BufRead + Send>>,
    hash: Hash,
    problems: BTreeMap<String, Problem>,
}

impl ProgramRows {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let (input, hash) =
            rows::open(path).map_err(|source| Error::Unreadable { path: path.into(), source })?;
        Ok(Self { reader: Reader::new(input), hash, problems: BTreeMap::new() })
    }

    /// The next pair; programs on the way to it are put aside.
    pub(super) fn next_pair(&mut self) -> Result<Option<RepairSample>, Error> {
        while let Some(row) = self.reader.next() {
            let pair = self.take(row?).map_err(|error| Error::Json {
                place: self.reader.place(),
                message: error.to_string(),
            })?;
            if pair.is_some() {
                return Ok(pair);
            }
        }
        Ok(None)
    }

    /// The sample if it is a pair; a program is put aside.
    fn take(&mut self, mut sample: RepairSample) -> Result<Option<RepairSample>, Error> {
        adopt(&mut sample)?;
        match sample.extra.take::<bool>("correct")? {
            None => Ok(Some(sample)),
            Some(right) => self.put_aside(sample, right).map(|()| None),
        }
    }

    /// The next problem of those whose programs were put aside.
    pub(super) fn next_problem(&mut self) -> Option<Problem> {
        self.problems.pop_first().map(|(_, problem)| problem)
    }

    pub(super) fn sha256(&self) -> String {
        self.hash.hex()
    }

    fn put_aside(&mut self, sample: RepairSample, right: bool) -> Result<(), Error> {
        let (Some(name), Some(text)) = (sample.problem, sample.code) else {
            return Err(Error::Unfit { reason: "a program without `problem` or `code`".into() });
        };
        let problem = self.problems.entry(name.clone()).or_default();
        problem.name = name;
        problem.origin = problem.origin.take().or(sample.origin);
        problem.license = problem.license.take().or(sample.license);
        problem.description = problem.description.take().or(sample.description);
        if problem.tests.is_empty() {
            problem.tests = sample.tests.unwrap_or_default();
        }
        let name = sample.id.unwrap_or_else(|| problem.programs.len().to_string());
        let student = sample.extra.get("student")?;
        problem.programs.push(Program { name, student, right, text });
        Ok(())
    }
}

/// Gives the fields of other data sets the names that they have here.
fn adopt(sample: &mut RepairSample) -> Result<(), Error> {
    let fields: [(&mut Option<String>, &[&str]); 4] = [
        (&mut sample.code, &OLD),
        (&mut sample.fixed, &NEW),
        (&mut sample.diff_text, &["diff"]),
        (&mut sample.origin, &["source"]),
    ];
    for (field, names) in fields {
        for name in names {
            if field.is_none() {
                *field = sample.extra.take(name)?;
            }
        }
    }
    Ok(())
}

/// Whether the two programs of a pair differ by more lines than that.
pub(super) fn too_far(pair: &RepairSample, most: usize) -> bool {
    let (Some(old), Some(new)) = (&pair.code, &pair.fixed) else { return false };
    changed_lines(old, new) > most
}
