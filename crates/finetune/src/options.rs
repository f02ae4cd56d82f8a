//! How to train.

use serde::{Deserialize, Serialize};

use crate::schedule::Schedule;

/// How to train. The defaults are those of a short LoRA run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// What is trained.
    pub method: Method,
    /// How many steps the optimiser takes.
    pub max_steps: usize,
    /// The largest learning rate.
    pub learning_rate: f64,
    /// How the learning rate goes down.
    pub schedule: Schedule,
    /// In how many steps the learning rate rises to its largest.
    pub warmup_steps: usize,
    /// Examples of one forward pass; more need more memory. On a processor up to four passes are made at a time.
    pub batch_size: usize,
    /// Forward passes of one step; `batch_size * accumulation` examples are one step.
    pub accumulation: usize,
    /// Gradients with a larger norm, all together, are scaled down to it; 0 for no limit.
    pub max_grad_norm: f64,
    /// The optimiser.
    pub adam: AdamOptions,
    /// Computes each block twice instead of keeping what its backward pass needs: a third more time, much less memory.
    pub checkpointing: bool,
    /// Puts examples of similar length into a step.
    pub group_by_length: bool,
    /// Evaluates every so many steps, and after the last; 0 for never.
    pub eval_steps: usize,
    /// Stops after so many evaluations without a better loss; 0 for never.
    pub patience: usize,
    /// Saves every so many steps, and after the last; 0 for only then.
    pub save_steps: usize,
    /// How many checkpoints are kept beside the best one; at least 1.
    pub keep: usize,
    /// Decides the order of the examples, the first adapter and dropout.
    pub seed: u64,
}

/// What is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Method {
    /// Low-rank adapters beside frozen weights.
    Lora(LoraOptions),
    /// Every weight.
    Full,
}

/// A new adapter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LoraOptions {
    /// The inner dimension.
    pub rank: usize,
    /// The adapter counts `alpha / rank`.
    pub alpha: f64,
    /// The share of inputs left out at random in training.
    pub dropout: f64,
    /// The linear maps that get one, by the last part of their names.
    pub targets: Vec<String>,
    /// Keeps the frozen weights of the linear maps in so many bits, 8 or 4 (QLoRA, Dettmers et al. 2023, arXiv 2305.14314), or all
    /// frozen matrices in bf16, with 16: several times faster on a processor with tile registers (Intel AMX). None for as they are.
    pub base_bits: Option<u8>,
}

/// AdamW's constants; the defaults are those of PyTorch without weight decay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AdamOptions {
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// What is taken off matrices in each step, times the learning rate.
    pub weight_decay: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            method: Method::Lora(LoraOptions::default()),
            max_steps: 100,
            learning_rate: 3e-4,
            schedule: Schedule::Linear,
            warmup_steps: 0,
            batch_size: 1,
            accumulation: 8,
            max_grad_norm: 1.0,
            adam: AdamOptions::default(),
            checkpointing: false,
            group_by_length: false,
            eval_steps: 0,
            patience: 0,
            save_steps: 0,
            keep: 2,
            seed: 0,
        }
    }
}

impl Default for LoraOptions {
    /// FastFixer's: rank 8, alpha 16, dropout 0.1 on the projections of attention.
    fn default() -> Self {
        let targets = ["q_proj", "k_proj", "v_proj", "o_proj"].map(str::to_owned).into();
        Self { rank: 8, alpha: 16.0, dropout: 0.1, targets, base_bits: None }
    }
}

impl Default for AdamOptions {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

impl Options {
    /// The first option that no run could have, and what it must be.
    pub(crate) fn flaw(&self) -> Option<(&'static str, &'static str)> {
        let share = |x: f64| (0.0..1.0).contains(&x);
        let positive = |x: f64| x.is_finite() && x > 0.0;
        let lora = match &self.method {
            Method::Lora(lora) => Some(lora),
            Method::Full => None,
        };
        let checks = [
            ("max_steps", self.max_steps > 0, "at least 1"),
            ("learning_rate", positive(self.learning_rate), "a number above 0"),
            ("batch_size", self.batch_size > 0, "at least 1"),
            ("accumulation", self.accumulation > 0, "at least 1"),
            ("max_grad_norm", self.max_grad_norm >= 0.0, "at least 0"),
            ("keep", self.keep > 0, "at least 1"),
            ("adam.beta1", share(self.adam.beta1), "at least 0 and below 1"),
            ("adam.beta2", share(self.adam.beta2), "at least 0 and below 1"),
            ("adam.epsilon", positive(self.adam.epsilon), "a number above 0"),
            ("adam.weight_decay", self.adam.weight_decay >= 0.0, "at least 0"),
            ("method.rank", lora.is_none_or(|l| l.rank > 0), "at least 1"),
            ("method.alpha", lora.is_none_or(|l| l.alpha.is_finite()), "a number"),
            ("method.dropout", lora.is_none_or(|l| share(l.dropout)), "at least 0 and below 1"),
            (
                "method.base_bits",
                lora.is_none_or(|l| matches!(l.base_bits, None | Some(4 | 8 | 16))),
                "4, 8 or 16",
            ),
        ];
        checks.into_iter().find(|(_, right, _)| !right).map(|(name, _, expected)| (name, expected))
    }
}
