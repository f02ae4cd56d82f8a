//! The decoding loop.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::proposer::{Context, Proposer};
use crate::sampling::{Sampler, Sampling};
use crate::stats::Stats;
use crate::target::Target;

/// How to decode.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The most tokens to generate.
    pub max_new_tokens: usize,
    /// Tokens that end the answer; they are not part of it.
    pub stop_tokens: Vec<u32>,
    /// How a token is chosen.
    pub sampling: Sampling,
    /// The most drafted tokens to verify in one forward pass.
    pub max_draft: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_new_tokens: 512,
            stop_tokens: Vec::new(),
            sampling: Sampling::Greedy,
            max_draft: 16,
        }
    }
}

/// What happens while decoding.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// These tokens were added to the output.
    Tokens(&'a [u32]),
}

/// Why the output ends where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finish {
    /// The model chose this stop token.
    Stop(u32),
    /// The token limit or the end of the context was reached.
    Length,
    /// The callback asked to stop.
    Cancelled,
}

/// A finished answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Generation {
    /// The tokens, without the stop token.
    pub tokens: Vec<u32>,
    /// Why there are no more.
    pub finish: Finish,
    /// What it cost.
    pub stats: Stats,
}

/// Continues `prompt` until a stop token, a limit, or a callback that breaks.
///
/// The target may have seen a beginning of `prompt` already, so that several answers share the work for it; what it has seen is
/// not computed again. Afterwards it has seen the prompt and a beginning of the output.
///
/// For the same prompt, options and target, the tokens do not depend on the proposer as far as the target's logits for a position do
/// not depend on how many tokens are appended at once.
///
/// # Errors
///
/// [`Error::EmptyPrompt`], [`Error::PromptTooLong`], [`Error::Sampling`] for parameters out of range, [`Error::Target`] when
/// the model fails.
pub fn generate<T: Target>(
    target: &mut T,
    proposer: &mut dyn Proposer,
    prompt: &[u32],
    options: &Options,
    on_event: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
) -> Result<Generation> {
    if prompt.is_empty() {
        return Err(Error::EmptyPrompt);
    }
    if prompt.len() >= target.context_length() {
        return Err(Error::PromptTooLong {
            prompt: prompt.len(),
            context: target.context_length(),
        });
    }
    target.truncate(prompt.len() - 1);
    let sampler = Sampler::new(options.sampling)?;
    let stats = Stats { prompt_tokens: prompt.len() - target.position(), ..Stats::default() };
    let mut run = Run { target, proposer, prompt, options, sampler, output: Vec::new(), stats };
    let finish = run.decode(on_event)?;
    run.stats.output_tokens = run.output.len();
    Ok(Generation { tokens: run.output, finish, stats: run.stats })
}

struct Run<'a, T> {
    target: &'a mut T,
    proposer: &'a mut dyn Proposer,
    prompt: &'a [u32],
    options: &'a Options,
    sampler: Sampler,
    output: Vec<u32>,
    stats: Stats,
}

impl<T: Target> Run<'_, T> {
    fn decode(&mut self, on_event: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>) -> Result<Finish> {
        loop {
            let room = self.room();
            if room == 0 {
                return Ok(Finish::Length);
            }
            let draft = self.draft(room - 1);
            let before = self.output.len();
            let stop = self.step(&draft)?;
            let new = &self.output[before..];
            let cancelled = !new.is_empty() && on_event(Event::Tokens(new)).is_break();
            if let Some(token) = stop {
                return Ok(Finish::Stop(token));
            }
            if cancelled {
                return Ok(Finish::Cancelled);
            }
        }
    }

    /// How many more tokens may be output. The last one needs no place in the context.
    fn room(&self) -> usize {
        let seen = self.prompt.len() + self.output.len();
        let context = (self.target.context_length() + 1).saturating_sub(seen);
        context.min(self.options.max_new_tokens - self.output.len())
    }

    fn draft(&mut self, most: usize) -> Vec<u32> {
        let start = Instant::now();
        let most = most.min(self.options.max_draft);
        let context = Context { prompt: self.prompt, output: &self.output };
        let mut draft = if most == 0 { Vec::new() } else { self.proposer.propose(context, most) };
        draft.truncate(most);
        self.stats.draft += start.elapsed();
        draft
    }

    /// One forward pass over what the target has not seen and the draft. Adds the tokens it settles to the output; returns the
    /// stop token, if one was chosen.
    fn step(&mut self, draft: &[u32]) -> Result<Option<u32>> {
        let input: Vec<u32> = self.unseen().chain(draft.iter().copied()).collect();
        let start = Instant::now();
        let mut rows = self.rows(&input, draft.len() + 1)?;
        self.account(start.elapsed(), draft.len());
        for (index, guess) in draft.iter().map(Some).chain([None]).enumerate() {
            let token = rows.choose(index, &mut self.sampler);
            if self.options.stop_tokens.contains(&token) {
                self.forget_rejected();
                return Ok(Some(token));
            }
            self.output.push(token);
            if guess != Some(&token) {
                break;
            }
            self.stats.accepted += 1;
        }
        self.forget_rejected();
        Ok(None)
    }

    /// The tokens of prompt and output that the target has not seen.
    fn unseen(&self) -> impl Iterator<Item = u32> {
        self.prompt.iter().chain(&self.output).skip(self.target.position()).copied()
    }

    /// Takes back what the target has seen beyond the output; the last token of the output is always left to be seen.
    fn forget_rejected(&mut self) {
        self.target.truncate(self.prompt.len() + self.output.len().saturating_sub(1));
    }

    fn account(&mut self, elapsed: Duration, proposed: usize) {
        let time =
            if self.stats.forwards == 0 { &mut self.stats.prefill } else { &mut self.stats.verify };
        *time += elapsed;
        self.stats.forwards += 1;
        self.stats.proposed += proposed;
    }

    fn rows(&mut self, input: &[u32], rows: usize) -> Result<Rows> {
        let target = |e: T::Error| Error::Target(Box::new(e));
        if matches!(self.sampler, Sampler::Greedy) {
            let chosen = self.target.greedy(input, rows).map_err(target)?;
            let found = chosen.len();
            return if found == rows {
                Ok(Rows::Chosen(chosen))
            } else {
                Err(Error::Logits { rows, found })
            };
        }
        let logits = self.target.logits(input, rows).map_err(target)?;
        let found = logits.len();
        if found == 0 || !found.is_multiple_of(rows) {
            return Err(Error::Logits { rows, found });
        }
        Ok(Rows::Logits { width: found / rows, logits })
    }
}

/// What a forward pass said about each position.
enum Rows {
    Chosen(Vec<u32>),
    Logits { logits: Vec<f32>, width: usize },
}

impl Rows {
    fn choose(&mut self, index: usize, sampler: &mut Sampler) -> u32 {
        match self {
            Self::Chosen(tokens) => tokens[index],
            Self::Logits { logits, width } => sampler.choose(&logits[index * *width..][..*width]),
        }
    }
}
