//! The run: step after step, with evaluation and checkpoints.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use burn::module::Module;
use burn::tensor::Tensor;
use fixwright_llama::adapter::{Adapter, AdapterConfig};
use fixwright_llama::model::Model;

use crate::backward::Pass;
use crate::batch::Batch;
use crate::checkpoint::{self, State};
use crate::concurrent::{Task, differentiate, pieces};
use crate::error::{Error, Result};
use crate::evaluate::{Evaluation, evaluate};
use crate::example::Example;
use crate::gradients::Gradients;
use crate::lora;
use crate::optimiser::Optimiser;
use crate::options::{LoraOptions, Method, Options};
use crate::order::Order;
use crate::peers::Peers;

/// What to train on.
pub trait Examples {
    /// How many examples there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them. `epoch` counts the passes over the data, for weights that are drawn anew in each; the tokens must not depend on it.
    ///
    /// # Errors
    ///
    /// The example cannot be made.
    fn example(&self, index: usize, epoch: u64) -> Result<Example>;
}

impl Examples for [Example] {
    fn len(&self) -> usize {
        <[Example]>::len(self)
    }

    fn example(&self, index: usize, _: u64) -> Result<Example> {
        Ok(self[index].clone())
    }
}

/// What happens in a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A step was taken.
    Step(&'a Step),
    /// The model was evaluated after so many steps; a caller may do so in its own way as well.
    Evaluated {
        /// Steps taken.
        step: usize,
        /// The losses.
        evaluation: &'a Evaluation,
        /// The model as it is now.
        model: &'a Model,
    },
    /// A checkpoint was written.
    Saved(&'a Path),
}

/// One step of the optimiser.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// Which one, from 1.
    pub step: usize,
    /// The weighted mean of the negative log-probabilities, in nats, before the step.
    pub loss: f64,
    /// The learning rate.
    pub learning_rate: f64,
    /// The norm of the gradient before it was clipped.
    pub gradient_norm: f64,
    /// Tokens that went in, prompts included.
    pub tokens: usize,
    /// The time it took.
    pub elapsed: Duration,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finish {
    /// It took all its steps.
    Done,
    /// The evaluations did not get better any more.
    Early,
    /// The callback asked to stop.
    Stopped,
}

/// A model in training.
pub struct Trainer {
    model: Model,
    options: Options,
    optimiser: Optimiser,
    state: State,
    peers: Peers,
}

impl fmt::Debug for Trainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Trainer {
    /// Prepares a run from its start; `adapter` is what a LoRA run begins with, a new one if there is none. A run of all weights begins without.
    ///
    /// # Errors
    ///
    /// [`Error::Option`] for options that no run could have; an adapter that does not fit the model.
    pub fn new(model: Model, adapter: Option<&Adapter>, options: Options) -> Result<Self> {
        if let Some((name, expected)) = options.flaw() {
            return Err(Error::Option { name, expected: expected.to_owned() });
        }
        let model = match &options.method {
            Method::Full if adapter.is_some() => {
                let expected = "LoRA to go on from an adapter; to train all weights, merge it into the model first";
                return Err(Error::Option { name: "method", expected: expected.to_owned() });
            }
            Method::Full => lora::trainable(model, true),
            Method::Lora(lora) => adapted(model, lora, adapter, options.seed)?,
        };
        let optimiser = Optimiser::new(&options.adam);
        Ok(Self { model, optimiser, options, state: State::default(), peers: Peers::alone() })
    }

    /// Shares the work with the other processes of a distributed run, which must have the same model, options and data.
    #[must_use]
    pub fn with_peers(mut self, peers: Peers) -> Self {
        self.peers = peers;
        self
    }

    /// Goes on from the newest checkpoint under `folder`; whether there is one.
    ///
    /// # Errors
    ///
    /// A checkpoint that is broken, or was made with another model or other options.
    pub fn resume(&mut self, folder: &Path) -> Result<bool> {
        let Some(path) = checkpoint::newest(folder)? else { return Ok(false) };
        let model = self.model.clone();
        let (model, state, moments) = checkpoint::load(&path, model, &self.options)?;
        self.model = match &self.options.method {
            Method::Full => lora::trainable(model, true),
            Method::Lora(_) => lora::trainable(model, false),
        };
        self.state = state;
        self.optimiser.moments = moments;
        Ok(true)
    }

    /// The model as it is now.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Steps taken.
    pub fn step(&self) -> usize {
        self.state.step
    }

    /// The adapter as it is now; one without factors in full fine-tuning.
    pub fn adapter(&self) -> Adapter {
        let config = match &self.options.method {
            Method::Lora(lora) => checkpoint::config(lora),
            Method::Full => AdapterConfig::new(1, 1.0),
        };
        self.model.adapter(config)
    }

    /// The loss that a step over these examples would have, and its gradient for each trained parameter, flattened, by its path in the model:
    /// `layers.0.self_attn.q_proj.adapter.lora_a`. No step is taken, and nothing is clipped.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn gradients(&mut self, examples: &[Example]) -> Result<(f64, BTreeMap<String, Vec<f32>>)> {
        let divisor = examples.iter().map(Example::weight).sum();
        let (loss, gradients) = self.differentiate(examples, divisor)?;
        let host = |(path, gradient): (&String, &Tensor<1>)| {
            (path.clone(), gradient.to_data().iter::<f32>().collect())
        };
        Ok((loss, gradients.iter().map(host).collect()))
    }

    /// Whether this process is the one that writes files: the first of several, or the only one.
    pub fn is_first(&self) -> bool {
        self.peers.is_first()
    }

    /// Where the checkpoint with the best evaluation is, if there was one.
    pub fn best(&self, folder: &Path) -> Option<PathBuf> {
        Some(checkpoint::path(folder, self.state.best?.step))
    }

    /// Whether [`run`](Self::run) would take these examples: the same in all parts of a run, and none too long.
    ///
    /// # Errors
    ///
    /// As `run`, before its first step.
    pub fn check<E: Examples + ?Sized>(
        &mut self,
        data: &E,
        held_out: &[Example],
        folder: &Path,
    ) -> Result<()> {
        self.order(data, held_out, folder).map(drop)
    }

    /// Trains until the last step, evaluating on `held_out` and saving checkpoints under `folder` as the options say, after the last step, and
    /// when the callback stops the run.
    ///
    /// # Errors
    ///
    /// An example that cannot be made or is too long, a loss that is not finite, a checkpoint that cannot be written. What was saved before
    /// stays.
    pub fn run<E: Examples + ?Sized>(
        &mut self,
        data: &E,
        held_out: &[Example],
        folder: &Path,
        on_event: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Finish> {
        if self.options.accumulation < self.peers.count() {
            let expected = format!("at least {}, a batch for each process", self.peers.count());
            return Err(Error::Option { name: "accumulation", expected });
        }
        let mut order = self.order(data, held_out, folder)?;
        if self.is_stale() {
            return Ok(Finish::Early);
        }
        while self.state.step < self.options.max_steps {
            let report = match self.take_step(data, &mut order) {
                // The step was not taken, so what there is can be gone on with.
                Err(error @ Error::Peers { .. }) if self.state.step > 0 => {
                    self.save(folder)?;
                    return Err(error);
                }
                report => report?,
            };
            let mut stopped = on_event(Event::Step(&report)).is_break();
            let early = self.evaluate(held_out, on_event, &mut stopped)?;
            let last = self.state.step == self.options.max_steps || stopped || early;
            if last || due(self.state.step, self.options.save_steps) || self.is_best() {
                let saved = self.save(folder)?;
                stopped |= on_event(Event::Saved(&saved)).is_break() && !last;
            }
            if early {
                return Ok(Finish::Early);
            }
            if stopped && self.state.step < self.options.max_steps {
                return Ok(Finish::Stopped);
            }
        }
        Ok(Finish::Done)
    }

    /// The order of the examples, all of which are checked.
    fn order<E: Examples + ?Sized>(
        &mut self,
        data: &E,
        held_out: &[Example],
        folder: &Path,
    ) -> Result<Order> {
        if data.is_empty() {
            return Err(Error::EmptyBatch);
        }
        let context = self.model.config().context_length;
        let mut hash = checkpoint::Fingerprint::default();
        let mut check = |kind, index, example: &Example| {
            hash.add(example);
            match example.ids.len() {
                tokens if tokens > context => Err(Error::TooLong { kind, index, tokens, context }),
                tokens => Ok(tokens),
            }
        };
        let mut lengths = Vec::with_capacity(data.len());
        for index in 0..data.len() {
            lengths.push(check("training", index, &data.example(index, 0)?)?);
        }
        for (index, example) in held_out.iter().enumerate() {
            check("held-out", index, example)?;
        }
        self.state.check_data(hash.finish(), folder)?;
        let grouped = if self.options.group_by_length { self.per_step() as usize } else { 1 };
        Ok(Order::new(lengths, self.options.seed, grouped))
    }

    /// Examples of one step.
    fn per_step(&self) -> u64 {
        (self.options.batch_size * self.options.accumulation) as u64
    }

    fn take_step<E: Examples + ?Sized>(&mut self, data: &E, order: &mut Order) -> Result<Step> {
        let start = Instant::now();
        let step = self.state.step;
        let first = step as u64 * self.per_step();
        let examples = (first..first + self.per_step())
            .map(|position| order.at(position))
            .map(|(index, epoch)| data.example(index, epoch))
            .collect::<Result<Vec<_>>>()?;
        let divisor: f64 = examples.iter().map(Example::weight).sum();
        if divisor == 0.0 {
            return Err(Error::NoWeight { step });
        }
        let (loss, mut gradients) = self.differentiate(&examples, divisor)?;
        let gradient_norm = gradients.norm();
        check_finite(step, "the loss", loss)?;
        check_finite(step, "the gradient's norm", gradient_norm)?;
        let most = self.options.max_grad_norm;
        if most > 0.0 && gradient_norm > most {
            gradients.scale(most / (gradient_norm + 1e-6));
        }
        let Options { schedule, warmup_steps, max_steps, learning_rate, .. } = self.options;
        let rate = learning_rate * schedule.factor(step, warmup_steps, max_steps);
        self.model = self.optimiser.step(self.model.clone(), gradients, rate);
        self.state.step += 1;
        let tokens = examples.iter().map(|example| example.ids.len()).sum();
        let elapsed = start.elapsed();
        Ok(Step { step: step + 1, loss, learning_rate: rate, gradient_norm, tokens, elapsed })
    }

    /// The loss of a step's examples and its gradients. Each process takes its share of the batches.
    fn differentiate(&mut self, examples: &[Example], divisor: f64) -> Result<(f64, Gradients)> {
        let Options { batch_size, checkpointing, .. } = self.options;
        let device = self.model.device();
        let batches = examples.chunks(batch_size).enumerate();
        let tasks = batches
            .filter(|(index, _)| self.peers.takes(*index))
            .flat_map(|(index, batch)| {
                pieces(batch, &device)
                    .into_iter()
                    .enumerate()
                    .map(move |(piece, part)| (index, piece, part))
            })
            .map(|(index, piece, part)| self.task(index, piece, part))
            .collect::<Result<Vec<_>>>()?;
        let pass = Pass { divisor, checkpointing };
        let (loss, gradients) = differentiate(tasks, pass, &device);
        self.peers.sum(&self.model, self.state.step, loss, gradients)
    }

    /// One piece of a batch, with a model that leaves out what it would in a run that was interrupted.
    fn task(&self, index: usize, piece: usize, part: &[Example]) -> Result<Task> {
        let batch = Batch::new(part, self.model.config().context_length)?;
        let model = self.model.clone();
        let (model, everything) = match &self.options.method {
            Method::Full => (model, true),
            Method::Lora(LoraOptions { dropout, .. }) => {
                let place = [self.options.seed, self.state.step as u64, index as u64, piece as u64];
                (model.with_dropout(*dropout, mixed(place)), false)
            }
        };
        Ok(Task { model: lora::trainable(model, everything), batch })
    }

    /// Evaluates if it is time; whether there was no better loss for too long.
    fn evaluate(
        &mut self,
        held_out: &[Example],
        on_event: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
        stopped: &mut bool,
    ) -> Result<bool> {
        let step = self.state.step;
        let last = self.options.eval_steps > 0 && step == self.options.max_steps;
        if held_out.is_empty() || !(last || due(step, self.options.eval_steps)) {
            return Ok(false);
        }
        let evaluation = evaluate(&self.model, held_out)?;
        self.state.note(&evaluation);
        let event = Event::Evaluated { step, evaluation: &evaluation, model: &self.model };
        *stopped |= on_event(event).is_break();
        Ok(self.is_stale())
    }

    /// Whether there was no better loss for too long.
    fn is_stale(&self) -> bool {
        self.options.patience > 0 && self.state.stale >= self.options.patience
    }

    fn is_best(&self) -> bool {
        self.state.best.is_some_and(|best| best.step == self.state.step)
    }

    fn save(&self, folder: &Path) -> Result<PathBuf> {
        if !self.peers.is_first() {
            return Ok(checkpoint::path(folder, self.state.step));
        }
        checkpoint::save(folder, &self.model, &self.options, &self.state, &self.optimiser.moments)
    }
}

fn adapted(
    model: Model,
    lora: &LoraOptions,
    adapter: Option<&Adapter>,
    seed: u64,
) -> Result<Model> {
    let new = match adapter {
        Some(adapter) => {
            fits(adapter, lora)?;
            adapter.clone()
        }
        None => lora::fresh(&model, lora, seed)?,
    };
    let model = match lora.base_bits {
        Some(bits) => model.quantised(bits),
        None => model,
    };
    let model = model.no_grad().with_adapter(&new)?;
    Ok(lora::trainable(model, false))
}

/// Refuses an adapter to go on from that counts otherwise than the one that would be saved.
fn fits(adapter: &Adapter, lora: &LoraOptions) -> Result<()> {
    let (config, new) = (&adapter.config, checkpoint::config(lora));
    if config.rank_stabilised || adapter.factors.values().any(|it| it.rank != lora.rank) {
        let expected =
            format!("{}, the rank of the adapter, which must be plain LoRA", config.rank);
        return Err(Error::Option { name: "method.rank", expected });
    }
    if config.scale() != new.scale() {
        let expected = format!("{}, as the adapter has it", config.scale() * lora.rank as f64);
        return Err(Error::Option { name: "method.alpha", expected });
    }
    Ok(())
}

/// A seed made of numbers, no two of which need to differ in more than a bit.
fn mixed(numbers: [u64; 4]) -> u64 {
    numbers.iter().fold(0, |seed: u64, number| {
        (seed ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    })
}

fn due(step: usize, every: usize) -> bool {
    every > 0 && step.is_multiple_of(every)
}

fn check_finite(step: usize, what: &'static str, value: f64) -> Result<()> {
    if value.is_finite() { Ok(()) } else { Err(Error::NonFinite { step, what, value }) }
}
