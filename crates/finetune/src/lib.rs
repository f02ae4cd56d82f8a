//! Fine-tuning with a loss that follows the edit.
//!
//! A fix repeats most of the code that it fixes, so a plain next-token loss is mostly a loss on copying. Here every token of the
//! answer has a weight of its own (FastFixer, ASE 2024, arXiv 2410.21285), and the loss of a step is the weighted cross-entropy
//!
//! ```text
//! loss = sum(weight[i] * -log p(token[i])) / sum(weight[i])
//! ```
//!
//! over all examples of the step, whose divisor makes it independent of batch size and accumulation. Examples lie end to end in a
//! batch: there is no padding, and none sees another. Vocabulary logits are computed only where a weight is above zero: for the prompt, never.
//!
//! | room | what |
//! |---|---|
//! | [`Encoder`] | a request and its fix to an [`Example`]: tokens, weights |
//! | [`Trainer`] | LoRA, QLoRA or full fine-tuning with AdamW; evaluation, checkpoints, resuming |
//! | [`Options`] | everything that decides a run |
//! | [`evaluate`] | the loss on examples that are held out, on all tokens and on changed ones |
//! | [`Peers`] | several processes training one model |
//!
//! Reading samples is left to fixwright-dataset, masks to fixwright-prompt, models and adapters to fixwright-llama.
//!
//! # Example
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use std::path::Path;
//! use fixwright_finetune::{Event, Example, Options, Trainer};
//! use fixwright_llama::{Device, model::Model, weights::Weights};
//!
//! // A prompt of two tokens; an answer of three, of which the second is the edit.
//! let examples = [Example::new(&[11, 12], &[20, 21, 22], &[0.1, 1.0, 0.1], 2)?];
//! assert_eq!(examples[0].ids, [11, 12, 20, 21, 22, 2]);
//!
//! let model = Model::load(&Weights::open(Path::new("model.gguf"))?, &Device::Cpu.open()?)?;
//! let mut trainer = Trainer::new(model, None, Options::default())?;
//! trainer.run(&examples[..], &[], Path::new("run"), &mut |event| {
//!     if let Event::Step(step) = event {
//!         println!("{} {}", step.step, step.loss);
//!     }
//!     ControlFlow::Continue(())
//! })?;
//! # Ok::<(), fixwright_finetune::Error>(())
//! ```

#![forbid(unsafe_code)]

mod backward;
mod batch;
mod checkpoint;
mod concurrent;
mod encode;
mod error;
mod evaluate;
mod example;
mod gradients;
mod lora;
mod optimiser;
mod options;
mod order;
mod peers;
mod schedule;
mod trainer;

pub use encode::Encoder;
pub use error::{Error, Result};
pub use evaluate::{Evaluation, evaluate};
pub use example::Example;
pub use options::{AdamOptions, LoraOptions, Method, Options};
pub use peers::Peers;
pub use schedule::Schedule;
pub use trainer::{Event, Examples, Finish, Step, Trainer};
