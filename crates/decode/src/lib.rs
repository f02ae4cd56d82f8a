//! Decoding that drafts from the text being repaired.
//!
//! A fix repeats most of what it fixes, so most of its tokens can be guessed by copying. [`generate`] runs the loop of speculative
//! decoding (Leviathan et al. 2022, arXiv 2211.17192) with a deterministic draft: a [`Proposer`] guesses the next tokens, the
//! [`Target`] model computes the logits after each of them in one forward pass, and the guesses are kept up to the first that
//! the model would not have chosen. The output is that of decoding token by token; only the number of forward passes changes.
//!
//! | room | what |
//! |---|---|
//! | [`Target`] | a model: append tokens, get logits, take tokens back |
//! | [`Proposer`] | where drafts come from: [`NoDraft`], [`CopyDraft`] |
//! | [`Sampling`] | how a token is chosen from logits |
//! | [`generate`] | the loop, its [`Options`], [`Event`]s, [`Generation`] and [`Stats`] |
//!
//! Tokenizing is left to the caller, and so is the model: with the feature `burn`,
//! `fixwright_llama::model::Session` is a [`Target`].
//!
//! # Example
//!
//! A target need not be a language model. This one counts, and a draft that counts too is accepted whole:
//!
//! ```
//! use std::convert::Infallible;
//! use std::ops::ControlFlow;
//! use fixwright_decode::{CopyDraft, Options, Target, generate};
//!
//! struct Counter(Vec<u32>);
//!
//! impl Target for Counter {
//!     type Error = Infallible;
//!     fn context_length(&self) -> usize { 1000 }
//!     fn position(&self) -> usize { self.0.len() }
//!     fn truncate(&mut self, position: usize) { self.0.truncate(position) }
//!     fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>, Infallible> {
//!         self.0.extend(tokens);
//!         let last = &tokens[tokens.len() - rows..];
//!         Ok(last.iter().flat_map(|t| (0..100).map(move |id| f32::from(id == t + 1))).collect())
//!     }
//! }
//!
//! let mut draft = CopyDraft::new(vec![8, 9, 10, 11]);
//! let options = Options { max_new_tokens: 4, ..Options::default() };
//! let generation = generate(&mut Counter(Vec::new()), &mut draft, &[7], &options, &mut |_| ControlFlow::Continue(()))?;
//! assert_eq!(generation.tokens, [8, 9, 10, 11]);
//! assert_eq!(generation.stats.forwards, 1);
//! # Ok::<(), fixwright_decode::Error>(())
//! ```

#![forbid(unsafe_code)]

mod copy;
mod cost;
mod error;
mod fast_fixer;
mod forced;
mod generate;
#[cfg(feature = "burn")]
mod llama;
mod lines;
mod lookup;
mod proposer;
mod sampling;
mod source;
mod stats;
mod target;

pub use copy::CopyDraft;
pub use cost::CostCurve;
pub use fast_fixer::FastFixer;
pub use forced::Forced;
pub use lines::LineEnds;
pub use lookup::PromptLookup;
#[doc(hidden)]
pub use source::Prior;
pub use source::SourceDraft;
pub use error::{Error, Result};
pub use generate::{Event, Finish, Generation, Options, generate};
pub use proposer::{Context, NoDraft, Proposer};
pub use sampling::Sampling;
pub use stats::Stats;
pub use target::Target;
