//! Who answers prompts.

use std::ops::ControlFlow;
use std::sync::PoisonError;

use fixwright_decode::{
    Event as DecodeEvent, Finish as DecodeFinish, Sampling, Stats, Target, generate,
};
use fixwright_prompt::{Finish, Prompt};

use super::{Event, Options, Progress, Repairer};
use crate::error::Result;

/// Answers prompts: a model, or whoever stands in for one.
pub trait Writer {
    /// Answers a prompt; `None` if the callback stopped it. Number 0 is the best answer that is known without others, every other number stands for
    /// another one.
    ///
    /// # Errors
    ///
    /// What keeps it from answering at all: a prompt too long for it, say.
    fn write(
        &mut self,
        prompt: &Prompt,
        number: usize,
        progress: Progress<'_>,
    ) -> Result<Option<Written>>;
}

/// An answer, and what it cost.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Written {
    /// The answer.
    pub text: String,
    /// Why it ends.
    pub finish: Finish,
    /// How its tokens were chosen.
    pub sampling: Sampling,
    /// The mean log-probability of its tokens; `None` where nobody asked.
    pub mean_log_probability: Option<f64>,
    /// What it cost.
    pub stats: Stats,
}

impl Written {
    /// An answer that ends by itself and cost nothing.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            finish: Finish::Stop,
            sampling: Sampling::Greedy,
            mean_log_probability: None,
            stats: Stats::default(),
        }
    }
}

/// A model that answers the prompts of one search. What it has seen of a prompt it does not read again.
pub(super) struct Decoder<'a, T> {
    repairer: &'a Repairer<T>,
    options: &'a Options,
    session: T,
    /// The prompt that the session has seen, or a beginning of it.
    seen: Vec<u32>,
}

impl<'a, T: Target + Clone> Decoder<'a, T> {
    pub(super) fn new(repairer: &'a Repairer<T>, options: &'a Options) -> Self {
        Self { repairer, options, session: repairer.session(), seen: Vec::new() }
    }

    /// Makes the session forget all that does not begin `prompt`.
    fn rewind(&mut self, prompt: &[u32]) {
        let shared = self.seen.iter().zip(prompt).take_while(|(seen, new)| seen == new).count();
        self.session.truncate(shared);
        self.seen = prompt.to_vec();
    }
}

impl<T: Target + Clone> Writer for Decoder<'_, T> {
    fn write(
        &mut self,
        prompt: &Prompt,
        number: usize,
        progress: Progress<'_>,
    ) -> Result<Option<Written>> {
        let Repairer { asker, turn, .. } = self.repairer;
        let asked = asker.ask_prompt(prompt)?;
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.rewind(&asked.prompt);
        let unseen = asked.prompt.len().saturating_sub(self.session.position());
        if progress(Event::Reading { tokens: unseen }).is_break() {
            return Ok(None);
        }
        let decoding = self.options.decoding(number, &asked, asker.tokenizer());
        let mut draft = self.repairer.drafter(&asked);
        let (mut stream, mut text) = (asker.tokenizer().stream(), String::new());
        let mut on_event = |event: DecodeEvent| {
            let DecodeEvent::Token(token) = event else { return ControlFlow::Continue(()) };
            // The model has rows beyond its vocabulary; what those would say is nothing.
            let new = stream.push(token).unwrap_or_default();
            text.push_str(&new);
            progress(Event::Text(&new))
        };
        let generation =
            generate(&mut self.session, &mut draft, &asked.prompt, &decoding, &mut on_event)?;
        text.push_str(&stream.finish());
        let finish = match generation.finish {
            DecodeFinish::Cancelled => return Ok(None),
            DecodeFinish::Length => Finish::Length,
            _ => Finish::Stop,
        };
        Ok(Some(Written {
            text,
            finish,
            sampling: decoding.sampling,
            mean_log_probability: generation.mean_log_probability(),
            stats: generation.stats,
        }))
    }
}
