//! The decoding loop.

use std::ops::ControlFlow;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::proposer::Proposer;
use crate::run::{Rows, Run};
use crate::sampling::Sampling;
use crate::stats::Stats;
use crate::target::Target;

/// How to decode.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The most tokens of an answer, those included that [`resume`] is given.
    pub max_new_tokens: usize,
    /// Tokens that end the answer; they are not part of it.
    pub stop_tokens: Vec<u32>,
    /// How a token is chosen.
    pub sampling: Sampling,
    /// The most drafted tokens to verify in one forward pass, whatever the proposer has.
    pub max_draft: usize,
    /// Whether to find out how likely the model finds the answer: see [`Generation::log_probability`]. Greedy decoding then asks for
    /// the logits of each row, not only for the most likely token.
    pub score: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_new_tokens: 512,
            stop_tokens: Vec::new(),
            sampling: Sampling::Greedy,
            max_draft: 128,
            score: false,
        }
    }
}

/// What happens while decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The prompt is being read: these many of its tokens have not been seen yet. To stop here is to end without any token.
    Reading {
        /// How many tokens are left to be read.
        unseen: usize,
    },
    /// This token was added to the output. To stop here is to end with it, whatever the same forward pass has settled beyond.
    Token(u32),
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
    /// The rest is the source's, and was not decoded: see [`Edits`](crate::Edits).
    Copied,
}

/// A finished answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Generation {
    /// The tokens, without the stop token.
    pub tokens: Vec<u32>,
    /// Why there are no more.
    pub finish: Finish,
    /// The natural logarithm of the probability of these tokens after the prompt, as the model gives it: whatever temperature and filters they were chosen
    /// with. `None` unless [`Options::score`] asks for it. Tokens that [`resume`] was given are not counted.
    pub log_probability: Option<f64>,
    /// What it cost.
    pub stats: Stats,
}

/// Continues `prompt` until a stop token, a limit, or a callback that breaks, which it may after any token, and after every 512 tokens of the
/// prompt.
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
/// the model fails, [`Error::Logits`] if it answers with another number of rows.
pub fn generate<T: Target>(
    target: &mut T,
    proposer: &mut dyn Proposer,
    prompt: &[u32],
    options: &Options,
    on_event: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> Result<Generation> {
    resume(target, proposer, prompt, &[], options, on_event)
}

/// As [`generate`], for an answer of which the first tokens are given.
///
/// The callback hears of tokens from the next one on. The target may have seen a beginning of `prompt` and `begin`.
///
/// # Errors
///
/// As [`generate`].
pub fn resume<T: Target>(
    target: &mut T,
    proposer: &mut dyn Proposer,
    prompt: &[u32],
    begin: &[u32],
    options: &Options,
    on_event: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> Result<Generation> {
    let sampling = options.sampling;
    let (mut run, stopped) = Run::start(target, prompt, begin, options, sampling, on_event)?;
    if let Some(finish) = stopped {
        return Ok(run.finish(finish));
    }
    loop {
        let Some(draft) = run.draft(target, proposer) else {
            return Ok(run.finish(Finish::Length));
        };
        let input = run.input(target, &draft);
        let start = Instant::now();
        let rows = rows(target, &input, draft.len() + 1, run.greedy)?;
        run.count(start.elapsed());
        let finish = run.settle(&draft, rows, on_event);
        target.truncate(run.seen());
        if let Some(finish) = finish {
            return Ok(run.finish(finish));
        }
    }
}

/// What follows each of the last `rows` tokens of `input`.
fn rows<T: Target>(target: &mut T, input: &[u32], rows: usize, greedy: bool) -> Result<Rows> {
    let failed = |e: T::Error| Error::Target(Box::new(e));
    if greedy {
        return Rows::chosen(target.greedy(input, rows).map_err(failed)?, rows);
    }
    Rows::logits(target.logits(input, rows).map_err(failed)?, rows)
}
