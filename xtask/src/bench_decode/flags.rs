//! The flags of `cargo xtask bench-decode`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::flags::Target;

/// `cargo xtask bench-decode`.
#[derive(Clone, Debug, Args)]
pub struct BenchDecodeFlags {
    /// A model's name (see `cargo xtask model list`), a GGUF file, or a Hugging Face folder; the default model if left out.
    /// With --replay only its tokenizer is used
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// An adapter to put on the model: a name of `cargo xtask model list`, a folder, or none; the model's default for the target
    /// if left out, where it has one. Peers run without: beside them it is none, unless the fix is forced
    #[arg(long, value_name = "NAME|DIR|none", conflicts_with = "replay")]
    pub adapter: Option<String>,
    /// The samples to answer, as `curate` reads them: pairs of wrong and right code in JSON Lines; shipped ones if left out
    #[arg(long, value_name = "FILE")]
    pub samples: Option<PathBuf>,
    /// How many samples to take, spread evenly over the file; all if left out
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroUsize>,
    /// Take only fixes that delete and insert at most so many lines together
    #[arg(long, value_name = "N")]
    pub max_changed_lines: Option<usize>,
    /// Which proposers to compare: all, or names with commas between
    #[arg(long, value_delimiter = ',', default_value = "all", value_name = "LIST")]
    pub proposers: Vec<String>,
    /// What the model is asked to write
    #[arg(long, value_enum, default_value = "program")]
    pub target: Target,
    /// The most tokens of an answer; as `repair` limits it if left out
    #[arg(long, value_name = "N")]
    pub max_new_tokens: Option<usize>,
    /// Score recorded fixes, without a model
    #[arg(long)]
    pub replay: bool,
    /// Make the model give the recorded fix
    #[arg(long, conflicts_with = "replay")]
    pub force_fix: bool,
    /// How often each proposer answers each sample, in turn with the others
    #[arg(long, value_name = "N", default_value = "3")]
    pub repeats: NonZeroUsize,
    /// How many threads compute; as many as there are processors if left out
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Other engines to run on the same prompts, through their Python packages
    #[arg(long, value_enum, value_delimiter = ',', conflicts_with = "replay", value_name = "LIST")]
    pub peers: Vec<Peer>,
    /// The Python that has the peers' packages
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    pub python: PathBuf,
    /// Write the result to a JSON file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Draw the speed-up by size of the edit
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
}

/// An engine to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// llama-cpp-python, plain and with its prompt lookup
    #[value(name = "llama.cpp")]
    LlamaCpp,
    /// Hugging Face transformers, plain and with its prompt lookup
    Transformers,
}

impl Peer {
    /// The name, as the command line spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LlamaCpp => "llama.cpp",
            Self::Transformers => "transformers",
        }
    }
}
