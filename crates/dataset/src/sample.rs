//! The sample: a bug, its report and its fix.

use fixwright_patch::{DiffOptions, FilePatch, Patch};
use fixwright_report::{BugReport, Level, TestFailure};
use serde::{Deserialize, Serialize};

use crate::fault::{self, COMPILE_ERROR, FAILS};
use crate::{Error, Extra};

/// A bug, its report and its fix: one line of a data set.
///
/// The first seven fields are those of the original pipeline, and a file that has only them is
/// complete. A line may lack any field; `null` says the same as leaving it out, which is how it is
/// written. Lines are written with their fields in the order of this type, [`extra`](Self::extra)
/// last. Start from [`RepairSample::default`] to make one by hand.
///
/// ```
/// use fixwright_dataset::RepairSample;
///
/// let mut sample = RepairSample::default();
/// sample.code = Some("int main(void) { return 1; }\n".into());
/// sample.extra.insert("defect_class", "wrong-constant")?;
/// # Ok::<(), fixwright_dataset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RepairSample {
    /// The file that the report came from.
    pub bug_report_path: Option<String>,
    /// The report itself.
    pub bug_report_text: Option<String>,
    /// The file that the diff came from.
    pub diff_path: Option<String>,
    /// The expert's fix of [`code`](Self::code) as a unified diff.
    pub diff_text: Option<String>,
    /// The path of the source file in its project.
    pub source_code_path: Option<String>,
    /// The line of [`code`](Self::code) that the report is about, counted from 1.
    pub line_number: Option<u32>,
    /// The whole source file with the bug in it.
    pub code: Option<String>,
    /// A name for the sample that no other one of its data set has.
    pub id: Option<String>,
    /// The data set or project that it was taken from.
    pub origin: Option<String>,
    /// The commit that made the fix.
    pub commit: Option<String>,
    /// The licence of [`code`](Self::code), as an SPDX expression where there is one.
    pub license: Option<String>,
    /// The language of [`code`](Self::code).
    pub language: Option<String>,
    /// The assignment that a student's program was to solve; programs for the same one belong
    /// together.
    pub problem: Option<String>,
    /// What the program was to do, in words.
    pub description: Option<String>,
    /// Inputs with the output that the fixed program has for them.
    pub tests: Option<Vec<TestCase>>,
    /// The whole source file after the fix.
    pub fixed: Option<String>,
    /// Fields of other names.
    pub extra: Extra,
}

impl RepairSample {
    /// The report that a prompt for this sample shows: the first one in [`bug_report_text`](Self::bug_report_text), which as a whole is
    /// the report's description if no format is known in it; of an assignment, what the program was to do, and what is wrong with it: what the compiler said
    /// (extra field `compile_error`), or a test that it fails (`buggy_fails`) and what it writes then (`failing_run`).
    pub fn report(&self) -> BugReport {
        let Some(text) = &self.bug_report_text else { return self.assignment() };
        let known = fixwright_report::parse(text).map(|found| found.reports).unwrap_or_default();
        known.into_iter().next().unwrap_or_else(|| {
            let mut report = BugReport::default();
            report.description = Some(text.trim().to_owned());
            report
        })
    }

    fn assignment(&self) -> BugReport {
        let error = self.compile_error();
        let mut report = error.unwrap_or_else(|| self.failing_test());
        report.description.clone_from(&self.description);
        report
    }

    /// What the extra field `compile_error` says first, if it says anything.
    fn compile_error(&self) -> Option<BugReport> {
        let text: String = self.extra.get(COMPILE_ERROR).ok().flatten()?;
        if text.trim().is_empty() {
            return None;
        }
        let known = fixwright_report::parse(&text).map(|found| found.reports).unwrap_or_default();
        let is_error = |report: &&BugReport| report.severity.level == Some(Level::Error);
        let first = known.iter().find(is_error).or(known.first());
        let mut report = BugReport::default();
        report.title = first.and_then(|first| first.title.clone());
        report.title.get_or_insert_with(|| "the program does not compile".to_owned());
        report.location.line = first.and_then(|first| first.location.line);
        Some(report)
    }

    /// A test that the code fails, as the extra fields `failing_run` and `buggy_fails` say, else any.
    fn failing_test(&self) -> BugReport {
        let run = self.failing_run();
        let failed: Vec<u32> = self.extra.get(FAILS).ok().flatten().unwrap_or_default();
        let tests = self.tests.as_deref().unwrap_or_default();
        let index = run.as_ref().map(|run| run.test).or_else(|| fault::shown(&failed, tests));
        let test = tests.get(index.unwrap_or_default() as usize);
        let (title, output) = run.map(|run| (run.failure, run.output)).unzip();
        let mut report = BugReport::default();
        report.title = title.or_else(|| Some("the program does not do what it has to".to_owned()));
        report.test = test.map(|test| {
            let mut failure = TestFailure::default();
            failure.input = Some(test.input.clone());
            failure.expected = Some(test.output.clone());
            failure.actual = output;
            failure
        });
        report
    }
}

impl RepairSample {
    /// Puts a smaller fix in the place of the reference, and says so in the extra field `minimised`.
    pub(crate) fn set_minimised(&mut self, fixed: String) -> Result<(), Error> {
        let path = self.source_code_path.as_deref().unwrap_or("main.c");
        if let (Some(code), Some(text)) = (&self.code, &mut self.diff_text) {
            *text = diff(path, code, &fixed);
        }
        self.fixed = Some(fixed);
        self.extra.insert("minimised", &true)
    }
}

/// The patch between two texts of a file.
pub(crate) fn patch(path: &str, old: &str, new: &str) -> Patch {
    let (old, new) = (Some(old.as_bytes()), Some(new.as_bytes()));
    Patch { files: vec![FilePatch::between(path, old, new, &DiffOptions::default())] }
}

/// The same as text.
pub(crate) fn diff(path: &str, old: &str, new: &str) -> String {
    String::from_utf8_lossy(&patch(path, old, new).to_bytes()).into_owned()
}

/// One run of a program: what it reads and what it has to print.
///
/// Another field in a test case is an error when read, because ignoring it could change what the
/// test means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestCase {
    /// Standard input.
    pub input: String,
    /// Standard output.
    pub output: String,
}
