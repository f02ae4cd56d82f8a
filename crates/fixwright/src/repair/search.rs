//! The search: answers one after the other, each judged, until one passes.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use fixwright_decode::Error as DecodeError;
use fixwright_prompt::{Prompt, Request, render};
use fixwright_validate::{Error as ValidateError, Judged, Verdict};

use super::{Candidate, Event, Judge, Options, Progress, Proposal, Writer, fault};
use crate::error::{Error, Result};

/// What became of a search.
#[derive(Debug)]
#[non_exhaustive]
pub struct Repair {
    /// Every candidate that was judged, the best first, none twice.
    pub candidates: Vec<Candidate>,
    /// Why there are no more.
    pub ended: Ended,
}

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// A candidate passes everything that there is to pass.
    Passed,
    /// All candidates were tried that the options allow.
    Exhausted,
    /// The time budget was spent.
    TimeBudget,
    /// The callback stopped it.
    Cancelled,
}

impl Repair {
    /// The best candidate, if it [is a repair](Candidate::is_repair).
    pub fn repaired(&self) -> Option<&Candidate> {
        self.candidates.first().filter(|candidate| candidate.is_repair())
    }

    /// Whether the callback stopped the search.
    pub fn is_cancelled(&self) -> bool {
        self.ended == Ended::Cancelled
    }
}

/// Asks `writer` for answers to the request and has each judged that makes a new text, until one passes everything, or there are as many as
/// `options` allows. After a round without a repair the next one is told what is wrong with the best candidate so far.
///
/// # Errors
///
/// What is no candidate's fault: a prompt too long for the model, a model or judge that fails.
pub fn search(
    request: &Request<'_>,
    writer: &mut dyn Writer,
    judge: &dyn Judge,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Repair> {
    let watch =
        Watch { progress, budget: options.time_budget, clock: Clock::default(), ended: None };
    let mut search = Search { request, writer, judge, options, watch, found: Vec::new() };
    let ended = search.run()?;
    Ok(Repair { candidates: search.found, ended })
}

/// The candidates of one request.
struct Search<'a> {
    request: &'a Request<'a>,
    writer: &'a mut dyn Writer,
    judge: &'a dyn Judge,
    options: &'a Options,
    watch: Watch<'a>,
    /// The best first, at the end of each round.
    found: Vec<Candidate>,
}

impl Search<'_> {
    fn run(&mut self) -> Result<Ended> {
        let mut prompt = render(self.request);
        for round in 0..self.options.rounds {
            if round > 0 {
                let best = self.found.first().filter(|best| !best.is_repair());
                let again = best.and_then(|best| fault::prompt(self.request, best, self.judge));
                // What was asked before would be answered as before.
                let Some(again) = again.filter(|again| *again != prompt) else { break };
                prompt = again;
            }
            let ended = self.round(round, &prompt);
            self.found.sort_by(Candidate::compare);
            if let Some(ended) = ended? {
                return Ok(ended);
            }
        }
        Ok(Ended::Exhausted)
    }

    /// The candidates of a round; why the search ends with them, if it does.
    fn round(&mut self, round: usize, prompt: &Prompt) -> Result<Option<Ended>> {
        for index in 0..self.options.candidates {
            match self.candidate(round, index, prompt) {
                // What was added to the prompt was too much. What was found before is not lost for that.
                Err(Error::Decode(DecodeError::PromptTooLong { .. })) if round > 0 => {
                    return Ok(Some(Ended::Exhausted));
                }
                Ok(None) => {}
                ended => return ended,
            }
        }
        Ok(None)
    }

    fn candidate(&mut self, round: usize, index: usize, prompt: &Prompt) -> Result<Option<Ended>> {
        let of = self.options.candidates;
        if self.watch.tell(Event::Asking { round, index, of }).is_break() {
            return Ok(Some(self.watch.ended()));
        }
        let written = self.writer.write(prompt, index, &mut |event| self.watch.tell(event))?;
        let Some(written) = written else { return Ok(Some(self.watch.ended())) };
        let proposal = Proposal::read(self.request, written);
        if let Some(known) = self.found.iter_mut().find(|known| known.proposal.is_same(&proposal)) {
            known.repeats += 1;
            let flow = self.watch.tell(Event::Repeated(known));
            return Ok(flow.is_break().then(|| self.watch.ended()));
        }
        let Some(judged) = self.judged(&proposal)? else { return Ok(Some(self.watch.ended())) };
        let candidate = Candidate { round, index, repeats: 0, proposal, judged };
        let (passes, flow) = (candidate.passes(), self.watch.tell(Event::Judged(&candidate)));
        self.found.push(candidate);
        Ok(match flow {
            _ if passes => Some(Ended::Passed),
            ControlFlow::Break(()) => Some(self.watch.ended()),
            ControlFlow::Continue(()) => None,
        })
    }

    /// The verdict on a proposal; `None` if judging was stopped.
    fn judged(&mut self, proposal: &Proposal) -> Result<Option<Judged>> {
        let patch = match &proposal.patch {
            Ok(patch) => patch,
            Err(reason) => {
                return Ok(Some(Judged::unrun(Verdict::NotApplied { reason: reason.clone() })));
            }
        };
        match self.judge.judge(patch, &mut |_| self.watch.tell(Event::Judging)) {
            Ok(judged) => Ok(Some(judged)),
            Err(ValidateError::Cancelled) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Passes events on, and ends the work when the caller wishes or time is up.
struct Watch<'a> {
    progress: Progress<'a>,
    budget: Option<Duration>,
    clock: Clock,
    ended: Option<Ended>,
}

impl Watch<'_> {
    fn tell(&mut self, event: Event<'_>) -> ControlFlow<()> {
        // Between asking and the first that is heard of it, another search has the model.
        if matches!(event, Event::Asking { .. }) {
            self.clock.pause();
        } else {
            self.clock.go_on();
        }
        if (self.progress)(event).is_break() {
            self.ended.get_or_insert(Ended::Cancelled);
        } else if self.budget.is_some_and(|budget| self.clock.elapsed() >= budget) {
            self.ended.get_or_insert(Ended::TimeBudget);
        }
        self.ended.map_or(ControlFlow::Continue(()), |_| ControlFlow::Break(()))
    }

    /// Why the work was broken off.
    fn ended(&self) -> Ended {
        self.ended.unwrap_or(Ended::Cancelled)
    }
}

/// Measures time, with pauses.
#[derive(Default)]
struct Clock {
    before: Duration,
    since: Option<Instant>,
}

impl Clock {
    fn go_on(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    fn pause(&mut self) {
        self.before = self.elapsed();
        self.since = None;
    }

    fn elapsed(&self) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}
