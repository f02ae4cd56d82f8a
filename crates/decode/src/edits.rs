//! Answers that change the source in one place.

mod progress;

use std::mem;
use std::ops::ControlFlow;
use std::time::Instant;

use crate::batch::{Candidate, generate_batch};
use crate::error::{Error, Result};
use crate::generate::{Event, Finish, Generation, Options};
use crate::proposer::Proposer;
use crate::run::{read_prompt, width};
use crate::sampling::{Sampling, log_probability, log_sum};
use crate::stats::Stats;
use crate::target::Target;
use progress::{BACK, Edit, Progress};

/// How many tokens the source is read by.
const CHUNK: usize = 64;

/// The most edits that are decoded at once: what a forward pass costs by itself is shared then, and more would not make each much cheaper.
const TOGETHER: usize = 8;

/// After so many edits in a row that were given up, no more are decoded.
const MOST_GIVEN_UP: usize = 32;

/// What the tokens behind the first one take off an edit's log-probability as a rule, in nats, if it is one of the likeliest.
const REST: f64 = 0.5;

/// How many other tokens are tried at one place at most.
const RIVALS: usize = 4;

/// Answers that copy the source but for one edit, the likeliest first.
///
/// The model reads the source as if it had written it, in one pass. Where it would have written something else with some probability, an edit may
/// begin: the first token is the one that it would have written, the others are decoded greedily, and once the answer is back in the source, the
/// rest of it is copied. An edit so costs the forward passes for its own few tokens, whatever the length of the source, and no two are alike.
///
/// An edit is as likely as all of its tokens together, and so at most as likely as its first one. One is given as soon as no other that is yet to
/// be decoded is expected to be likelier. How likely the whole answer is, the copied parts of it with the edit, is another question, which
/// [`Options::score`] asks: for that the model reads the rest of the source behind the edit. It is not known of answers that the context has no room for.
///
/// A fix is often one small edit, and a greedy answer often several, of which one is wrong. Sampled answers find the model's few doubts by
/// chance, one after the other is tried here. Edits that depend on each other at distant places are left to whole answers.
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
/// let mut next = || edits.next(&NoDraft, &Options::default(), &mut || ControlFlow::Continue(()));
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
    /// What is decoded and not given yet, the likeliest last.
    ready: Vec<Edit>,
    /// The log-probability of as many of the source's first tokens together.
    copied: Vec<f64>,
    /// How many were decoded.
    decoded: usize,
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
    /// An edit that begins with the second token in the place of the first one is tried only where `differ` says so of them: most often they
    /// differ in white space alone. `proceed` is asked every few tokens; `None` if it broke off.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPrompt`], [`Error::PromptTooLong`] if prompt and source do not fit, [`Error::Target`] when the model fails,
    /// [`Error::Logits`] if it answers with another number of rows.
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
        let (spent, flow) = read_prompt(&mut target, prompt, &mut |_| proceed())?;
        if flow.is_break() {
            return Ok(None);
        }
        let mut departures = Vec::new();
        let mut copied = vec![0.0];
        let mut note = |place: usize, row: &[f32]| {
            let (own, sum) = (source[place], log_sum(row));
            let likely = |logit: f32| f64::from(logit) - sum;
            let own_logit = row.get(own as usize).copied().unwrap_or(f32::NEG_INFINITY);
            copied.push(copied[place] + likely(own_logit));
            let rivals = greatest(row, &|token| token != own && differ(own, token));
            departures.extend(rivals.into_iter().map(|(token, logit)| Departure {
                place,
                token,
                log_probability: likely(logit),
            }));
        };
        if read_rows(&mut target, prompt[last], source, &mut note, proceed)?.is_break() {
            return Ok(None);
        }
        departures.sort_by(|a, b| a.log_probability.total_cmp(&b.log_probability));
        let spent = Stats { prefill: start.elapsed(), ..spent };
        let (prompt, source, ready) = (prompt.to_vec(), source.to_vec(), Vec::new());
        Ok(Some(Self { target, prompt, source, departures, ready, copied, decoded: 0, spent }))
    }

    /// The next edit; `None` if there are no more. The proposer is one that drafts from the source; each edit has a clone.
    ///
    /// The answer is greedy whatever `options` say of sampling, and [`Finish::Copied`] its usual end. Edits are decoded a few at once. The
    /// callback is asked after each token, and every few while it is found out how likely the whole is; if it breaks, the end is [`Finish::Cancelled`], and the edit comes again whole if more are asked for.
    /// None begins with a stop token. Reading the source is in the statistics of the first
    /// edit, and what was given up in those of the next one; not in them are edits that were decoded along and never asked for. An answer that
    /// reaches a limit of tokens, for which all before the edit count, is given up.
    ///
    /// # Errors
    ///
    /// As [`generate`](crate::generate()).
    pub fn next<P: Proposer + Clone>(
        &mut self,
        proposer: &P,
        options: &Options,
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Option<Generation>> {
        self.departures.retain(|it| !options.stop_tokens.contains(&it.token));
        let mut given_up = 0;
        loop {
            if given_up >= MOST_GIVEN_UP {
                self.departures.clear();
            }
            let bound = self.departures.last().map(|it| it.log_probability - REST);
            let is_due = |edit: &mut Edit| bound.is_none_or(|bound| edit.log_probability >= bound);
            if let Some(edit) = self.ready.pop_if(is_due) {
                return self.give(edit, options, proceed).map(Some);
            }
            if bound.is_none() {
                return Ok(None);
            }
            let mut cancelled = None;
            for edit in self.decode(proposer, options, proceed)? {
                if edit.given_up {
                    given_up += 1;
                    self.spent += &edit.generation.stats;
                } else if edit.generation.finish == Finish::Cancelled {
                    insert(&mut self.departures, edit.departure, |it| it.log_probability);
                    cancelled.get_or_insert(edit);
                } else {
                    given_up = 0;
                    insert(&mut self.ready, edit, |it| it.log_probability);
                }
            }
            if let Some(edit) = cancelled {
                return Ok(Some(self.told(edit.generation)));
            }
        }
    }

    /// What was spent since the last edit, on some that were given up: all that there is to tell once there are no more.
    pub fn take_spent(&mut self) -> Stats {
        mem::take(&mut self.spent)
    }

    /// Gives an edit, with how likely the whole answer is, if that was asked for.
    fn give(
        &mut self,
        edit: Edit,
        options: &Options,
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Generation> {
        if !options.score {
            return Ok(self.told(edit.generation));
        }
        match self.score(&edit, proceed) {
            Ok(ControlFlow::Continue(log_probability)) => {
                Ok(self.told(Generation { log_probability, ..edit.generation }))
            }
            broken_off => {
                let (finish, stats) = (Finish::Cancelled, Stats::default());
                let cancelled = Generation { finish, stats, ..edit.generation.clone() };
                insert(&mut self.ready, edit, |it| it.log_probability);
                broken_off.map(|_| self.told(cancelled))
            }
        }
    }

    /// The log-probability of a whole answer; `None` if the context has no room for it.
    fn score(
        &mut self,
        edit: &Edit,
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<ControlFlow<(), Option<f64>>> {
        let start = Instant::now();
        let (place, asked) = (edit.departure.place, self.prompt.len() - 1);
        if asked + edit.generation.tokens.len() > self.target.context_length() {
            return Ok(ControlFlow::Continue(None));
        }
        let mut target = self.target.clone();
        target.truncate(asked + place);
        let before = if place == 0 { self.prompt[asked] } else { self.source[place - 1] };
        let tokens = &edit.generation.tokens[place..];
        let mut sum = self.copied[place];
        let mut add = |place: usize, row: &[f32]| sum += log_probability(row, tokens[place]);
        let flow = read_rows(&mut target, before, tokens, &mut add, proceed)?;
        self.spent.verify += start.elapsed();
        Ok(match flow {
            ControlFlow::Continue(()) => ControlFlow::Continue(Some(sum)),
            ControlFlow::Break(()) => ControlFlow::Break(()),
        })
    }

    /// The answer, with what was spent since the last one.
    fn told(&mut self, generation: Generation) -> Generation {
        self.spent += &generation.stats;
        Generation { stats: self.take_spent(), ..generation }
    }

    /// Decodes the edits together whose first tokens are the likeliest.
    fn decode<P: Proposer + Clone>(
        &mut self,
        proposer: &P,
        options: &Options,
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Vec<Edit>> {
        // Whoever asks for a few may be content with the first ones.
        let together = self.decoded.clamp(2, TOGETHER).min(self.departures.len());
        let others = self.departures.len() - together;
        let departures = &self.departures[others..];
        // Further tokens of a draft would not be looked at.
        let max_draft = options.max_draft.min(BACK - 1);
        let options = Options { max_draft, score: true, ..options.clone() };
        let candidate = |Departure { place, token, .. }: &Departure| Candidate {
            begin: self.source[..*place].iter().copied().chain([*token]).collect(),
            sampling: Sampling::Greedy,
            proposer: Box::new(proposer.clone()),
        };
        let candidates: Vec<_> = departures.iter().rev().map(candidate).collect();
        let mut progress: Vec<_> = departures.iter().rev().map(Progress::of).collect();
        let mut follow = |index: usize, event: Event| {
            proceed()?;
            match event {
                Event::Token(token) => progress[index].push(token, &self.source),
                Event::Reading { .. } => ControlFlow::Continue(()),
            }
        };
        let mut target = self.target.clone();
        let generations =
            generate_batch(&mut target, candidates, &self.prompt, &options, &mut follow)?;
        self.departures.truncate(others);
        self.decoded += together;
        let edits = generations.into_iter().zip(progress);
        Ok(edits.map(|(generation, progress)| progress.finish(generation, &self.source)).collect())
    }
}

/// Lets the target see `before` and all but the last of `tokens`, a few at a time; `hear` gets the logits for each of `tokens`, with its place.
fn read_rows<T: Target>(
    target: &mut T,
    before: u32,
    tokens: &[u32],
    hear: &mut dyn FnMut(usize, &[f32]),
    proceed: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<ControlFlow<()>> {
    let mut last = before;
    for (first, chunk) in (0..).step_by(CHUNK).zip(tokens.chunks(CHUNK)) {
        if proceed().is_break() {
            return Ok(ControlFlow::Break(()));
        }
        // What follows a token stands in the row of the one before it.
        let seen: Vec<u32> = [last].into_iter().chain(chunk.iter().copied()).collect();
        let (after, seen) = (seen[chunk.len()], &seen[..chunk.len()]);
        let logits = target.logits(seen, seen.len()).map_err(|e| Error::Target(Box::new(e)))?;
        let rows = logits.chunks(width(&logits, seen.len())?);
        rows.zip(first..).for_each(|(row, place)| hear(place, row));
        last = after;
    }
    Ok(ControlFlow::Continue(()))
}

/// Puts one more among those that are sorted by a number, the greatest last.
fn insert<T>(sorted: &mut Vec<T>, new: T, by: impl Fn(&T) -> f64) {
    let place = sorted.partition_point(|other| by(other) < by(&new));
    sorted.insert(place, new);
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
