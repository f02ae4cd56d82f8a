//! Several answers to one prompt, decoded together.

use std::fmt;
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
    /// The tokens that it begins with, which are given: see [`resume`](crate::resume).
    pub begin: Vec<u32>,
    /// How its tokens are chosen, in place of [`Options::sampling`].
    pub sampling: Sampling,
    /// Where its drafts come from. A proposer follows one answer, so each candidate has its own.
    pub proposer: Box<dyn Proposer + 'a>,
}

impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate")
            .field("begin", &self.begin)
            .field("sampling", &self.sampling)
            .finish_non_exhaustive()
    }
}

/// Continues `prompt` once for each candidate: what [`resume`](crate::resume) gives for each alone, in the same order. What the
/// target has seen behind the prompt has to agree with each beginning, but for its last token.
///
/// The prompt is read once, and each candidate goes on with a clone of the target. The drafts of all are verified in one [`Target::logits_batch`]
/// after another, which a target can make cheaper than as many forward passes; its time is shared evenly among them in their statistics. The
/// callback is told which candidate an event belongs to, and stops that one alone.
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
        let mut own = target.clone();
        let mut heard = |event| on_event(lanes.len(), event);
        let Candidate { begin, sampling, proposer } = candidate;
        let (run, finish) = Run::start(&mut own, prompt, &begin, options, sampling, &mut heard)?;
        if target.position() < prompt.len() - 1 {
            target.clone_from(&own);
            target.truncate(prompt.len() - 1);
        }
        lanes.push(Lane { target: own, run, proposer, draft: Vec::new(), finish });
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
    let greedy = lanes.iter().all(|lane| lane.run.greedy);
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
    if batch.is_empty() {
        return Ok(());
    }
    let start = Instant::now();
    let rows = rows(&mut batch, greedy)?;
    let elapsed = start.elapsed() / batch.len() as u32;
    for ((lane, rows), append) in going.into_iter().zip(rows).zip(batch) {
        let (index, run, draft, finish) = lane;
        run.count(elapsed);
        *finish = run.settle(draft, rows, &mut |event| on_event(index, event));
        append.target.truncate(run.seen());
    }
    Ok(())
}

/// What follows the rows of each part.
fn rows<T: Target>(batch: &mut [Append<'_, T>], greedy: bool) -> Result<Vec<Rows>> {
    let failed = |e: T::Error| Error::Target(Box::new(e));
    let counts: Vec<usize> = batch.iter().map(|append| append.rows).collect();
    let complete = |found: usize| {
        if found == counts.len() {
            Ok(())
        } else {
            Err(Error::Logits { rows: counts.len(), found })
        }
    };
    if greedy {
        let chosen = T::greedy_batch(batch).map_err(failed)?;
        complete(chosen.len())?;
        return chosen
            .into_iter()
            .zip(&counts)
            .map(|(own, rows)| Rows::chosen(own, *rows))
            .collect();
    }
    let logits = T::logits_batch(batch).map_err(failed)?;
    complete(logits.len())?;
    logits.into_iter().zip(&counts).map(|(own, rows)| Rows::logits(own, *rows)).collect()
}
