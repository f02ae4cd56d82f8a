//! The flags of `cargo xtask evaluate`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use fixwright_validate::Analyser;

use super::{Target, analyser};

/// `cargo xtask evaluate`.
#[derive(Clone, Debug, Args)]
pub struct EvaluateFlags {
    /// The samples to answer, or that were answered
    #[arg(long, value_name = "FILE")]
    pub samples: PathBuf,
    /// Answers that are there already
    #[arg(long, value_name = "FILE", conflicts_with = "AnswerFlags")]
    pub answers: Option<PathBuf>,
    /// How answers are made.
    #[command(flatten)]
    pub answering: AnswerFlags,
    /// What the model is asked to write
    #[arg(long, value_enum)]
    pub target: Target,
    /// Write one JSON object a line, an answer each: id, verdict and its details
    #[arg(long, value_name = "OUT")]
    pub json: Option<PathBuf>,
    /// Write the rates of all samples, of each kind of bug and of each problem as JSON; the summary lists the most frequent ones
    #[arg(long, value_name = "OUT")]
    pub metrics: Option<PathBuf>,
    /// Run this analyser before and after each answer, on the file alone: gcc, clang-tidy, cppcheck, sparse, or a shell command in
    /// which {files} stands for the file; that which a sample names if left out
    #[arg(long, value_name = "NAME|COMMAND", value_parser = analyser)]
    pub analyser: Option<Analyser>,
    /// Go on judging where an interrupted run with the same --json ended
    #[arg(long, requires = "json")]
    pub resume: bool,
    /// Answers that are judged at the same time; as many as there are processors if left out
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Run programs without a sandbox where there is none: they can then do whatever you can
    #[arg(long)]
    pub allow_unsandboxed: bool,
}

/// How `cargo xtask evaluate` makes answers.
#[derive(Clone, Debug, Args)]
pub struct AnswerFlags {
    /// A model's name (see `cargo xtask model list`), a GGUF file, or a Hugging Face folder; the default model if left out
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// An adapter to put on the model: a name of `cargo xtask model list`, a folder as `train` writes it and Hugging Face PEFT reads
    /// it, or none; the model's default for the target if left out, where it has one
    #[arg(long, value_name = "NAME|DIR|none")]
    pub adapter: Option<String>,
    /// How many answers there are for each sample: the greedy one, then the likeliest edits of the source; an edit also where the greedy
    /// one changes nothing. Diffs are sampled
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub candidates: u8,
    /// Where no line is reported, make eight answers at a time, and take the likeliest as a whole first, as `repair` does with programs that no
    /// test and no analyser tells about. Not for diffs
    #[arg(long, conflicts_with = "temperature")]
    pub ranked: bool,
    /// Sample all answers but the first, at this temperature
    #[arg(long, value_name = "T", value_parser = temperature)]
    pub temperature: Option<f32>,
    /// The nucleus of sampled answers: only the most likely tokens that together reach this probability take part
    #[arg(long, value_name = "P", default_value_t = 0.95, value_parser = top_p)]
    pub top_p: f32,
    /// The same seed gives the same sampled answers
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    /// The most tokens of an answer; as `repair` limits it if left out
    #[arg(long, value_name = "N")]
    pub max_new_tokens: Option<usize>,
    /// How many samples to take, spread evenly over the file; all if left out
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroUsize>,
    /// Keep each answer in this file as it comes; answers that it has are not made again
    #[arg(long, value_name = "FILE")]
    pub answers_out: Option<PathBuf>,
    /// How many threads the model computes with; as many as there are processors if left out
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

fn temperature(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number: &f32| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "it is a number above 0".to_owned())
}

fn top_p(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number: &f32| *number > 0.0 && *number <= 1.0);
    number.ok_or_else(|| "it is a number above 0, and at most 1".to_owned())
}
