//! Judging what a model answered for a sample.

mod analysis;
mod minimise;
mod toolchain;

use fixwright_patch::{ApplyOptions, Patch};
use fixwright_prompt::{AnswerError, Finish, Fix, Options, Target, read};
use fixwright_report::BugReport;
use fixwright_validate::{
    Analyser, Analysis, Executable, Isolation, Judged, Likeness, Progress, Verdict, Workspace,
};
use serde::{Deserialize, Serialize};

use crate::{Error, Fault, RepairSample};

pub(crate) use toolchain::MOST_OUTPUT;
pub use toolchain::Programs;

/// Judges answers for samples.
///
/// An answer is read as `fixwright-prompt` reads it. A sample with tests, or of a student's assignment, is a whole program: it is
/// compiled and tested. Of any other, which is a file of a project that is not here, the answer is only compared
/// with the reference fix.
#[derive(Clone, Debug)]
pub struct Evaluator {
    options: Options,
    programs: Programs,
    isolation: Isolation,
    analyser: Option<Analyser>,
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evaluated {
    /// What became of it; [`Verdict::Exact`] if it is the reference fix byte for byte.
    pub verdict: Verdict,
    /// Whether the answer leaves the code as it is.
    #[serde(default)]
    pub unchanged: bool,
    /// How close it comes to the reference; none if it does not apply or there is no reference.
    pub likeness: Option<Likeness>,
    /// How compiling and testing went; none if it did not come to that.
    pub judged: Option<Judged>,
    /// What an analyser says of the file before and after; none if there is none or the answer does not apply.
    #[serde(default)]
    pub analysis: Option<Analysis>,
}

impl Evaluator {
    /// An evaluator for answers of one target. Programs are compiled and run as `programs` says, confined by `isolation`.
    pub fn new(target: Target, programs: Programs, isolation: Isolation) -> Self {
        let options = Options::default().with_target(target);
        Self { options, programs, isolation, analyser: None }
    }

    /// The same, with an analyser that is run on the file before and after each answer. Without it, a sample whose extra field
    /// `analyser` is one of [`Analyser::names`] has that run.
    #[must_use]
    pub fn with_analyser(mut self, analyser: Analyser) -> Self {
        self.analyser = Some(analyser);
        self
    }

    /// Judges `answer`, the text that a model wrote for `sample`.
    ///
    /// A program alone, without a fence around it, counts as an answer too.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] for a sample without code or whose line is not in it, [`Error::Validate`] if judging was not possible.
    pub fn judge(
        &self,
        sample: &RepairSample,
        answer: &str,
        progress: Progress<'_>,
    ) -> Result<Evaluated, Error> {
        let code =
            sample.code.as_deref().ok_or(Error::Unfit { reason: "it has no code".into() })?;
        match self.fixed(sample, code, answer)? {
            Ok(fixed) => {
                let mut evaluated = self.judge_text(sample, code, &fixed, progress)?;
                evaluated.analysis = self.analysis(sample, code, &fixed, progress)?;
                Ok(evaluated)
            }
            Err(reason) => Ok(Evaluated::not_applied(reason)),
        }
    }

    /// Judges `fixed`, a whole file, as the fix of `sample`; no analyser is run.
    ///
    /// # Errors
    ///
    /// As [`judge`](Self::judge).
    pub fn judge_text(
        &self,
        sample: &RepairSample,
        code: &str,
        fixed: &str,
        progress: Progress<'_>,
    ) -> Result<Evaluated, Error> {
        let likeness = sample.reference()?.map(|fix| Likeness::of(code, fixed, &fix));
        let judged = self.run(sample, fixed, progress)?;
        let verdict = match (&judged, likeness) {
            (_, Some(likeness)) if likeness.exact => Verdict::Exact,
            (Some(judged), _) => judged.verdict.clone(),
            (None, _) => Verdict::Applies,
        };
        Ok(Evaluated { verdict, unchanged: code == fixed, likeness, judged, analysis: None })
    }

    /// What compiling makes of `answer` for the tests of `sample` to run, or of the sample's code; [`Executable::Missing`] for an answer that makes no
    /// other text, [`Executable::Unknown`] where an analyser has a say.
    ///
    /// # Errors
    ///
    /// As [`judge`](Self::judge).
    pub fn executable(
        &self,
        sample: &RepairSample,
        answer: Option<&str>,
        progress: Progress<'_>,
    ) -> Result<Executable, Error> {
        let code =
            sample.code.as_deref().ok_or(Error::Unfit { reason: "it has no code".into() })?;
        let text = match answer.map(|answer| self.fixed(sample, code, answer)).transpose()? {
            None => code.to_owned(),
            Some(Ok(fixed)) => fixed,
            Some(Err(_)) => return Ok(Executable::Missing),
        };
        let Some(toolchain) = self.programs.toolchain(sample) else {
            return Ok(Executable::Unknown);
        };
        if self.analyser(sample).is_some() {
            return Ok(Executable::Unknown);
        }
        let workspace = Workspace::of_file(&self.programs.file, &text)?;
        Ok(toolchain.executable(&workspace, &self.isolation, progress)?)
    }

    /// What is wrong with the code of `sample`, as its compiler and its tests show; `None` if nothing is, or if it is no program to be run.
    ///
    /// # Errors
    ///
    /// As [`judge`](Self::judge).
    pub fn fault(
        &self,
        sample: &RepairSample,
        progress: Progress<'_>,
    ) -> Result<Option<Fault>, Error> {
        let Some(code) = sample.code.as_deref() else { return Ok(None) };
        let judged = self.run(sample, code, progress)?;
        let tests = sample.tests.as_deref().unwrap_or_default();
        Ok(judged.and_then(|judged| Fault::of(&judged, tests)))
    }

    /// Compiles and tests `text` as the whole program of `sample`; `None` if that is no program to be run.
    fn run(
        &self,
        sample: &RepairSample,
        text: &str,
        progress: Progress<'_>,
    ) -> Result<Option<Judged>, Error> {
        let Some(toolchain) = self.programs.toolchain(sample) else { return Ok(None) };
        let workspace = Workspace::of_file(&self.programs.file, text)?;
        Ok(Some(toolchain.judge(&workspace, &self.isolation, progress)?))
    }

    /// How programs are judged, as text that differs if any of it does.
    pub(crate) fn ways(&self) -> String {
        serde_json::to_string(&self.programs).unwrap_or_default()
    }

    /// The file that the answer makes of `code`, or why it makes none.
    fn fixed(
        &self,
        sample: &RepairSample,
        code: &str,
        answer: &str,
    ) -> Result<Result<String, NoFix>, Error> {
        let report = BugReport::default();
        let request = sample.request(&report, &self.options)?;
        let mut answered = read(&request, answer, Finish::Stop);
        if answered == Err(AnswerError::NoBlock) && !answer.contains("```") {
            answered = read(&request, &format!("````\n{}\n````", answer.trim_end()), Finish::Stop);
        }
        Ok(match answered.map(|answer| answer.fix) {
            Ok(Fix::Source(text)) => Ok(text),
            Ok(Fix::Diff(diff)) => {
                patched(code, &diff).map_err(|reason| NoFix { reason, unchanged: false })
            }
            Err(error) => {
                Err(NoFix { reason: error.to_string(), unchanged: error == AnswerError::Unchanged })
            }
        })
    }
}

/// Why an answer makes no file.
struct NoFix {
    reason: String,
    /// It repeats the old one.
    unchanged: bool,
}

impl Evaluated {
    fn not_applied(NoFix { reason, unchanged }: NoFix) -> Self {
        let verdict = Verdict::NotApplied { reason };
        Self { verdict, unchanged, likeness: None, judged: None, analysis: None }
    }
}

/// What a model's diff makes of `code`, or why it makes nothing.
fn patched(code: &str, diff: &str) -> Result<String, String> {
    let diff = Patch::recover(diff).map_err(|error| error.to_string())?;
    let [file] = diff.files.as_slice() else {
        return Err(format!("the diff changes {} files instead of one", diff.files.len()));
    };
    let applied = file.apply_with(code.as_bytes(), &ApplyOptions::default());
    let text = applied.map_err(|error| error.to_string())?.text;
    String::from_utf8(text).map_err(|error| error.to_string())
}

impl RepairSample {
    /// The whole file after the reference fix: [`fixed`](Self::fixed), or what [`diff_text`](Self::diff_text) makes of
    /// [`code`](Self::code); none if the sample has no fix.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if the diff does not apply.
    pub fn reference(&self) -> Result<Option<String>, Error> {
        match (&self.fixed, &self.code, &self.diff_text) {
            (Some(fixed), _, _) => Ok(Some(fixed.clone())),
            (None, Some(code), Some(diff)) => {
                let fixed = patched(code, diff);
                fixed.map(Some).map_err(|reason| Error::Unfit {
                    reason: format!("its own diff does not apply: {reason}"),
                })
            }
            _ => Ok(None),
        }
    }
}
