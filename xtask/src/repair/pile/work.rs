//! The work itself: several findings at a time, of which one has the model.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use fixwright::decode::Error as DecodeError;
use fixwright::repair::{About, Repair};
use fixwright::validate::{Error as ValidateError, Validator};

use super::finding::Finding;
use super::judges::Judges;
use super::outcome::Outcome;
use super::{Pile, Search, mail};
use crate::counter::Counter;
use crate::interrupt::Interrupt;
use crate::repair::case::place;
use crate::repair::record::Record;
use crate::repair::{request, show};

/// What the threads share.
struct Shared {
    outcomes: Vec<(usize, Outcome)>,
    counter: Counter,
    /// Why the work cannot go on.
    error: Option<anyhow::Error>,
}

impl Pile<'_> {
    /// Searches for the repair of every finding that has no result. What is finished is kept, also if the work is broken off.
    pub(super) fn work(&mut self, judges: &Judges<'_>, search: &Search<'_>) -> anyhow::Result<()> {
        let total = self.outcomes.len();
        let open: Vec<_> = (0..total).filter(|index| self.outcomes[*index].is_none()).collect();
        let done = (total - open.len()) as u64;
        let counter = Counter::new("findings", Some(total as u64), done);
        let shared = Mutex::new(Shared { outcomes: Vec::new(), counter, error: None });
        let (next, halt) = (AtomicUsize::new(0), Halt::new(&self.interrupt));
        let one = || {
            while halt.flow().is_continue()
                && let Some(index) = open.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let tried = self.finding(&self.findings.found[*index], search, judges, &halt);
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                match tried {
                    Ok(Some(outcome)) => shared.count(*index, outcome),
                    Ok(None) => break,
                    Err(error) => {
                        halt.0.store(true, Ordering::Relaxed);
                        shared.error.get_or_insert(error);
                    }
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.input.flags.jobs.get().min(open.len()) {
                scope.spawn(one);
            }
        });
        let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (index, outcome) in shared.outcomes {
            self.outcomes[index] = Some(outcome);
        }
        shared.error.map_or(Ok(()), Err)
    }

    /// Searches for the repair of one finding and keeps what came of it; none if it was broken off.
    fn finding(
        &self,
        finding: &Finding,
        search: &Search<'_>,
        judges: &Judges<'_>,
        halt: &Halt<'_>,
    ) -> anyhow::Result<Option<Outcome>> {
        let tried =
            judges.with(&finding.case.file.path, &|| halt.flow(), |validator| match validator {
                Ok(validator) => match self.told(finding, validator, halt)? {
                    Some(finding) => self.search(&finding, search, validator, halt),
                    None => self.kept(finding, Outcome::right(finding)),
                },
                // That may be another one the next time: a header is installed, a folder allowed.
                Err(reason) => {
                    self.folder.forget(finding)?;
                    Ok(Some(Outcome::untried(finding, reason)))
                }
            });
        match tried.flatten() {
            Err(error) => match error.downcast_ref() {
                Some(ValidateError::Cancelled) => Ok(None),
                // A hand-in that cannot be copied, say: the next one may be.
                Some(reason) => {
                    self.folder.forget(finding)?;
                    Ok(Some(Outcome::untried(finding, &reason.to_string())))
                }
                None => Err(error),
            },
            tried => tried,
        }
    }

    /// The finding with its report, which of a program its tests make; none if there is none.
    fn told<'f>(
        &self,
        finding: &'f Finding,
        validator: &Validator,
        halt: &Halt<'_>,
    ) -> anyhow::Result<Option<Cow<'f, Finding>>> {
        let Some(course) = self.input.course else { return Ok(Some(Cow::Borrowed(finding))) };
        let judged = validator.judge_unpatched(&mut |_| halt.flow())?;
        Ok(course.report(&judged)?.map(|report| {
            let mut told = finding.clone();
            told.case.report = report;
            Cow::Owned(told)
        }))
    }

    fn search(
        &self,
        finding: &Finding,
        search: &Search<'_>,
        validator: &Validator,
        halt: &Halt<'_>,
    ) -> anyhow::Result<Option<Outcome>> {
        let start = Instant::now();
        let untried = |reason: &str| self.kept(finding, Outcome::untried(finding, reason));
        let request = match request(self.input.flags, &finding.case) {
            Ok(request) => request,
            Err(error) => return untried(&error.to_string()),
        };
        let judge = About { validator, report: &finding.case.report };
        let repair = match search(request, &judge, &mut |_| halt.flow()) {
            Ok(repair) if repair.is_cancelled() => return Ok(None),
            Ok(repair) => repair,
            Err(fixwright::Error::Decode(error @ DecodeError::PromptTooLong { .. })) => {
                return untried(&error.to_string());
            }
            Err(fixwright::Error::Validate(error)) => return Err(error.into()),
            Err(error) => return Err(error.into()),
        };
        let tested = self.input.course.is_some();
        let outcome = Outcome::of(finding, &repair, tested, start.elapsed());
        self.keep(finding, outcome, &repair, start).map(Some)
    }

    fn keep(
        &self,
        finding: &Finding,
        mut outcome: Outcome,
        repair: &Repair,
        start: Instant,
    ) -> anyhow::Result<Outcome> {
        let patch =
            repair.repaired().and_then(|best| Some((best, best.proposal.patch.as_ref().ok()?)));
        let mail = patch.map(|(best, patch)| mail::mail(finding, &show::verdict(best), patch));
        outcome.patch = mail.is_some().then(|| mail::file_name(finding));
        let record =
            Record::new(self.input.flags, &finding.case, self.weights, repair, start.elapsed());
        self.folder.keep(finding, &outcome, mail.as_deref(), Some(record))?;
        Ok(outcome)
    }

    fn kept(&self, finding: &Finding, outcome: Outcome) -> anyhow::Result<Option<Outcome>> {
        self.folder.keep(finding, &outcome, None, None)?;
        Ok(Some(outcome))
    }
}

impl Shared {
    fn count(&mut self, index: usize, outcome: Outcome) {
        let Outcome { file, line, reason, .. } = &outcome;
        let status = outcome.status.name();
        let reason = reason.lines().next().unwrap_or_default();
        let place = place(file, *line);
        self.counter.say(format_args!("{place}: {status}: {reason}"));
        self.counter.add(1);
        self.outcomes.push((index, outcome));
    }
}

/// Ends the work of all threads: by Ctrl-C, or since one cannot go on.
struct Halt<'a>(AtomicBool, &'a Interrupt);

impl<'a> Halt<'a> {
    fn new(interrupt: &'a Interrupt) -> Self {
        Self(AtomicBool::new(false), interrupt)
    }

    fn flow(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { self.1.flow() }
    }
}
