//! The flags of `cargo xtask train`.

use std::path::PathBuf;

use clap::builder::TypedValueParser as _;
use clap::{Args, ValueEnum};

use super::Target;

/// `cargo xtask train`.
#[derive(Clone, Debug, Args)]
pub struct TrainFlags {
    /// The samples to train on
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// The samples to evaluate on during the run
    #[arg(long, value_name = "FILE")]
    pub validation: Option<PathBuf>,
    /// A model's name (see `cargo xtask model list`), a GGUF file, or a Hugging Face folder; the default model if left out
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// The folder of the run
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The run of a paper
    #[arg(long, value_enum, conflicts_with = "config")]
    pub preset: Option<Preset>,
    /// A TOML file like the config.toml of a run; flags win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// An adapter in the format of PEFT to go on from, instead of a new one
    #[arg(long, value_name = "DIR")]
    pub adapter: Option<PathBuf>,
    /// Write the model with the adapter merged into it to this GGUF file too; the model has to be one
    #[arg(long, value_name = "FILE")]
    pub merged: Option<PathBuf>,
    /// How many steps the optimiser takes; a warm-up that would last longer becomes a tenth of them
    #[arg(long, value_name = "N")]
    pub max_steps: Option<usize>,
    /// Evaluate every N steps and after the last; a tenth of the run if left out here and in the configuration
    #[arg(long, value_name = "N", requires = "validation", value_parser = clap::value_parser!(u32).range(1..))]
    pub eval_steps: Option<u32>,
    /// Save a checkpoint every N steps and after the last; a twentieth of the run if left out here and in the configuration and an adapter is trained
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub save_steps: Option<u32>,
    /// The largest learning rate
    #[arg(long, value_name = "X")]
    pub learning_rate: Option<f64>,
    /// How much each part of an answer counts
    #[arg(long, value_enum)]
    pub mask: Option<Mask>,
    /// What the model learns to write
    #[arg(long, value_enum)]
    pub target: Option<Target>,
    /// Decides the order of the samples, the first adapter, dropout and random weights
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Go on from the newest checkpoint in --out, with the configuration that is there unless another one is named; what was begun with one
    /// mask or target, say, does not go on with another
    #[arg(long)]
    pub resume: bool,
    /// Where the model runs: cpu, or cuda:INDEX in a build with CUDA
    #[arg(long, default_value = "cpu", value_parser = super::device)]
    pub device: String,
    /// Which of several processes this is, from 0
    #[arg(long, env = "RANK", default_value_t = 0)]
    pub rank: usize,
    /// How many processes there are
    #[arg(long, env = "WORLD_SIZE", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..).map(usize::from))]
    pub world_size: usize,
    /// Where process 0 listens for the others
    #[arg(long, env = "MASTER_ADDR", default_value = "127.0.0.1")]
    pub master_addr: String,
    /// The port of process 0
    #[arg(long, env = "MASTER_PORT", default_value_t = 29500)]
    pub master_port: u16,
}

/// Runs of papers.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Preset {
    /// "Large Language Models for Automatic Code Repair": 20 steps at 3e-3, diffs
    Article,
    /// FastFixer: whole programs, its mask, LoRA on attention, 12,000 steps at 3e-4
    Fastfixer,
}

/// How much each part of an answer counts.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Mask {
    /// Every part the same
    None,
    /// Changed lines and one line around them; others a tenth as much
    Modified,
    /// FastFixer's: changed lines, what they depend on, random weights elsewhere
    Fastfixer,
}
