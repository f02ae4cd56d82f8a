//! Several answers to one prompt, decoded together.

use std::ops::ControlFlow;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::generate::{Event, Finish, Generation, Options};
use crate::proposer::Proposer;
use crate::run::{Rows, Run};
use crate::sampling::Sampling;
use crate::target::{Append, Target};

/// One of several answers to a prompt.
pub struct Candidate<'a> {
    /// How its tokens are chosen, in place of [`Options::sampling`].
    pub sampling: Sampling,
    /// Where its drafts come from. A proposer follows one answer, so each candidate has its own.
    pub proposer: Box<dyn Proposer + 'a>,
}

/// Continues `prompt` once for each candidate: what [`generate`](crate::generate()) gives for each alone, in the same order.
///
/// The prompt is read once, and each candidate goes on with a clone of the target. The drafts of all are verified
/// in one [`Target::logits_batch`] after another, which a target can make cheaper than as many forward passes. The callback is told
/// which candidate an event belongs to, and stops that one alone.
///
/// # Errors
///
/// As [`generate`](crate::generate()).
pub fn generate_batch<T: Target + Clone>(
    target: &mut T,
    candidates: Vec<Candidate<'_>>,
    prompt: &[u32],
    options: &Options,
    on_event: &mut dyn FnMut(usize, Event) -> ControlFlow<()>,
) -> Result<Vec<Generation>> {
    let mut lanes = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let run = Run::start(target, prompt, &[], options, candidate.sampling)?;
        lanes.push(Lane {
            target: target.clone(),
            run,
            proposer: candidate.proposer,
            draft: Vec::new(),
            finish: None,
        });
    }
    while lanes.iter().any(|lane| lane.finish.is_none()) {
        step(&mut lanes, on_event)?;
    }
    let finished =
        lanes.into_iter().map(|lane| lane.run.finish(lane.finish.unwrap_or(Finish::Length)));
    Ok(finished.collect())
}

/// One candidate on its way.
struct Lane<'a, T> {
    target: T,
    run: Run<'a>,
    proposer: Box<dyn Proposer + 'a>,
    draft: Vec<u32>,
    finish: Option<Finish>,
}

/// One forward pass over the drafts of all candidates that are not finished.
fn step<T: Target>(
    lanes: &mut [Lane<'_, T>],
    on_event: &mut dyn FnMut(usize, Event) -> ControlFlow<()>,
) -> Result<()> {
    let mut batch = Vec::new();
    let mut going = Vec::new();
    for (index, lane) in lanes.iter_mut().enumerate().filter(|(_, lane)| lane.finish.is_none()) {
        match lane.run.draft(&lane.target, &mut *lane.proposer) {
            None => lane.finish = Some(Finish::Length),
            Some(draft) => {
                let tokens = lane.run.input(&lane.target, &draft);
                let rows = draft.len() + 1;
                lane.draft = draft;
                batch.push(Append { target: &mut lane.target, tokens, rows });
                going.push((index, &mut lane.run, &lane.draft, &mut lane.finish));
            }
        }
    }
    let start = Instant::now();
    let logits = T::logits_batch(&mut batch).map_err(|e| Error::Target(Box::new(e)))?;
    let elapsed = start.elapsed();
    if logits.len() != batch.len() {
        return Err(Error::Logits { rows: batch.len(), found: logits.len() });
    }
    for ((lane, logits), append) in going.into_iter().zip(logits).zip(batch) {
        let (index, run, draft, finish) = lane;
        run.count(elapsed);
        let rows = Rows::logits(logits, append.rows)?;
        *finish = run.settle(draft, rows, &mut |event| on_event(index, event));
        append.target.truncate(run.seen());
    }
    Ok(())
}
