//! Both programs of a pair, judged.

use fixwright_dataset::{Error, Evaluator, RepairSample};
use fixwright_validate::{Ending, Failure, Progress, Verdict};
use serde::{Deserialize, Serialize};

/// How often a program is judged whose time by the clock on the wall runs out.
const CHANCES: usize = 3;

/// What became of the two programs of a sample.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) buggy: Outcome,
    pub(crate) fixed: Outcome,
}

/// What became of a program.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) compiles: bool,
    pub(crate) failed: Vec<Test>,
}

/// A test that it fails.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Test {
    pub(crate) index: u32,
    pub(crate) failure: Failure,
    pub(crate) seconds: f64,
}

impl Row {
    pub(crate) fn judge(
        sample: &RepairSample,
        evaluator: &Evaluator,
        progress: Progress<'_>,
    ) -> Result<Self, Error> {
        let code = sample.code.as_deref().unwrap_or_default();
        let fixed = sample.fixed.as_deref().unwrap_or_default();
        let mut once = |text| {
            let judged = evaluator.judge_text(sample, code, text, progress)?.judged;
            let Some(judged) = judged else { return Ok::<_, Error>(Outcome::default()) };
            let compiles =
                !matches!(judged.verdict, Verdict::CompileError { .. } | Verdict::TimedOut);
            let failed = judged.tests.into_iter().flat_map(|tests| tests.failed);
            let test = |test: fixwright_validate::FailedTest| Test {
                index: test.index,
                failure: test.failure,
                seconds: test.run.elapsed.as_secs_f64(),
            };
            Ok(Outcome { compiles, failed: failed.map(test).collect() })
        };
        // The clock on the wall runs out on a busy machine too: such a program has more chances.
        let mut outcome = |text| {
            let mut outcome = once(text)?;
            for _ in 1..CHANCES {
                if outcome.failed.iter().any(Test::ran_out_of_time) {
                    outcome = once(text)?;
                }
            }
            Ok::<_, Error>(outcome)
        };
        let (buggy, fixed) = (outcome(code)?, outcome(fixed)?);
        Ok(Self { id: sample.id.clone().unwrap_or_default(), buggy, fixed })
    }
}

impl Test {
    fn ran_out_of_time(&self) -> bool {
        self.failure == Failure::Limit { ending: Ending::WallTime }
    }
}

impl Outcome {
    pub(crate) fn indices(&self) -> Vec<u32> {
        self.failed.iter().map(|test| test.index).collect()
    }
}
