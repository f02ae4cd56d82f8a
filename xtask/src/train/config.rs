//! Everything that decides a run: one TOML file, a preset, and flags on top.

use std::path::Path;

use fixwright::finetune::{LoraOptions, Method, Options, Schedule};
use fixwright::llama::adapter::FactorType;
use fixwright::prompt::{FastFixerMask, MaskStrategy, Target};
use serde::{Deserialize, Serialize};

use crate::exit::BadInput;
use crate::flags::{self, Preset, TrainFlags};

/// The name of the file in a run's folder that has it.
pub(super) const CONFIG: &str = "config.toml";

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
    /// The file or the preset, what the run that goes on began with, or else the defaults; with the flags on top.
    pub(super) fn read(flags: &TrainFlags) -> anyhow::Result<Self> {
        let begun = flags.out.join(CONFIG);
        let begun = (flags.resume && begun.is_file()).then(|| Self::open(&begun)).transpose()?;
        let mut config = match (&begun, &flags.config, flags.preset) {
            (_, Some(path), _) => Self::open(path)?,
            (_, _, Some(Preset::Article)) => Self::article(),
            (_, _, Some(Preset::Fastfixer)) => Self::fast_fixer(),
            (Some(begun), None, None) => begun.clone(),
            (None, None, None) => Self::default(),
        };
        config.override_with(flags);
        match begun.and_then(|begun| config.departs_from(&begun)) {
            Some(name) => {
                let folder = flags.out.display();
                Err(BadInput(format!(
                    "{folder} was begun with another {name}: give that one, or name another folder"
                ))
                .into())
            }
            None => Ok(config),
        }
    }

    fn open(path: &Path) -> anyhow::Result<Self> {
        let bad = |e: String| BadInput(format!("{}: {e}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| bad(e.to_string()))?;
        Ok(toml::from_str(&text).map_err(|e| bad(e.to_string()))?)
    }

    /// What a run that goes on with this would learn otherwise than it began, besides its options, which the trainer compares.
    fn departs_from(&self, begun: &Self) -> Option<&'static str> {
        let compared = [
            ("target", self.target == begun.target),
            ("mask", self.mask == begun.mask),
            ("prompt_weight", self.prompt_weight == begun.prompt_weight),
            ("precision", self.precision == begun.precision),
            ("max_tokens", self.max_tokens == begun.max_tokens),
            ("max_changed_lines", self.max_changed_lines == begun.max_changed_lines),
        ];
        compared.into_iter().find(|(_, same)| !same).map(|(name, _)| name)
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
        if flags.max_steps.is_some_and(|most| most <= train.warmup_steps) {
            train.warmup_steps = train.max_steps / 10;
        }
        let usual =
            |share: usize, wanted: bool| if wanted { train.max_steps.div_ceil(share) } else { 0 };
        let every = |flag: Option<u32>, own: usize, usual: usize| match (flag, own) {
            (Some(flag), _) => flag as usize,
            (None, 0) => usual,
            (None, own) => own,
        };
        let adapter = matches!(train.method, Method::Lora(_));
        let (evaluating, saving) = (usual(10, flags.validation.is_some()), usual(20, adapter));
        train.eval_steps = every(flags.eval_steps, train.eval_steps, evaluating);
        train.save_steps = every(flags.save_steps, train.save_steps, saving);
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
    use clap::Parser as _;

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

    fn read(out: &Path, more: &[&str]) -> anyhow::Result<Config> {
        let out = format!("--out={}", out.display());
        let line =
            ["xtask", "train", "--data=d.jsonl", &out].into_iter().chain(more.iter().copied());
        let flags::Command::Train(flags) = flags::Flags::parse_from(line).command else {
            unreachable!()
        };
        Config::read(&flags)
    }

    #[test]
    fn a_run_goes_on_as_it_began() {
        let folder = tempfile::tempdir().unwrap();
        let flags = ["--mask", "fastfixer", "--max-steps", "40", "--validation", "v.jsonl"];
        let begun = read(folder.path(), &flags).unwrap();
        assert_eq!((begun.train.eval_steps, begun.train.save_steps), (4, 2));
        std::fs::write(folder.path().join(CONFIG), toml::to_string(&begun).unwrap()).unwrap();
        assert_eq!(read(folder.path(), &["--resume"]).unwrap(), begun);
        let longer = read(folder.path(), &["--resume", "--max-steps", "80"]).unwrap();
        assert_eq!((longer.train.max_steps, longer.mask), (80, begun.mask));
        let error = read(folder.path(), &["--resume", "--mask", "none"]).unwrap_err();
        assert!(error.to_string().contains("begun with another mask"), "{error}");
        let other = folder.path().join("other.toml");
        std::fs::write(&other, toml::to_string(&Config { max_tokens: 7, ..begun }).unwrap())
            .unwrap();
        let other = format!("--config={}", other.display());
        let error = read(folder.path(), &["--resume", &other]).unwrap_err();
        assert!(error.to_string().contains("begun with another max_tokens"), "{error}");
    }

    #[test]
    fn a_short_run_warms_up_for_a_tenth_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let warmup = |steps| {
            let flags = ["--preset", "fastfixer", "--max-steps", steps];
            read(folder.path(), &flags).unwrap().train.warmup_steps
        };
        assert_eq!(["50", "100", "101"].map(warmup), [5, 10, 100]);
    }
}
