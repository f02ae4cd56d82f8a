//! Whether a sample's programs do what it says of them.

use std::borrow::Cow;
use std::sync::Arc;

use fixwright_validate::Verdict;
use serde::{Deserialize, Serialize};

use super::{CurateContext, CurateEvent};
use crate::outcomes::{Outcomes, key};
use crate::{Error, Evaluator, Fault, RepairSample};

/// Another one for what is kept of a sample: what was kept before is not taken for it.
const FORMAT: &str = "3";

/// What the programs of a sample say of it.
#[derive(Serialize, Deserialize)]
pub(super) enum Outcome {
    /// Nothing against it, or there are none.
    Good(Seen),
    NoFix,
    FixFails,
    CodePasses,
    CodeCompiles,
}

/// What was seen of a sample.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Seen {
    /// What is wrong with the code.
    fault: Option<Fault>,
    /// The code after the part of the fix that is enough.
    enough: Option<String>,
}

impl Seen {
    /// Makes the sample say it.
    pub(super) fn tell(self, sample: &mut Cow<'_, RepairSample>) -> Result<(), Error> {
        if let Some(fault) = &self.fault {
            sample.to_mut().set_fault(fault)?;
        }
        match self.enough {
            Some(fixed) => sample.to_mut().set_minimised(fixed),
            None => Ok(()),
        }
    }
}

impl Outcome {
    /// What was seen of the sample, or why it is none.
    pub(super) fn seen(self) -> Result<Seen, &'static str> {
        match self {
            Self::Good(seen) => Ok(seen),
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
    pub(super) minimise: bool,
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
        let minimise = if self.minimise { "minimise" } else { "" };
        let ways = [FORMAT, minimise, &*self.evaluator.ways()].concat();
        let compare = sample.extra.get::<&str>("compare").ok().flatten().unwrap_or_default();
        let texts = [&sample.code, &sample.fixed, &sample.diff_text, &sample.problem];
        let texts = texts.map(|text| text.as_deref().unwrap_or_default());
        let tests = sample.tests.iter().flatten().flat_map(|test| [&*test.input, &*test.output]);
        key([&*ways, compare].into_iter().chain(texts).chain(tests))
    }

    fn judge(&self, sample: &RepairSample, context: &CurateContext<'_>) -> Result<Outcome, Error> {
        let good = |seen| Ok(Outcome::Good(seen));
        let Some(code) = sample.code.as_deref() else { return good(Seen::default()) };
        let Ok(Some(fixed)) = sample.reference() else { return Ok(Outcome::NoFix) };
        let mut watch = |_| (context.progress)(CurateEvent::Running);
        let tested = sample.tests.as_ref().is_some_and(|tests| !tests.is_empty());
        let judged = self.evaluator.judge_text(sample, code, &fixed, &mut watch)?.judged;
        let against = match judged.map(|judged| judged.verdict) {
            None => return good(Seen::default()),
            Some(Verdict::Plausible) => Outcome::CodePasses,
            Some(Verdict::Compiles) if !tested => Outcome::CodeCompiles,
            Some(_) => return Ok(Outcome::FixFails),
        };
        let Some(fault) = self.evaluator.fault(sample, &mut watch)? else { return Ok(against) };
        let enough = match self.minimise {
            true => self.evaluator.minimise(sample, &mut watch)?,
            false => None,
        };
        good(Seen { fault: Some(fault), enough })
    }
}
