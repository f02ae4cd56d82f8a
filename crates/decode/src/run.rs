//! One answer on its way: what was put out, what to verify next, and what became of it.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::generate::{Event, Finish, Generation, Options};
use crate::proposer::{Context, Proposer};
use crate::sampling::{Sampler, Sampling, log_probability};
use crate::stats::Stats;
use crate::target::Target;

/// One answer on its way.
pub(crate) struct Run<'a> {
    prompt: &'a [u32],
    options: &'a Options,
    sampler: Sampler,
    /// Whether the most likely tokens are all that it needs to know.
    pub(crate) greedy: bool,
    output: Vec<u32>,
    /// How many tokens of the output were given.
    given: usize,
    log_probability: f64,
    stats: Stats,
}

impl<'a> Run<'a> {
    /// Checks what was asked for, and lets the target see the prompt but for its last token, which goes with the first draft, as do those of
    /// `begin` that it has not seen. The run has an end already if the callback stopped that.
    pub(crate) fn start<T: Target>(
        target: &mut T,
        prompt: &'a [u32],
        begin: &[u32],
        options: &'a Options,
        sampling: Sampling,
        on_event: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(Self, Option<Finish>)> {
        let Some(last) = prompt.len().checked_sub(1) else { return Err(Error::EmptyPrompt) };
        let context = target.context_length();
        if prompt.len() >= context {
            return Err(Error::PromptTooLong { prompt: prompt.len(), context });
        }
        let sampler = Sampler::new(sampling, begin.len())?;
        target.truncate(last + begin.len());
        let mut proceed = |unseen| on_event(Event::Reading { unseen });
        let (stats, flow) = read_prompt(target, prompt, &mut proceed)?;
        let finish = flow.is_break().then_some(Finish::Cancelled);
        let greedy = sampling == Sampling::Greedy && !options.score;
        let (output, given) = (begin.to_vec(), begin.len());
        let log_probability = 0.0;
        let run = Self { prompt, options, sampler, greedy, output, given, log_probability, stats };
        Ok((run, finish))
    }

    /// The next draft, which may be empty; none if nothing more may be put out.
    pub(crate) fn draft<T: Target>(
        &mut self,
        target: &T,
        proposer: &mut dyn Proposer,
    ) -> Option<Vec<u32>> {
        let start = Instant::now();
        // The token after the draft is one more.
        let most = self.room(target).checked_sub(1)?.min(self.options.max_draft);
        let context = Context { prompt: self.prompt, output: &self.output };
        let mut draft = if most == 0 { Vec::new() } else { proposer.propose(context, most) };
        draft.truncate(most);
        self.stats.draft += start.elapsed();
        Some(draft)
    }

    /// How many more tokens may be put out. The last one needs no place in the context.
    fn room<T: Target>(&self, target: &T) -> usize {
        let seen = self.prompt.len() + self.output.len();
        let context = target.context_length().saturating_add(1).saturating_sub(seen);
        context.min(self.options.max_new_tokens.saturating_sub(self.output.len()))
    }

    /// What the target is to see next: what it has not seen of prompt and output, and the draft.
    pub(crate) fn input<T: Target>(&self, target: &T, draft: &[u32]) -> Vec<u32> {
        self.prompt
            .iter()
            .chain(&self.output)
            .skip(target.position())
            .chain(draft)
            .copied()
            .collect()
    }

    /// Counts a forward pass.
    pub(crate) fn count(&mut self, elapsed: Duration) {
        self.stats.verify += elapsed;
        self.stats.forwards += 1;
    }

    /// Puts out the tokens that a forward pass settles: the draft as far as the model agrees, and the model's own token after that.
    pub(crate) fn settle(
        &mut self,
        draft: &[u32],
        mut rows: Rows,
        on_event: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Option<Finish> {
        let mut accepted = 0;
        let mut finish = None;
        for index in 0..=draft.len() {
            let token = rows.choose(index, &mut self.sampler);
            if self.options.stop_tokens.contains(&token) {
                finish = Some(Finish::Stop(token));
                break;
            }
            self.output.push(token);
            if self.options.score {
                self.log_probability += rows.log_probability(index, token);
            }
            let agrees = draft.get(index) == Some(&token);
            accepted += usize::from(agrees);
            if on_event(Event::Token(token)).is_break() {
                finish = Some(Finish::Cancelled);
                break;
            }
            if !agrees {
                break;
            }
        }
        self.stats.count_draft(draft.len(), accepted);
        finish
    }

    /// How much of prompt and output the target is to have seen. The last token of the output is always left to be seen.
    pub(crate) fn seen(&self) -> usize {
        self.prompt.len() + self.output.len().saturating_sub(1)
    }

    pub(crate) fn finish(mut self, finish: Finish) -> Generation {
        self.stats.output_tokens = self.output.len() - self.given;
        let log_probability = self.options.score.then_some(self.log_probability);
        Generation { tokens: self.output, finish, log_probability, stats: self.stats }
    }
}

/// How many tokens of a prompt are read between two questions whether to go on.
const PIECE: usize = 512;

/// Lets a target that has seen a beginning of a prompt see the rest of it, but for the last token. `proceed` is told how many tokens are left
/// whenever there are any, and may stop it there.
pub(crate) fn read_prompt<T: Target>(
    target: &mut T,
    prompt: &[u32],
    proceed: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<(Stats, ControlFlow<()>)> {
    let (start, first) = (Instant::now(), target.position().min(prompt.len()));
    let mut flow = ControlFlow::Continue(());
    let mut unseen = &prompt[first..prompt.len().saturating_sub(1).max(first)];
    while !unseen.is_empty() && flow.is_continue() {
        let (piece, rest) = unseen.split_at(unseen.len().min(PIECE));
        target.read(piece).map_err(|e| Error::Target(Box::new(e)))?;
        unseen = rest;
        if !rest.is_empty() {
            flow = proceed(rest.len());
        }
    }
    // The last token goes with the first draft.
    let seen = if flow.is_break() { target.position() } else { prompt.len() };
    let prompt_tokens = seen.saturating_sub(first);
    Ok((Stats { prompt_tokens, prefill: start.elapsed(), ..Stats::default() }, flow))
}

/// How many logits a row has, if there are `rows` rows of them.
pub(crate) fn width(logits: &[f32], rows: usize) -> Result<usize> {
    let found = logits.len();
    if found == 0 || !found.is_multiple_of(rows) {
        return Err(Error::Logits { rows, found });
    }
    Ok(found / rows)
}

/// What a forward pass said about each position.
pub(crate) enum Rows {
    Chosen(Vec<u32>),
    Logits { logits: Vec<f32>, width: usize },
}

impl Rows {
    /// The most likely token of each of `rows` rows.
    pub(crate) fn chosen(tokens: Vec<u32>, rows: usize) -> Result<Self> {
        let found = tokens.len();
        if found == rows { Ok(Self::Chosen(tokens)) } else { Err(Error::Logits { rows, found }) }
    }

    /// The logits of `rows` rows.
    pub(crate) fn logits(logits: Vec<f32>, rows: usize) -> Result<Self> {
        Ok(Self::Logits { width: width(&logits, rows)?, logits })
    }

    fn choose(&mut self, index: usize, sampler: &mut Sampler) -> u32 {
        match self {
            Self::Chosen(tokens) => tokens[index],
            Self::Logits { logits, width } => sampler.choose(&logits[index * *width..][..*width]),
        }
    }

    /// How likely the model finds a token; NaN where only its choice is known.
    fn log_probability(&self, index: usize, token: u32) -> f64 {
        match self {
            Self::Chosen(_) => f64::NAN,
            Self::Logits { logits, width } => {
                log_probability(&logits[index * *width..][..*width], token)
            }
        }
    }
}
