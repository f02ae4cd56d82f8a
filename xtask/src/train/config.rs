//! Everything that decides a run: one TOML file, a preset, and flags on top.

use fixwright::finetune::{LoraOptions, Method, Options, Schedule};
use fixwright::llama::adapter::FactorType;
use fixwright::prompt::{FastFixerMask, MaskStrategy, Target};
use serde::{Deserialize, Serialize};

use crate::exit::BadInput;
use crate::flags::{self, Preset, TrainFlags};

/// Everything that decides a run but the data and the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Config {
    /// What the model learns to write.
    pub(super) target: Target,
    /// How much each part of an answer counts.
    pub(super) mask: MaskStrategy,
    /// How much the tokens of the prompt count, from 0 to 1.
    pub(super) prompt_weight: f32,
    /// Samples of more tokens, prompt and answer, are left out.
    pub(super) max_tokens: usize,
    /// Samples whose fix deletes and inserts more lines are left out; 0 for no limit.
    pub(super) max_changed_lines: usize,
    /// In what the model computes.
    pub(super) precision: Precision,
    /// How the finished adapter is written.
    pub(super) adapter_type: FactorType,
    /// What the finished adapter names as its base, for Hugging Face: the path of the model if nothing is said.
    pub(super) base_model: Option<String>,
    /// The run itself.
    pub(super) train: Options,
}

/// In what a model computes. Adapters and the optimiser's state are in f32 always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// Brain floats of 16 bits: half the memory, for GPUs.
    Bf16,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            target: Target::Window,
            mask: MaskStrategy::All,
            prompt_weight: 0.0,
            max_tokens: 2048,
            max_changed_lines: 0,
            precision: Precision::F32,
            adapter_type: FactorType::F32,
            base_model: None,
            train: Options::default(),
        }
    }
}

impl Config {
    /// The preset or the file, or else the defaults, with the flags on top.
    pub(super) fn read(flags: &TrainFlags) -> anyhow::Result<Self> {
        let mut config = match (&flags.config, flags.preset) {
            (Some(path), _) => {
                let bad = |e: String| BadInput(format!("{}: {e}", path.display()));
                let text = std::fs::read_to_string(path).map_err(|e| bad(e.to_string()))?;
                toml::from_str(&text).map_err(|e| bad(e.to_string()))?
            }
            (None, Some(Preset::Article)) => Self::article(),
            (None, Some(Preset::Fastfixer)) => Self::fast_fixer(),
            (None, None) => Self::default(),
        };
        config.override_with(flags);
        Ok(config)
    }

    /// The run of "Large Language Models for Automatic Code Repair": 20 steps at a high rate on a dozen samples, every token counting.
    fn article() -> Self {
        let mut config = Self { target: Target::Diff, ..Self::default() };
        let train = &mut config.train;
        (train.max_steps, train.learning_rate) = (20, 3e-3);
        (train.batch_size, train.accumulation) = (1, 4);
        train.schedule = Schedule::Constant;
        config
    }

    /// FastFixer's run: pairs of at most ten changed lines, LoRA on attention, its mask.
    fn fast_fixer() -> Self {
        let mask = MaskStrategy::FastFixer(FastFixerMask::default());
        let mut config =
            Self { target: Target::Program, mask, max_changed_lines: 10, ..Self::default() };
        let train = &mut config.train;
        train.method = Method::Lora(LoraOptions::default());
        (train.max_steps, train.learning_rate, train.warmup_steps) = (12_000, 3e-4, 100);
        (train.batch_size, train.accumulation) = (2, 4);
        config.max_tokens = 4000;
        config
    }

    fn override_with(&mut self, flags: &TrainFlags) {
        let train = &mut self.train;
        train.max_steps = flags.max_steps.unwrap_or(train.max_steps);
        train.learning_rate = flags.learning_rate.unwrap_or(train.learning_rate);
        train.seed = flags.seed.unwrap_or(train.seed);
        self.mask = match flags.mask {
            None => self.mask,
            Some(flags::Mask::None) => MaskStrategy::All,
            Some(flags::Mask::Modified) => MaskStrategy::Modified { context: 1, elsewhere: 0.1 },
            Some(flags::Mask::Fastfixer) => MaskStrategy::FastFixer(FastFixerMask::default()),
        };
        if let MaskStrategy::FastFixer(mask) = &mut self.mask {
            mask.seed = self.train.seed;
        }
        self.target = flags.target.map_or(self.target, Into::into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_file_round_trips_and_wrong_names_are_refused() {
        for config in [Config::default(), Config::article(), Config::fast_fixer()] {
            let text = toml::to_string(&config).unwrap();
            assert_eq!(toml::from_str::<Config>(&text).unwrap(), config, "{text}");
        }
        let error = toml::from_str::<Config>("[train]\nlearning_rat = 1.0\n").unwrap_err();
        assert!(error.to_string().contains("learning_rat"), "{error}");
    }

    #[test]
    fn the_presets_are_what_the_papers_say() {
        let article = Config::article().train;
        assert_eq!((article.max_steps, article.learning_rate), (20, 3e-3));
        let Config { train, max_changed_lines, mask, .. } = Config::fast_fixer();
        let Method::Lora(lora) = &train.method else { panic!("it is LoRA") };
        assert_eq!((lora.rank, lora.alpha, lora.dropout), (8, 16.0, 0.1));
        assert_eq!((train.learning_rate, train.warmup_steps, train.accumulation), (3e-4, 100, 4));
        assert_eq!(max_changed_lines, 10);
        assert!(matches!(mask, MaskStrategy::FastFixer(_)));
    }
}
