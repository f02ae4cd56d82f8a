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
    /// The natural logarithm of its probability; `None` where nobody asked, or where the context has no room to find out.
    pub log_probability: Option<f64>,
    /// How many answers were passed over since the one before it because they said nothing new, or because of the [`Screen`].
    pub passed_over: usize,
    /// What was spent since the one before it: on all that was decoded together, whichever was given first.
    pub stats: Stats,
    /// How long the [`Screen`] took since then.
    pub screening: Duration,
}

impl Written {
    /// An answer that ends by itself and cost nothing.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            finish: Finish::Stop,
            sampling: Sampling::Greedy,
            log_probability: None,
            passed_over: 0,
            stats: Stats::default(),
            screening: Duration::ZERO,
        }
    }
}

/// The most answers in a row that are passed over; where several are ranked together, for each of them.
const MOST_PASSED_OVER: usize = 4;

/// How many answers are decoded before the likeliest of them is given, where they are ranked.
const TOGETHER: usize = 8;

/// A model that answers the prompts of one search. What it has seen of a prompt it does not read again.
pub(super) struct Decoder<'a, T> {
    repairer: &'a Repairer<T>,
    options: &'a Options,
    head: Head<T>,
    /// The last prompt, and what was answered to it.
    asked: Asked,
    /// How many answers were given.
    given: usize,
    /// The texts of all that were decoded and not passed over at once.
    known: Vec<String>,
    /// Those that were not given yet.
    ready: Vec<Written>,
    spent: Spent,
    edits: Option<Edits<T>>,
    /// How many answers were sampled because there were no edits.
    sampled: usize,
    screen: Option<Screen<'a>>,
}

/// What was spent since the last answer was given.
#[derive(Default)]
struct Spent {
    stats: Stats,
    screening: Duration,
    passed_over: usize,
}

impl<'a, T: Target + Clone> Decoder<'a, T> {
    pub(super) fn new(
        repairer: &'a Repairer<T>,
        options: &'a Options,
        screen: Option<Screen<'a>>,
    ) -> Self {
        Self {
            repairer,
            options,
            head: Head::new(repairer.session()),
            asked: Asked::default(),
            given: 0,
            known: Vec::new(),
            ready: Vec::new(),
            spent: Spent::default(),
            edits: None,
            sampled: 0,
            screen,
        }
    }

    /// Forgets what was answered to another prompt.
    fn begin(&mut self, asked: Asked) {
        (self.asked, self.given, self.sampled) = (asked, 0, 0);
        (self.known, self.ready, self.edits) = (Vec::new(), Vec::new(), None);
        self.spent = Spent::default();
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
            self.given += 1;
            if self.given > number {
                return Ok(Some(written));
            }
        }
        Ok(None)
    }

    /// The likeliest of a few new answers that the screen admits. `None` if the callback stopped it.
    fn another(&mut self, prompt: &Prompt, progress: Progress<'_>) -> Result<Option<Written>> {
        loop {
            if self.ready.is_empty() && self.decode_some(prompt, progress)?.is_break() {
                return Ok(None);
            }
            let Some(written) = self.likeliest() else { return Ok(None) };
            let (start, enough) = (Instant::now(), self.is_enough());
            let admitted = match &mut self.screen {
                Some(screen) if !enough => screen.admits(&written, progress)?,
                _ => Some(true),
            };
            let Some(admitted) = admitted else { return Ok(None) };
            self.spent.screening += start.elapsed();
            if admitted {
                let Spent { stats, screening, passed_over } = std::mem::take(&mut self.spent);
                return Ok(Some(Written { stats, screening, passed_over, ..written }));
            }
            self.spent.passed_over += 1;
        }
    }

    /// Whether answers are ranked: a report that names a line says where the edit belongs.
    fn is_ranked(&self) -> bool {
        self.options.ranked && self.asked.reported.is_none()
    }

    /// Whether no more answers are to be passed over.
    fn is_enough(&self) -> bool {
        let together = if self.is_ranked() { TOGETHER } else { 1 };
        self.spent.passed_over >= MOST_PASSED_OVER * together
    }

    /// Takes the likeliest of the answers that are ready, the first of equals.
    fn likeliest(&mut self) -> Option<Written> {
        let likely = |written: &Written| written.log_probability.unwrap_or(f64::NEG_INFINITY);
        let ready = self.ready.iter().enumerate().rev();
        let best = ready.max_by(|(_, a), (_, b)| likely(a).total_cmp(&likely(b)))?.0;
        Some(self.ready.remove(best))
    }

    /// Decodes a new answer, or as many as are ranked together. Breaks where the callback does.
    fn decode_some(&mut self, prompt: &Prompt, progress: Progress<'_>) -> Result<ControlFlow<()>> {
        let missing = self.options.candidates.saturating_sub(self.given);
        let some = match self.is_ranked() {
            true if self.given == 0 => TOGETHER,
            true => missing.clamp(1, TOGETHER),
            false => 1,
        };
        while self.ready.len() < some {
            match self.new_one(prompt, progress)? {
                Some(written) => self.ready.push(written),
                None => return Ok(ControlFlow::Break(())),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// An answer that says something new: the greedy one, then the source with one edit. `None` if the callback stopped it.
    fn new_one(&mut self, prompt: &Prompt, progress: Progress<'_>) -> Result<Option<Written>> {
        loop {
            let is_first = self.known.is_empty() && self.spent.passed_over == 0;
            let written = match is_first {
                true => self.decode(0, self.is_ranked(), progress)?,
                false => self.edit(progress)?,
            };
            let Some(written) = written else { return Ok(None) };
            self.spent.stats += &written.stats;
            if self.is_enough() || self.is_new(prompt, &written.text) {
                self.known.push(written.text.clone());
                return Ok(Some(written));
            }
            self.spent.passed_over += 1;
        }
    }

    /// Whether an answer differs from the source and from all answers before it, in C by more than white space and comments.
    fn is_new(&self, prompt: &Prompt, text: &str) -> bool {
        let (is_c, code) = (prompt.draft.starts_with("```c"), block(text));
        let same = |known: &str| block(known) == code || is_c && same_tokens(block(known), code);
        !same(&prompt.draft) && !self.known.iter().any(|known| same(known))
    }

    /// Decodes a whole answer, and finds out how likely it is if `score` asks for that.
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
        let decoding = DecodeOptions { score, ..self.decoding(number) };
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
        let decoding = DecodeOptions { score: self.is_ranked(), ..self.decoding(0) };
        let Some(edits) = &mut self.edits else { return Ok(None) };
        let draft = self.repairer.drafter(&self.asked);
        let edit = edits.next(&draft, &decoding, &mut || progress(Event::Editing))?;
        match edit {
            Some(edit) => Ok(written(self.repairer.asker.tokenizer(), edit, decoding.sampling)),
            None => {
                self.spent.stats += &edits.take_spent();
                self.sample(progress)
            }
        }
    }

    /// A sampled answer, another one each time.
    fn sample(&mut self, progress: Progress<'_>) -> Result<Option<Written>> {
        self.sampled += 1;
        self.decode(self.sampled, self.is_ranked(), progress)
    }

    /// How an answer is decoded.
    fn decoding(&self, number: usize) -> DecodeOptions {
        self.options.decoding(number, &self.asked, self.repairer.asker.tokenizer())
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
    Some(Written {
        text,
        finish,
        sampling,
        log_probability: generation.log_probability,
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
        if self.asked == asked && number >= self.given {
            return self.answer(prompt, number, progress);
        }
        self.head.adopt(&last, &asked.prompt);
        // The same prompt again is answered as before; another one of the same search wants other programs.
        if let Some(screen) = self.screen.as_mut().filter(|_| self.asked == asked) {
            screen.forget();
        }
        self.begin(asked);
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
