//! Whether a sample's programs do what it says of them.

use std::sync::Arc;

use fixwright_validate::Verdict;
use serde::{Deserialize, Serialize};

use super::{CurateContext, CurateEvent};
use crate::outcomes::{Outcomes, key};
use crate::{Error, Evaluator, Fault, RepairSample};

/// Another one for what is kept of a sample: what was kept before is not taken for it.
const FORMAT: &str = "2";

/// What the programs of a sample say of it.
#[derive(Serialize, Deserialize)]
pub(super) enum Outcome {
    /// Nothing against it, or there are none; and what is wrong with the code.
    Good(Option<Fault>),
    NoFix,
    FixFails,
    CodePasses,
    CodeCompiles,
}

impl Outcome {
    /// What is wrong with the code, as far as that was seen, or why the sample is none.
    pub(super) fn fault(self) -> Result<Option<Fault>, &'static str> {
        match self {
            Self::Good(fault) => Ok(fault),
            Self::NoFix => Err("no fix to run"),
            Self::FixFails => Err("fix fails its tests"),
            Self::CodePasses => Err("code passes its tests"),
            Self::CodeCompiles => Err("code compiles, without tests"),
        }
    }
}

/// Runs the programs of samples.
pub(super) struct Verified<'a> {
    pub(super) evaluator: &'a Evaluator,
    pub(super) outcomes: Arc<Outcomes>,
}

impl Verified<'_> {
    /// What the programs of a sample say of it.
    pub(super) fn outcome(
        &self,
        sample: &RepairSample,
        context: &CurateContext<'_>,
    ) -> Result<Outcome, Error> {
        self.outcomes.remember(self.key(sample), || self.judge(sample, context))
    }

    /// What the outcome depends on.
    fn key(&self, sample: &RepairSample) -> u128 {
        let ways = [FORMAT, &*self.evaluator.ways()].concat();
        let compare = sample.extra.get::<&str>("compare").ok().flatten().unwrap_or_default();
        let texts = [&sample.code, &sample.fixed, &sample.diff_text, &sample.problem];
        let texts = texts.map(|text| text.as_deref().unwrap_or_default());
        let tests = sample.tests.iter().flatten().flat_map(|test| [&*test.input, &*test.output]);
        key([&*ways, compare].into_iter().chain(texts).chain(tests))
    }

    fn judge(&self, sample: &RepairSample, context: &CurateContext<'_>) -> Result<Outcome, Error> {
        let Some(code) = sample.code.as_deref() else { return Ok(Outcome::Good(None)) };
        let Ok(Some(fixed)) = sample.reference() else { return Ok(Outcome::NoFix) };
        let mut watch = |_| (context.progress)(CurateEvent::Running);
        let tested = sample.tests.as_ref().is_some_and(|tests| !tests.is_empty());
        let judged = self.evaluator.judge_text(sample, code, &fixed, &mut watch)?.judged;
        let against = match judged.map(|judged| judged.verdict) {
            None => return Ok(Outcome::Good(None)),
            Some(Verdict::Plausible) => Outcome::CodePasses,
            Some(Verdict::Compiles) if !tested => Outcome::CodeCompiles,
            Some(_) => return Ok(Outcome::FixFails),
        };
        let fault = self.evaluator.fault(sample, &mut watch)?;
        Ok(fault.map_or(against, |fault| Outcome::Good(Some(fault))))
    }
}
