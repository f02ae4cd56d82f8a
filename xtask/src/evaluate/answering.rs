//! A model that answers samples.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use fixwright::dataset::{self, Evaluator, RepairSample};
use fixwright::decode;
use fixwright::prompt::{Options as PromptOptions, Prompt, render};
use fixwright::repair::{Options, Screen, Writer as _, Written};
use fixwright::{Error, Repairer, validate};

use super::answers::{Answer, Cost};
use super::kept::Kept;
use super::samples::Samples;
use crate::counter::Counter;
use crate::exit::{BadInput, note};
use crate::flags::EvaluateFlags;
use crate::interrupt::Interrupt;
use crate::models::Chosen;

/// The answers that the flags ask for: those that `kept` has, and the model's for the rest. `None` if that was interrupted.
pub(super) fn answers(
    flags: &EvaluateFlags,
    judge: &Evaluator,
    model: &Chosen,
    samples: &Samples,
    mut kept: Kept,
    settings: &str,
    interrupt: &Interrupt,
) -> anyhow::Result<Option<Vec<Answer>>> {
    let candidates = usize::from(flags.answering.candidates);
    let missing = |id: &str| candidates.saturating_sub(kept.count(id));
    let left: usize = samples.iter().map(|(id, _)| missing(id)).sum();
    let all = samples.iter().len() * candidates;
    if left > 0 {
        note("loading the model");
        let answerer = Answerer::load(flags, judge, model, settings, interrupt)?;
        let mut counter = Counter::new("answers", Some(all as u64), (all - left) as u64);
        if answerer.run(samples, &mut kept, &mut counter)?.is_break() {
            return Ok(None);
        }
    }
    Ok(Some(kept.finish(candidates)))
}

struct Answerer<'a> {
    judge: &'a Evaluator,
    repairer: Repairer,
    prompt: PromptOptions,
    options: Options,
    settings: &'a str,
    interrupt: &'a Interrupt,
}

impl<'a> Answerer<'a> {
    fn load(
        flags: &EvaluateFlags,
        judge: &'a Evaluator,
        model: &Chosen,
        settings: &'a str,
        interrupt: &'a Interrupt,
    ) -> anyhow::Result<Self> {
        let answering = &flags.answering;
        let load = model.load_options().with_threads(answering.threads);
        let repairer = Repairer::load(&model.model, &load)
            .map_err(|error| BadInput(format!("{:#}", anyhow::Error::from(error))))?;
        let mut options = Options::default()
            .with_candidates(answering.candidates.into())
            .with_ranking(answering.ranked)
            .with_seed(answering.seed);
        (options.temperature, options.top_p) = (answering.temperature, answering.top_p);
        options.max_new_tokens = answering.max_new_tokens;
        let prompt = PromptOptions::default().with_target(flags.target.into());
        Ok(Self { judge, repairer, prompt, options, settings, interrupt })
    }

    /// Answers what `kept` has no answer for; breaks off where the user does.
    fn run(
        &self,
        samples: &Samples,
        kept: &mut Kept,
        counter: &mut Counter,
    ) -> anyhow::Result<ControlFlow<()>> {
        let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
        for (id, sample) in samples.iter() {
            if kept.count(id) >= self.options.candidates {
                continue;
            }
            let Some(sample) = self.tried(sample)? else { return Ok(ControlFlow::Break(())) };
            match self.prompt(&sample) {
                Ok(prompt) => {
                    if self.answer(id, &sample, &prompt, kept, counter)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Err(reason) => *left_out.entry(reason).or_default() += 1,
            }
        }
        for (reason, count) in left_out {
            note(format_args!("{count} samples left out: {reason}"));
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The sample with what its program does in a test that it fails, for its prompt to tell. `None` if the user breaks off.
    fn tried<'s>(&self, sample: &'s RepairSample) -> anyhow::Result<Option<Cow<'s, RepairSample>>> {
        if sample.failing_run().is_some() {
            return Ok(Some(Cow::Borrowed(sample)));
        }
        let fault = match self.judge.fault(sample, &mut |_| self.interrupt.flow()) {
            Err(dataset::Error::Validate(validate::Error::Cancelled)) => return Ok(None),
            fault => fault?,
        };
        let Some(fault) = fault else { return Ok(Some(Cow::Borrowed(sample))) };
        let mut sample = sample.clone();
        sample.set_fault(&fault)?;
        Ok(Some(Cow::Owned(sample)))
    }

    /// The prompt of a sample, or why it has none.
    fn prompt(&self, sample: &RepairSample) -> Result<Prompt, String> {
        let report = sample.report();
        let request = sample.request(&report, &self.prompt).map_err(|error| error.to_string())?;
        Ok(render(&request))
    }

    /// Makes the answers for one sample that are not there yet. All share what was computed for the prompt.
    fn answer(
        &self,
        id: &str,
        sample: &RepairSample,
        prompt: &Prompt,
        kept: &mut Kept,
        counter: &mut Counter,
    ) -> anyhow::Result<ControlFlow<()>> {
        let screen = Screen::new(|answer, progress| {
            let answer = answer.map(|written| written.text.as_str());
            self.judge.executable(sample, answer, progress).map_err(unjudged)
        });
        let mut writer = self.repairer.writer(&self.options, Some(screen));
        for candidate in kept.count(id)..self.options.candidates {
            let written = writer.write(prompt, candidate, &mut |_| self.interrupt.flow());
            let (answer, cost) = match written {
                Ok(Some(written)) => {
                    let cost = Cost::from(&written);
                    (written.text, Some(cost))
                }
                Ok(None) => return Ok(ControlFlow::Break(())),
                // The model cannot be asked this: that is no answer, not a sample to pass over.
                Err(Error::Decode(decode::Error::PromptTooLong { .. })) => (String::new(), None),
                Err(error) => return Err(error.into()),
            };
            let settings = Some(self.settings.to_owned());
            kept.push(Answer { id: id.to_owned(), answer, cost, settings })?;
            counter.add(1);
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Why an answer could not be told from others.
fn unjudged(error: dataset::Error) -> Error {
    match error {
        dataset::Error::Validate(error) => Error::Validate(error),
        other => Error::Other(Box::new(other)),
    }
}

impl From<&Written> for Cost {
    fn from(written: &Written) -> Self {
        let stats = &written.stats;
        Self {
            prompt_tokens: stats.prompt_tokens,
            tokens: stats.output_tokens,
            forwards: stats.forwards,
            drafted: stats.proposed,
            accepted: stats.accepted,
            prefill_seconds: stats.prefill.as_secs_f64(),
            decode_seconds: (stats.verify + stats.draft).as_secs_f64(),
            screen_seconds: written.screening.as_secs_f64(),
            passed_over: written.passed_over,
            log_probability: written.log_probability,
        }
    }
}
