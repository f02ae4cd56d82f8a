//! How much each part of an answer counts in training.
//!
//! Most of a repaired program is a copy of the broken one. A mask says which bytes of an answer are the repair, so that
//! the loss can follow them (FastFixer, ASE 2024, arXiv 2410.21285).

mod label;
mod lexeme;
mod noise;
mod relation;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::Request;
use label::{Label, LabelledLine};
pub(crate) use lexeme::words;
use noise::Noise;

/// Which parts of an answer count, and how much.
///
/// An inserted or replaced line is *changed*, and so is each of the two lines around a place where lines were only deleted. Of a diff,
/// inserted and deleted lines and hunk headers are changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum MaskStrategy {
    /// Everything counts the same: plain supervised fine-tuning.
    #[default]
    All,
    /// Changed lines count in full, and `context` lines on each side of them; all others weigh `elsewhere`.
    Modified {
        /// Lines on each side.
        context: usize,
        /// The weight of other lines, from 0 to 1.
        #[serde(default)]
        elsewhere: f32,
    },
    /// FastFixer's mask.
    FastFixer(FastFixerMask),
}

/// FastFixer's mask: changed lines weigh 1; lines that they depend on, or that depend on them, by definition and use weigh
/// [`decay`](Self::decay) to the power of their distance in such steps; any other word gets a random weight.
///
/// Differs from the published code, which never spreads along definitions (that part of it fails when run), draws its random weights
/// once for all epochs, weighs the prompt too, and lets a deletion mark nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FastFixerMask {
    /// What a step from definition to use, or back, leaves of a weight; from 0 to 1.
    pub decay: f32,
    /// The most steps.
    pub reach: u8,
    /// The random weights are drawn from 0 to this, at most 1.
    pub noise: f32,
    /// The random weights differ by seed.
    pub seed: u64,
}

impl Default for FastFixerMask {
    /// Half a weight a step, three steps, random weights up to 0.8.
    fn default() -> Self {
        Self { decay: 0.5, reach: 3, noise: 0.8, seed: 0 }
    }
}

/// A part of an answer and its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedSpan {
    /// The bytes of the answer.
    pub bytes: Range<usize>,
    /// The weight, from 0 to 1.
    pub weight: f32,
}

/// The weights of an answer: spans that follow each other and cover it exactly once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditMask {
    spans: Vec<WeightedSpan>,
    prompt: f32,
}

impl EditMask {
    /// The mask for `answer`, which [`expected`](crate::expected) gave for the same request.
    ///
    /// The same arguments give the same mask. `epoch` counts the passes over the training data; only random weights depend on it.
    ///
    /// ```
    /// use fixwright_prompt::{EditMask, MaskStrategy, Options, Request, expected};
    /// use fixwright_report::BugReport;
    ///
    /// let report = BugReport::default();
    /// let request = Request::new(&report, "a.c", "int a;\nint b;\nint c;\n", 2, &Options::default())?;
    /// let answer = expected(&request, "int a;\nlong b;\nint c;\n")?;
    /// let mask = EditMask::new(&request, &answer, MaskStrategy::Modified { context: 0, elsewhere: 0.0 }, 0);
    /// let counted: String = mask.spans().iter().filter(|s| s.weight > 0.0).map(|s| &answer[s.bytes.clone()]).collect();
    /// assert_eq!(counted, "long b;\n");
    /// # Ok::<(), fixwright_prompt::Error>(())
    /// ```
    #[must_use]
    pub fn new(request: &Request<'_>, answer: &str, strategy: MaskStrategy, epoch: u64) -> Self {
        let mut mask = Self::default();
        match strategy {
            MaskStrategy::All => mask.push(0..answer.len(), 1.0),
            MaskStrategy::Modified { context, elsewhere } => {
                let elsewhere = elsewhere.clamp(0.0, 1.0);
                let lines = label::lines(request, answer);
                let near = near(&lines, context);
                for (line, near) in lines.iter().zip(near) {
                    mask.push(line.bytes.clone(), if near { 1.0 } else { elsewhere });
                }
            }
            MaskStrategy::FastFixer(options) => mask.fast_fixer(request, answer, options, epoch),
        }
        mask
    }

    /// The mask with a weight for the prompt, from 0 to 1; without this it weighs 0.
    #[must_use]
    pub fn with_prompt_weight(mut self, weight: f32) -> Self {
        self.prompt = if weight > 0.0 { weight.min(1.0) } else { 0.0 };
        self
    }

    fn fast_fixer(
        &mut self,
        request: &Request<'_>,
        answer: &str,
        options: FastFixerMask,
        epoch: u64,
    ) {
        let lines = label::lines(request, answer);
        let distances = relation::distances(&lines, options.reach);
        let noise = Noise::new(options.seed, epoch, options.noise);
        for (line, distance) in lines.iter().zip(distances) {
            if let Some(steps) = distance {
                self.push(line.bytes.clone(), options.decay.clamp(0.0, 1.0).powi(steps.into()));
                continue;
            }
            for word in words(&answer[line.bytes.clone()]) {
                let bytes = line.bytes.start + word.start..line.bytes.start + word.end;
                let weight = noise.weight(bytes.start);
                self.push(bytes, weight);
            }
        }
    }

    /// The parts, in the order of the answer.
    pub fn spans(&self) -> &[WeightedSpan] {
        &self.spans
    }

    /// The weight of each token of the answer, given the bytes of each: that of the heaviest part it shares a byte with.
    ///
    /// A token without bytes weighs 0. `tokens` must be in the order of the answer.
    #[must_use]
    pub fn token_weights(&self, tokens: &[Range<usize>]) -> Vec<f32> {
        let mut first = 0;
        let weight = |token: &Range<usize>| {
            let passed =
                self.spans[first..].iter().take_while(|span| span.bytes.end <= token.start);
            first += passed.count();
            let shared = self.spans[first..].iter().take_while(|span| span.bytes.start < token.end);
            let shared = shared.filter(|_| !token.is_empty());
            shared.map(|span| span.weight).fold(0.0, f32::max)
        };
        tokens.iter().map(weight).collect()
    }

    /// The weights of a whole training text: of the prompt's tokens, `prompt` of them, of the answer's, as [`token_weights`](Self::token_weights) gives
    /// them, and of the token that ends the answer, which always weighs 1.
    #[must_use]
    pub fn text_weights(&self, prompt: usize, answer: &[Range<usize>]) -> Vec<f32> {
        let mut weights = vec![self.prompt; prompt];
        weights.extend(self.token_weights(answer));
        weights.push(1.0);
        weights
    }

    /// Appends a part, joined to the one before where the weights are equal.
    fn push(&mut self, bytes: Range<usize>, weight: f32) {
        match self.spans.last_mut() {
            _ if bytes.is_empty() => {}
            Some(last) if last.weight == weight => last.bytes.end = bytes.end,
            _ => self.spans.push(WeightedSpan { bytes, weight }),
        }
    }
}

/// Whether each line is at most `context` lines away from a changed one.
fn near(lines: &[LabelledLine<'_>], context: usize) -> Vec<bool> {
    let mut near = vec![false; lines.len()];
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.label == Label::Changed) {
        let end = at.saturating_add(context).saturating_add(1).min(lines.len());
        near[at.saturating_sub(context)..end].fill(true);
    }
    near
}
