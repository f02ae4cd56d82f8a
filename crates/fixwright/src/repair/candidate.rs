//! One answer of the model, and what became of it.

use std::cmp::Reverse;

use fixwright_decode::{Generation, Sampling};
use fixwright_patch::Patch;
use fixwright_validate::{Error as ValidateError, Judged, Validator, Verdict};

use super::{Event, Progress};
use crate::error::Result;

/// What the model answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Proposal {
    /// The answer as it was written.
    pub answer: String,
    /// The patch that it makes, or why it makes none.
    pub patch: Result<Patch, String>,
    /// How it was sampled.
    pub sampling: Sampling,
    /// The answer's tokens, and what they cost.
    pub generation: Generation,
}

/// A proposal and its verdict.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate {
    /// Which one it was, from 0.
    pub index: usize,
    /// What the model answered.
    pub proposal: Proposal,
    /// What became of it.
    pub judged: Judged,
}

impl Candidate {
    /// Whether nothing better is to be expected: it applies, compiles, and the compiler has nothing new to say.
    pub fn is_clean(&self) -> bool {
        self.judged.verdict >= Verdict::Compiles && self.judged.new_diagnostics.is_empty()
    }

    /// Smaller is better: by verdict, then by new diagnostics, then by the order of asking.
    pub(super) fn rank(&self) -> (Reverse<Verdict>, usize, usize) {
        (Reverse(self.judged.verdict.clone()), self.judged.new_diagnostics.len(), self.index)
    }
}

/// Judges a proposal; `None` if the callback stopped it.
pub(super) fn judge(
    proposal: &Proposal,
    validator: &Validator,
    progress: Progress<'_>,
) -> Result<Option<Judged>> {
    let patch = match &proposal.patch {
        Ok(patch) => patch,
        Err(reason) => {
            return Ok(Some(Judged::unrun(Verdict::NotApplied { reason: reason.clone() })));
        }
    };
    match validator.judge(patch, &mut |_| progress(Event::Judging)) {
        Ok(judged) => Ok(Some(judged)),
        Err(ValidateError::Cancelled) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
