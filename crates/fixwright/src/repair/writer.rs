//! Who answers prompts.

use std::ops::ControlFlow;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use fixwright_decode::{
    Edits, Event as DecodeEvent, Finish as DecodeFinish, Generation, Options as DecodeOptions,
    Sampling, Stats, Target, generate,
};
use fixwright_llama::tokenizer::Tokenizer;
use fixwright_prompt::{Finish, Prompt, Target as PromptTarget};
use fixwright_validate::same_tokens;

use super::head::Head;
use super::{Asked, Event, Options, Progress, Repairer, Screen};
use crate::error::Result;

/// Answers prompts: a model, or whoever stands in for one.
pub trait Writer {
    /// Answers a prompt; `None` if the callback stopped it. Number 0 is the best answer, every other number stands for another one.
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
    /// How many answers were passed over for it because they said nothing new, or because of the [`Screen`].
    pub passed_over: usize,
    /// What it cost, with those.
    pub stats: Stats,
    /// How long the [`Screen`] took over it, and over those.
    pub screening: Duration,
}

impl Written {
    /// An answer that ends by itself and cost nothing.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            finish: Finish::Stop,
            sampling: Sampling::Greedy,
            mean_log_probability: None,
            passed_over: 0,
            stats: Stats::default(),
            screening: Duration::ZERO,
        }
    }
}

/// The most answers in a row that are passed over.
const MOST_PASSED_OVER: usize = 4;

/// A model that answers the prompts of one search. What it has seen of a prompt it does not read again.
pub(super) struct Decoder<'a, T> {
    repairer: &'a Repairer<T>,
    options: &'a Options,
    head: Head<T>,
    /// The last prompt, and what was answered to it.
    asked: Asked,
    given: Vec<String>,
    edits: Option<Edits<T>>,
    /// How many answers were sampled because there were no edits.
    sampled: usize,
    screen: Option<Screen<'a>>,
}

impl<'a, T: Target + Clone> Decoder<'a, T> {
    pub(super) fn new(
        repairer: &'a Repairer<T>,
        options: &'a Options,
        screen: Option<Screen<'a>>,
    ) -> Self {
        let head = Head::new(repairer.session());
        let (asked, given) = (Asked::default(), Vec::new());
        Self { repairer, options, head, asked, given, edits: None, sampled: 0, screen }
    }

    /// The answer of a number to the prompt that was asked.
    fn answer(
        &mut self,
        prompt: &Prompt,
        number: usize,
        progress: Progress<'_>,
    ) -> Result<Option<Written>> {
        if self.options.temperature.is_some() || prompt.target == PromptTarget::Diff {
            return self.decode(number, true, progress);
        }
        while let Some(written) = self.another(prompt, progress)? {
            self.given.push(written.text.clone());
            if self.given.len() > number {
                return Ok(Some(written));
            }
        }
        Ok(None)
    }

    /// Answers that say something new: the greedy one, then the source with one edit. `None` if the callback stopped it.
    fn another(&mut self, prompt: &Prompt, progress: Progress<'_>) -> Result<Option<Written>> {
        let (mut stats, mut screening) = (Stats::default(), Duration::ZERO);
        for passed_over in 0.. {
            let written = match self.given.len() + passed_over {
                0 => self.decode(0, false, progress)?,
                _ => self.edit(progress)?,
            };
            let Some(mut written) = written else { break };
            stats += &written.stats;
            let is_new = self.is_new(prompt, &written.text);
            let start = Instant::now();
            let admitted = match &mut self.screen {
                Some(screen) if is_new => screen.admits(&written, progress)?,
                _ => Some(is_new),
            };
            let Some(admitted) = admitted else { break };
            screening += start.elapsed();
            if passed_over == MOST_PASSED_OVER || admitted {
                written = Written { stats, screening, passed_over, ..written };
                return Ok(Some(written));
            }
        }
        Ok(None)
    }

    /// Whether an answer differs from the source and from all answers before it, in C by more than white space and comments.
    fn is_new(&self, prompt: &Prompt, text: &str) -> bool {
        let (is_c, code) = (prompt.draft.starts_with("```c"), block(text));
        let same = |known: &str| block(known) == code || is_c && same_tokens(block(known), code);
        !same(&prompt.draft) && !self.given.iter().any(|known| same(known))
    }

    /// Decodes a whole answer. It is asked how likely it is only if all answers are: else they could not be compared.
    fn decode(
        &mut self,
        number: usize,
        score: bool,
        progress: Progress<'_>,
    ) -> Result<Option<Written>> {
        self.head.rewind(self.asked.prompt.clone());
        let unseen = self.asked.prompt.len().saturating_sub(self.head.session.position());
        if progress(Event::Reading { tokens: unseen }).is_break() {
            return Ok(None);
        }
        let tokenizer = self.repairer.asker.tokenizer();
        let decoding = self.options.decoding(number, &self.asked, tokenizer);
        let decoding = DecodeOptions { score, ..decoding };
        let mut draft = self.repairer.drafter(&self.asked);
        let (session, prompt) = (&mut self.head.session, &self.asked.prompt);
        let generation =
            generate(session, &mut draft, prompt, &decoding, &mut show(tokenizer, progress))?;
        self.head.seen.extend(&generation.tokens);
        Ok(written(tokenizer, generation, decoding.sampling))
    }

    /// The likeliest edit that was not given yet. An answer is sampled if there is none, or if the context has no room for the source once more.
    fn edit(&mut self, progress: Progress<'_>) -> Result<Option<Written>> {
        if progress(Event::Editing).is_break() {
            return Ok(None);
        }
        if self.asked.prompt.len() + self.asked.draft.len() > self.head.session.context_length() {
            return self.sample(progress);
        }
        if self.edits.is_none() {
            self.edits = self.read_source(progress)?;
        }
        let Some(edits) = &mut self.edits else { return Ok(None) };
        let tokenizer = self.repairer.asker.tokenizer();
        let decoding = self.options.decoding(0, &self.asked, tokenizer);
        let draft = self.repairer.drafter(&self.asked);
        let edit = edits.next(&draft, &decoding, &mut || progress(Event::Editing))?;
        match edit {
            Some(edit) => Ok(written(tokenizer, edit, decoding.sampling)),
            None => self.sample(progress),
        }
    }

    /// A sampled answer, another one each time.
    fn sample(&mut self, progress: Progress<'_>) -> Result<Option<Written>> {
        self.sampled += 1;
        self.decode(self.sampled, false, progress)
    }

    /// Lets the model read the source as if it were its answer.
    fn read_source(&mut self, progress: Progress<'_>) -> Result<Option<Edits<T>>> {
        let Asked { prompt, draft, .. } = self.asked.clone();
        self.head.rewind(prompt.iter().chain(&draft).copied().collect());
        let tokens = draft.len();
        let tokenizer = self.repairer.asker.tokenizer();
        let differ = |own: u32, other: u32| {
            let of = |token| tokenizer.token_bytes(token).unwrap_or_default();
            let quotes = of(own).contains(&b'"');
            let differs = quotes || of(own).trim_ascii() != of(other).trim_ascii();
            differs && !tokenizer.end_of_turn().contains(&other)
        };
        let proceed = &mut || progress(Event::Reading { tokens });
        Ok(Edits::read(self.head.session.clone(), &prompt, &draft, &differ, proceed)?)
    }
}

/// What stands in the fenced block of an answer; all of it where there is not just one.
fn block(text: &str) -> &str {
    if text.matches("```").count() > 2 {
        return text;
    }
    let rest = text.split_once("```").and_then(|(_, rest)| rest.find('\n').map(|end| &rest[end..]));
    let rest = rest.unwrap_or(text);
    rest.split_once("\n```").map_or(rest, |(block, _)| block).trim()
}

/// Tells of each token as it comes.
fn show<'a>(
    tokenizer: &'a Tokenizer,
    progress: Progress<'a>,
) -> impl FnMut(DecodeEvent) -> ControlFlow<()> + 'a {
    let mut stream = tokenizer.stream();
    move |event| {
        match event {
            // The model has rows beyond its vocabulary; what those would say is nothing.
            DecodeEvent::Token(token) => {
                progress(Event::Text(&stream.push(token).unwrap_or_default()))
            }
            DecodeEvent::Reading { unseen } => progress(Event::Reading { tokens: unseen }),
            _ => ControlFlow::Continue(()),
        }
    }
}

/// What a generation says; `None` if the callback stopped it.
fn written(tokenizer: &Tokenizer, generation: Generation, sampling: Sampling) -> Option<Written> {
    let mut stream = tokenizer.stream();
    let push = |token: &u32| stream.push(*token).unwrap_or_default();
    let mut text: String = generation.tokens.iter().map(push).collect();
    text.push_str(&stream.finish());
    let finish = match generation.finish {
        DecodeFinish::Cancelled => return None,
        DecodeFinish::Length => Finish::Length,
        _ => Finish::Stop,
    };
    let mean_log_probability = generation.mean_log_probability();
    Some(Written {
        text,
        finish,
        sampling,
        mean_log_probability,
        passed_over: 0,
        stats: generation.stats,
        screening: Duration::ZERO,
    })
}

impl<T: Target + Clone> Writer for Decoder<'_, T> {
    fn write(
        &mut self,
        prompt: &Prompt,
        number: usize,
        progress: Progress<'_>,
    ) -> Result<Option<Written>> {
        let Repairer { asker, last, .. } = self.repairer;
        let asked = asker.ask_prompt(prompt)?;
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if self.asked == asked && number >= self.given.len() {
            return self.answer(prompt, number, progress);
        }
        self.head.adopt(&last, &asked.prompt);
        // The same prompt again is answered as before; another one of the same search wants other programs.
        if let Some(screen) = self.screen.as_mut().filter(|_| self.asked == asked) {
            screen.forget();
        }
        (self.asked, self.given, self.edits, self.sampled) = (asked, Vec::new(), None, 0);
        let written = self.answer(prompt, number, progress)?;
        *last = self.head.of(&self.asked.prompt);
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn fences_and_chatter_are_not_the_code() {
        let quoted = "```c\nint a;\n```\nBetter:\n```c\nint b;\n```";
        assert_eq!(block(quoted), quoted);
        let texts =
            ["```c\nint a;\n```", "```\nint a;\n\n```\nDone.", "Here:\n```c\nint a;", "int a;\n"];
        assert_eq!(texts.map(block), ["int a;"; 4]);
        assert_eq!(["", "```", "```c\n```"].map(block), ["", "```", ""]);
    }
}
