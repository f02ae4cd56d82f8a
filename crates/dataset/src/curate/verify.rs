//! Whether a sample's programs do what it says of them.

use std::sync::Arc;

use fixwright_validate::Verdict;
use serde::{Deserialize, Serialize};

use super::{CurateContext, CurateEvent};
use crate::outcomes::{Outcomes, key};
use crate::{Error, Evaluator, RepairSample};

/// What the programs of a sample say of it.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Outcome {
    /// Nothing against it, or there are none.
    Good,
    NoFix,
    FixFails,
    CodePasses,
    CodeCompiles,
}

impl Outcome {
    fn reason(self) -> Option<&'static str> {
        match self {
            Self::Good => None,
            Self::NoFix => Some("no fix to run"),
            Self::FixFails => Some("fix fails its tests"),
            Self::CodePasses => Some("code passes its tests"),
            Self::CodeCompiles => Some("code compiles, without tests"),
        }
    }
}

/// Runs the programs of samples.
pub(super) struct Verified<'a> {
    pub(super) evaluator: &'a Evaluator,
    pub(super) outcomes: Arc<Outcomes>,
}

impl Verified<'_> {
    /// Why the programs of a sample speak against it; `None` if they do not, or if it has none.
    pub(super) fn reason(
        &self,
        sample: &RepairSample,
        context: &CurateContext<'_>,
    ) -> Result<Option<&'static str>, Error> {
        let outcome = self.outcomes.remember(self.key(sample), || self.judge(sample, context))?;
        Ok(outcome.reason())
    }

    /// What the outcome depends on.
    fn key(&self, sample: &RepairSample) -> u128 {
        let ways = self.evaluator.ways();
        let compare = sample.extra.get::<&str>("compare").ok().flatten().unwrap_or_default();
        let texts = [&sample.code, &sample.fixed, &sample.diff_text, &sample.problem];
        let texts = texts.map(|text| text.as_deref().unwrap_or_default());
        let tests = sample.tests.iter().flatten().flat_map(|test| [&*test.input, &*test.output]);
        key([&*ways, compare].into_iter().chain(texts).chain(tests))
    }

    fn judge(&self, sample: &RepairSample, context: &CurateContext<'_>) -> Result<Outcome, Error> {
        let Some(code) = sample.code.as_deref() else { return Ok(Outcome::Good) };
        let Ok(Some(fixed)) = sample.reference() else { return Ok(Outcome::NoFix) };
        let judge = |text: &str| {
            let mut watch = |_| (context.progress)(CurateEvent::Running);
            let judged = self.evaluator.judge_text(sample, code, text, &mut watch)?;
            Ok::<_, Error>(judged.judged.map(|judged| judged.verdict))
        };
        let tested = sample.tests.as_ref().is_some_and(|tests| !tests.is_empty());
        let against = match judge(&fixed)? {
            None => return Ok(Outcome::Good),
            Some(Verdict::Plausible) => Outcome::CodePasses,
            Some(Verdict::Compiles) if !tested => Outcome::CodeCompiles,
            Some(_) => return Ok(Outcome::FixFails),
        };
        Ok(if passes(judge(code)?.as_ref()) { against } else { Outcome::Good })
    }
}

fn passes(verdict: Option<&Verdict>) -> bool {
    matches!(verdict, Some(Verdict::Plausible | Verdict::Compiles))
}
