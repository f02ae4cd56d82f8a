//! Fine-tuning with a loss that follows the edit.
//!
//! A fix repeats most of the code that it fixes, so a plain next-token loss is mostly a loss on copying. Here every token of the
//! answer has a weight of its own (FastFixer, ASE 2024, arXiv 2410.21285): [`Example`] maps weights of byte spans to
//! tokens, [`Batch`] stacks examples, and [`loss`] is the weighted cross-entropy
//!
//! ```text
//! loss = sum(weight[i] * -log p(token[i])) / sum(weight[i])
//! ```
//!
//! whose divisor makes it independent of padding and of how examples are put into batches. Logits are computed only where a
//! weight is above zero: for the prompt, never.
//!
//! Which spans weigh how much is the caller's to say, and so is the optimiser: [`loss`] returns a burn tensor to differentiate.
//!
//! # Example
//!
//! ```
//! use fixwright_finetune::{Example, Span};
//!
//! // A prompt of two tokens; an answer of three, of which the second is the edit.
//! let offsets = [0..4, 4..6, 6..9];
//! let spans = [Span { bytes: 0..9, weight: 0.1 }, Span { bytes: 5..6, weight: 1.0 }];
//! let example = Example::new(&[11, 12], &[20, 21, 22], &offsets, &spans, 2)?;
//! assert_eq!(example.ids, [11, 12, 20, 21, 22, 2]);
//! assert_eq!(example.weights, [0.0, 0.0, 0.1, 1.0, 0.1, 1.0]);
//! # Ok::<(), fixwright_finetune::Error>(())
//! ```

#![forbid(unsafe_code)]

mod batch;
mod error;
mod example;
mod loss;

pub use batch::Batch;
pub use error::{Error, Result};
pub use example::{Example, Span};
pub use loss::loss;
