//! Whether a sample's programs do what it says of them.

use std::ops::ControlFlow;

use fixwright_validate::Verdict;

use super::CurateEvent;
use crate::{Error, Evaluator, RepairSample};

/// Why the programs of a sample speak against it; `None` if they do not, or if it has none.
pub(super) fn reason(
    sample: &RepairSample,
    evaluator: &Evaluator,
    progress: &(dyn Fn(CurateEvent<'_>) -> ControlFlow<()> + Sync),
) -> Result<Option<&'static str>, Error> {
    let Some(code) = sample.code.as_deref() else { return Ok(None) };
    let Ok(Some(fixed)) = sample.reference() else { return Ok(Some("no fix to run")) };
    let judge = |text: &str| {
        let judged =
            evaluator.judge_text(sample, code, text, &mut |_| progress(CurateEvent::Running))?;
        Ok::<_, Error>(judged.judged.map(|judged| judged.verdict))
    };
    let tested = sample.tests.as_ref().is_some_and(|tests| !tests.is_empty());
    Ok(match judge(&fixed)? {
        None => None,
        Some(Verdict::Plausible) => {
            passes(judge(code)?.as_ref()).then_some("code passes its tests")
        }
        Some(Verdict::Compiles) if !tested => {
            passes(judge(code)?.as_ref()).then_some("code compiles, without tests")
        }
        Some(_) => Some("fix fails its tests"),
    })
}

fn passes(verdict: Option<&Verdict>) -> bool {
    matches!(verdict, Some(Verdict::Plausible | Verdict::Compiles))
}
