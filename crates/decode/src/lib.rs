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
//! | [`Proposer`] | where drafts come from: [`SourceDraft`], [`PromptLookup`], [`FastFixer`], [`NoDraft`] |
//! | [`CostCurve`] | what a forward pass costs by its tokens: how long a draft should be |
//! | [`Sampling`] | how a token is chosen from logits |
//! | [`generate`] | the loop, its [`Options`], [`Event`]s, [`Generation`] and [`Stats`] |
//! | [`generate_batch`] | several answers to one prompt, verified together |
//! | [`Edits`] | answers that change the source in one place, the likeliest first |
//! | [`StopStrings`] | ends an answer at a string, for the callback |
//! | [`Forced`] | a target that gives a known answer: to measure, and to replay |
//!
//! Whatever a proposer guesses, the tokens are the same, and so is where they end: stop tokens, limits and a callback that breaks act
//! token by token, as without drafts.
//!
//! Tokenizing is left to the caller, and so is the model: with the feature `llama` (on by default) `fixwright_llama::engine::Session` is
//! a [`Target`], with the feature `burn` so is `fixwright_llama::model::Session`.
//!
//! # Example
//!
//! A target need not be a language model. This one counts, and a draft that counts too is accepted whole:
//!
//! ```
//! use std::convert::Infallible;
//! use std::ops::ControlFlow;
//! use fixwright_decode::{CostCurve, LineEnds, Options, SourceDraft, Target, generate};
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
//! let mut draft = SourceDraft::new(&[8, 9, 10, 11], LineEnds::default()).with_cost(CostCurve::flat());
//! let options = Options { max_new_tokens: 4, ..Options::default() };
//! let generation = generate(&mut Counter(Vec::new()), &mut draft, &[7], &options, &mut |_| ControlFlow::Continue(()))?;
//! assert_eq!(generation.tokens, [8, 9, 10, 11]);
//! assert_eq!(generation.stats.forwards, 1);
//! # Ok::<(), fixwright_decode::Error>(())
//! ```

#![forbid(unsafe_code)]

mod batch;
mod cost;
mod edits;
mod error;
mod fast_fixer;
mod forced;
mod generate;
mod lines;
#[cfg(feature = "llama")]
mod llama;
mod lookup;
mod proposer;
mod run;
mod sampling;
mod source;
mod stats;
mod stop;
mod target;

pub use batch::{Candidate, generate_batch};
pub use cost::CostCurve;
pub use edits::Edits;
pub use error::{Error, Result};
pub use fast_fixer::FastFixer;
pub use forced::Forced;
pub use generate::{Event, Finish, Generation, Options, generate, resume};
pub use lines::LineEnds;
pub use lookup::PromptLookup;
pub use proposer::{Context, NoDraft, Proposer};
pub use sampling::{Random, Sampling};
pub use source::SourceDraft;
pub use stats::{Position, Stats};
pub use stop::StopStrings;
pub use target::{Append, Target};
