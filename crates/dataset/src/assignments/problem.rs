//! A problem: its programs, its tests, and the pairs of programs that make samples.

use super::nearest::{Text, nearest};
use crate::sample::diff;
use crate::{Error, RepairSample, Skipped, TestCase};

/// The name that programs have in diffs.
const FILE: &str = "main.c";

/// All programs for one problem.
#[derive(Default)]
pub(super) struct Problem {
    pub(super) name: String,
    pub(super) origin: Option<String>,
    pub(super) license: Option<String>,
    pub(super) description: Option<String>,
    pub(super) tests: Vec<TestCase>,
    pub(super) programs: Vec<Program>,
}

/// A program that somebody handed in.
pub(super) struct Program {
    /// A name that no other program for the problem has.
    pub(super) name: String,
    pub(super) student: Option<String>,
    pub(super) right: bool,
    pub(super) text: String,
}

impl Problem {
    /// A sample for each wrong program that has a right one near enough, in the order of the programs.
    pub(super) fn samples(
        &self,
        most: usize,
        skipped: &mut Skipped,
    ) -> Result<Vec<RepairSample>, Error> {
        let texts: Vec<_> = self.programs.iter().map(|program| Text::new(&program.text)).collect();
        let mut samples = Vec::new();
        for (wrong, text) in self.programs.iter().zip(&texts).filter(|(program, _)| !program.right)
        {
            let right = |same_student: bool| {
                let known = wrong.student.is_some();
                let programs = self.programs.iter().zip(&texts);
                let fit = move |program: &Program| {
                    program.right && (!same_student || known && program.student == wrong.student)
                };
                nearest(text, programs.filter(move |(program, _)| fit(program)), most)
            };
            let of_student = right(true).map(|right| (right, "same student"));
            match of_student.or_else(|| right(false).map(|right| (right, "same problem"))) {
                Some((right, kind)) => samples.push(self.sample(wrong, right, kind)?),
                None => skipped.add("no right program near enough"),
            }
        }
        Ok(samples)
    }

    fn sample(&self, wrong: &Program, right: &Program, kind: &str) -> Result<RepairSample, Error> {
        let mut sample = RepairSample {
            id: Some(format!("{}/{}", self.name, wrong.name)),
            origin: self.origin.clone(),
            license: self.license.clone(),
            language: Some("c".into()),
            problem: Some(self.name.clone()),
            description: self.description.clone(),
            tests: Some(self.tests.clone()).filter(|tests| !tests.is_empty()),
            source_code_path: Some(FILE.into()),
            diff_text: Some(diff(FILE, &wrong.text, &right.text)),
            code: Some(wrong.text.clone()),
            fixed: Some(right.text.clone()),
            ..RepairSample::default()
        };
        if let Some(student) = &wrong.student {
            sample.extra.insert("student", student)?;
        }
        sample.extra.insert("pair_kind", kind)?;
        Ok(sample)
    }
}
