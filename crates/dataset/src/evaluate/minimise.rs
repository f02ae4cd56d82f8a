//! A fix without what its tests do not need.

use std::ops::ControlFlow;

use fixwright_patch::{MinimiseOptions, Patch};
use fixwright_validate::{Progress, Verdict};

use super::Evaluator;
use crate::sample::patch;
use crate::{Error, RepairSample};

/// How often a part of a fix is tried: its program is compiled, and run once a test.
const MOST_TRIALS: usize = 100;

impl Evaluator {
    /// What the code of `sample` is after the smallest part of its reference fix, as [`Patch::minimise`] finds it, with which it passes all tests.
    /// `None` if no smaller part does, or if there are no tests to tell.
    ///
    /// What people change besides (white space, names, messages that no test reads) teaches a model to change as much. Tests that say little
    /// leave little: a part of the fix that none of them needs is taken for such.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if the fix is a diff that does not apply, [`Error::Validate`] if judging was not possible.
    pub fn minimise(
        &self,
        sample: &RepairSample,
        progress: Progress<'_>,
    ) -> Result<Option<String>, Error> {
        let is_tested = sample.tests.as_ref().is_some_and(|tests| !tests.is_empty());
        let (Some(code), Some(fixed), true) = (&sample.code, sample.reference()?, is_tested) else {
            return Ok(None);
        };
        let mut passes = |part: &Patch| {
            let text = patched(code, part)?;
            // It fails, even if it may pass another time.
            if text == *code {
                return Ok(false);
            }
            let judged = self.run(sample, &text, progress)?;
            Ok(judged.is_some_and(|judged| judged.verdict == Verdict::Plausible))
        };
        let mut failed: Option<Error> = None;
        let mut holds = |part: &Patch| match passes(part) {
            Ok(passes) => ControlFlow::Continue(passes),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        };
        let options = MinimiseOptions::default().with_trials(MOST_TRIALS);
        let whole = patch(&self.programs.file, code, &fixed);
        let minimised = whole.minimise(&options, &mut holds);
        match failed {
            Some(error) => Err(error),
            None => Ok(Some(patched(code, &minimised.patch)?).filter(|text| *text != fixed)),
        }
    }
}

/// What a part of a fix makes of `code`.
fn patched(code: &str, part: &Patch) -> Result<String, Error> {
    let Some(file) = part.files.first() else { return Ok(code.to_owned()) };
    let unfit = |reason| Error::Unfit { reason };
    let applied = file.apply(code.as_bytes()).map_err(|error| unfit(error.to_string()))?;
    String::from_utf8(applied.text).map_err(|error| unfit(error.to_string()))
}
