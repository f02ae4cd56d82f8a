//! Answers that change the source in one place.

use std::ops::ControlFlow;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::generate::{Event, Finish, Generation, Options, resume};
use crate::proposer::Proposer;
use crate::sampling::{Sampling, log_sum};
use crate::stats::Stats;
use crate::target::Target;

/// How many tokens in a row must be the source's after an edit for the answer to be taken as going on with it.
const BACK: usize = 8;

/// How many tokens the source is read by.
const CHUNK: usize = 64;

/// An edit that is not back in the source after so many tokens is given up.
const LONGEST: usize = 64;

/// How many other tokens are tried at one place at most.
const RIVALS: usize = 4;

/// Answers that copy the source but for one edit, the likeliest first.
///
/// The model reads the source as if it had written it, in one pass. Where it would have written something else with some probability, an edit may begin: the first
/// token is the one that it would have written, the others are decoded greedily, and once the answer is back in the source, the rest of it is
/// copied. An edit so costs the forward passes for its own few tokens, whatever the length of the source, and no two are alike.
///
/// A fix is often one small edit, and a greedy answer often several, of which one is wrong. Sampled answers find the model's few doubts by chance, one after
/// the other is tried here. Edits that depend on each other at distant places are left to whole answers.
///
/// ```
/// use std::convert::Infallible;
/// use std::ops::ControlFlow;
/// use fixwright_decode::{Edits, NoDraft, Options, Target};
///
/// /// Counts, and would like to skip the 4 and, still more, the 7.
/// #[derive(Clone)]
/// struct Counter(Vec<u32>);
///
/// impl Target for Counter {
///     type Error = Infallible;
///     fn context_length(&self) -> usize { 1000 }
///     fn position(&self) -> usize { self.0.len() }
///     fn truncate(&mut self, position: usize) { self.0.truncate(position) }
///     fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>, Infallible> {
///         self.0.extend(tokens);
///         let logit = |t: u32, id: u32| match (t, id) {
///             _ if id == t + 1 => 9.0,
///             (3, 5) => 7.0,
///             (6, 8) => 8.0,
///             _ => 0.0,
///         };
///         let last = &tokens[tokens.len() - rows..];
///         Ok(last.iter().flat_map(|t| (0..100).map(move |id| logit(*t, id))).collect())
///     }
/// }
///
/// let source: Vec<u32> = (1..60).collect();
/// let go = &mut || ControlFlow::Continue(());
/// let mut edits = Edits::read(Counter(Vec::new()), &[0], &source, &|_, _| true, go)?.ok_or("stopped")?;
/// let mut next = || edits.next(&NoDraft, &Options::default(), &mut |_| ControlFlow::Continue(()));
/// let without = |token: u32| source.iter().copied().filter(|t| *t != token).collect::<Vec<_>>();
/// assert_eq!(next()?.ok_or("none")?.tokens, without(7));
/// let second = next()?.ok_or("none")?;
/// assert_eq!(second.tokens, without(4));
/// assert_eq!((second.stats.forwards, second.stats.output_tokens), (8, 8), "the rest is copied");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Edits<T> {
    /// Has seen the prompt and the source.
    target: T,
    prompt: Vec<u32>,
    source: Vec<u32>,
    /// The likeliest last.
    departures: Vec<Departure>,
    /// What is not yet in the statistics of an edit.
    spent: Stats,
}

/// A token that could stand in the place of one of the source's.
#[derive(Debug, Clone, Copy)]
struct Departure {
    place: usize,
    token: u32,
    log_probability: f64,
}

impl<T: Target + Clone> Edits<T> {
    /// Reads `source`, the tokens of the answer to `prompt` that would change nothing. The target may have seen a beginning of both.
    ///
    /// An edit that begins with the second token in the place of the first one is tried only where `differ` says so of them: most often they differ in white space alone. `proceed` is asked
    /// every few tokens; `None` if it broke off.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPrompt`], [`Error::PromptTooLong`] if prompt and source do not fit, [`Error::Target`] when the model fails.
    pub fn read(
        mut target: T,
        prompt: &[u32],
        source: &[u32],
        differ: &dyn Fn(u32, u32) -> bool,
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Option<Self>> {
        let Some(last) = prompt.len().checked_sub(1) else { return Err(Error::EmptyPrompt) };
        let (whole, context) = (prompt.len() + source.len(), target.context_length());
        if whole > context {
            return Err(Error::PromptTooLong { prompt: whole, context });
        }
        let start = Instant::now();
        target.truncate(last);
        let spent = Stats { prompt_tokens: prompt.len() - target.position(), ..Stats::default() };
        if target.position() < last {
            let unseen = &prompt[target.position()..last];
            target.read(unseen).map_err(|e| Error::Target(Box::new(e)))?;
        }
        let (prompt, source) = (prompt.to_vec(), source.to_vec());
        let mut edits = Self { target, prompt, source, departures: Vec::new(), spent };
        for first in (0..edits.source.len()).step_by(CHUNK) {
            if proceed().is_break() {
                return Ok(None);
            }
            edits.read_chunk(first, differ)?;
        }
        edits.departures.sort_by(|a, b| a.log_probability.total_cmp(&b.log_probability));
        edits.spent.prefill = start.elapsed();
        Ok(Some(edits))
    }

    /// Reads on, and notes what could stand in the place of the tokens of the source from `first` on.
    fn read_chunk(&mut self, first: usize, differ: &dyn Fn(u32, u32) -> bool) -> Result<()> {
        let chunk = &self.source[first..self.source.len().min(first + CHUNK)];
        // What follows a token stands in the row of the one before it.
        let before = [&self.prompt[self.prompt.len() - 1..], &self.source].concat();
        let tokens = &before[first..first + chunk.len()];
        let logits = self.target.logits(tokens, chunk.len());
        let logits = logits.map_err(|e| Error::Target(Box::new(e)))?;
        if logits.is_empty() || !logits.len().is_multiple_of(chunk.len()) {
            return Err(Error::Logits { rows: chunk.len(), found: logits.len() });
        }
        let rows = logits.chunks(logits.len() / chunk.len());
        for ((place, own), row) in (first..).zip(chunk).zip(rows) {
            let sum = log_sum(row);
            let rivals = greatest(row, &|token| token != *own && differ(*own, token));
            self.departures.extend(rivals.into_iter().map(|(token, logit)| Departure {
                place,
                token,
                log_probability: f64::from(logit) - sum,
            }));
        }
        Ok(())
    }

    /// The next edit; `None` if there are no more. The proposer is one that drafts from the source; each edit has a clone.
    ///
    /// The answer is greedy whatever `options` say of sampling. The callback hears of the tokens of the edit but the first. [`Finish::Copied`] is the usual end. Reading
    /// the source is in the statistics of the first edit, and what was given up in those of the next one.
    ///
    /// # Errors
    ///
    /// As [`generate`](crate::generate()).
    pub fn next<P: Proposer + Clone>(
        &mut self,
        proposer: &P,
        options: &Options,
        on_event: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<Option<Generation>> {
        let options = Options { sampling: Sampling::Greedy, ..options.clone() };
        while let Some(departure) = self.departures.pop() {
            let edit = self.edit(departure, &mut proposer.clone(), &options, on_event)?;
            self.spent += &edit.generation.stats;
            if !edit.given_up {
                let stats = std::mem::take(&mut self.spent);
                return Ok(Some(Generation { stats, ..edit.generation }));
            }
        }
        Ok(None)
    }

    fn edit(
        &self,
        Departure { place, token, .. }: Departure,
        proposer: &mut dyn Proposer,
        options: &Options,
        on_event: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<Edit> {
        let begin: Vec<u32> = self.source[..place].iter().copied().chain([token]).collect();
        let (mut written, mut back, mut given_up) = (Vec::new(), None, false);
        let mut follow = |event: Event| {
            on_event(event)?;
            let Event::Token(token) = event;
            written.push(token);
            back = self.back(place, &written);
            given_up = back.is_none() && written.len() == LONGEST;
            if back.is_some() || given_up {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let mut target = self.target.clone();
        let mut generation =
            resume(&mut target, proposer, &self.prompt, &begin, options, &mut follow)?;
        if let Some(back) = back {
            generation.tokens.extend(&self.source[back..]);
            generation.finish = Finish::Copied;
        }
        Ok(Edit { generation, given_up })
    }

    /// Where in the source an edit at `place` ends, if what was decoded last is the source's again: behind the nearest place that has it.
    fn back(&self, place: usize, edit: &[u32]) -> Option<usize> {
        let last = &edit[edit.len().checked_sub(BACK)?..];
        let rest = self.source.get(place..)?;
        rest.windows(BACK).position(|window| window == last).map(|at| place + at + BACK)
    }
}

/// What became of a departure.
struct Edit {
    generation: Generation,
    given_up: bool,
}

/// The tokens of those that `may` stand there with the greatest logits, the greatest first.
fn greatest(logits: &[f32], may: &dyn Fn(u32) -> bool) -> Vec<(u32, f32)> {
    let mut found: Vec<(u32, f32)> = Vec::with_capacity(RIVALS + 1);
    for (id, logit) in (0..).zip(logits) {
        let full = found.len() == RIVALS;
        let enters = !full || found.last().is_some_and(|(_, least)| least < logit);
        if enters && may(id) {
            let place = found.partition_point(|(_, other)| other >= logit);
            found.insert(place, (id, *logit));
            found.truncate(RIVALS);
        }
    }
    found
}
