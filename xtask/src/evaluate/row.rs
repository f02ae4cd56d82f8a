//! One judged answer, as a line of the result.

use std::time::Instant;

use fixwright_dataset::{self as dataset, Error, Evaluator, RepairSample};
use fixwright_validate::{Failure, Likeness, Progress, Verdict};
use serde::{Deserialize, Serialize};

use super::analysed::Analysed;
use super::answers::{Cost, Job};
use crate::exit::BadInput;

/// A judged answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) id: String,
    /// Which of the answers for this sample it is, from 0.
    pub(super) candidate: usize,
    /// That of its [`Job`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    /// `not_applied`, `compile_error`, `timed_out`, `failed`, `applies`, `compiles`, `plausible` or `exact`.
    pub(super) verdict: String,
    /// Why it does not apply, or what the compiler said.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Whether it leaves the code as it is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) unchanged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    passed: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u32>,
    /// The tests that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failed_tests: Vec<Test>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) likeness: Option<Likeness>,
    /// What the analyser says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) analysis: Option<Analysed>,
    /// Whether untrusted code ran in a sandbox; missing if none ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    sandboxed: Option<bool>,
    /// What kind of bug the sample has, where it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) class: Option<String>,
    /// The problem or project that the sample belongs to, where it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
    /// How many lines the reference fix deletes and inserts; missing if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) changed_lines: Option<usize>,
    /// Whether the sample has tests.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) has_tests: bool,
    /// How long it took; missing where the answer does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seconds: Option<Seconds>,
}

/// How long an answer took, and its verdict, in seconds from the prompt on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Seconds {
    pub(super) answer: f64,
    pub(super) verdict: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Test {
    index: u32,
    failure: Failure,
}

impl Row {
    pub(super) fn judge(
        evaluator: &Evaluator,
        job: &Job,
        progress: Progress<'_>,
    ) -> anyhow::Result<Self> {
        let changed_lines = fit(job, changed_lines(&job.sample))?;
        let start = Instant::now();
        let evaluated = fit(job, evaluator.judge(&job.sample, &job.answer, progress))?;
        let judging = start.elapsed().as_secs_f64();
        let tests = evaluated.judged.as_ref().and_then(|judged| judged.tests.as_ref());
        let failed = tests.map(|tests| tests.failed.as_slice()).unwrap_or_default();
        let test = |test: &fixwright_validate::FailedTest| Test {
            index: test.index,
            failure: test.failure.clone(),
        };
        let run = evaluated.judged.as_ref().and_then(|judged| judged.run.as_ref());
        let (verdict, reason) = match evaluated.verdict {
            Verdict::NotApplied { reason } => ("not_applied", Some(reason)),
            Verdict::CompileError { output, .. } => ("compile_error", Some(output)),
            Verdict::TimedOut => ("timed_out", None),
            Verdict::Failed { .. } => ("failed", None),
            Verdict::Applies => ("applies", None),
            Verdict::Compiles => ("compiles", None),
            Verdict::Plausible => ("plausible", None),
            Verdict::Exact => ("exact", None),
            other => anyhow::bail!("the verdict {other:?} has no name here"),
        };
        let extra = |name| {
            let value = job.sample.extra.get::<String>(name).ok().flatten();
            value.filter(|value| !value.is_empty())
        };
        Ok(Self {
            id: job.id.clone(),
            candidate: job.candidate,
            key: job.key.clone(),
            verdict: verdict.to_owned(),
            reason,
            unchanged: evaluated.unchanged,
            passed: tests.map(fixwright_validate::Tested::passed),
            total: tests.map(|tests| tests.total),
            failed_tests: failed.iter().map(test).collect(),
            likeness: evaluated.likeness,
            analysis: evaluated.analysis.as_ref().map(Analysed::from),
            sandboxed: run.map(|run| run.enforced.sandbox.is_some()),
            class: extra("defect_class").or_else(|| extra("checker")),
            problem: job.sample.problem.clone().or_else(|| extra("repo")),
            changed_lines,
            has_tests: job.sample.tests.as_ref().is_some_and(|tests| !tests.is_empty()),
            seconds: job.cost.map(|cost| Seconds::new(&cost, judging)),
        })
    }

    /// The row of another answer that is the same.
    pub(super) fn repeated(&self, job: &Job) -> Self {
        let judging = self.seconds.map_or(0.0, |seconds| seconds.verdict - seconds.answer);
        let seconds = job.cost.map(|cost| Seconds::new(&cost, judging));
        Self { candidate: job.candidate, seconds, ..self.clone() }
    }

    /// Whether it is a row of this answer.
    pub(super) fn is_of(&self, job: &Job) -> bool {
        (&self.id, self.candidate, &self.key) == (&job.id, job.candidate, &job.key)
    }

    /// Whether it is like the reference in this way.
    pub(super) fn is_like(&self, way: fn(&Likeness) -> bool) -> bool {
        self.likeness.as_ref().is_some_and(way)
    }

    /// Whether there is a reference fix to compare with.
    pub(super) fn has_reference(&self) -> bool {
        self.changed_lines.is_some()
    }

    /// Whether the answer passes every test there is.
    pub(super) fn is_plausible(&self) -> bool {
        matches!(self.verdict.as_str(), "plausible" | "exact")
    }
}

impl Seconds {
    fn new(cost: &Cost, judging: f64) -> Self {
        let answer = cost.seconds();
        Self { answer, verdict: answer + judging }
    }
}

/// What came of a sample; an error names the sample if it is the sample's.
fn fit<T>(job: &Job, result: Result<T, Error>) -> anyhow::Result<T> {
    match result {
        Err(error @ Error::Unfit { .. }) => {
            Err(BadInput(format!("sample `{}`: {error}", job.id)).into())
        }
        other => Ok(other?),
    }
}

fn changed_lines(sample: &RepairSample) -> Result<Option<usize>, Error> {
    let (Some(code), Some(fixed)) = (&sample.code, sample.reference()?) else { return Ok(None) };
    Ok(Some(dataset::changed_lines(code, &fixed)))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_false(value: &bool) -> bool {
    !value
}
