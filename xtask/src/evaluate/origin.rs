//! What made the answers, and what they were made for.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use fixwright::prompt::TEMPLATE_VERSION;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::flags::EvaluateFlags;
use crate::models::{self, Chosen, WeightFile};

/// Another one for each way to make answers out of the same model and flags: what was kept of one does not go on with another.
const WAY: u8 = 3;

/// What made the answers, and what they were made for.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Origin {
    fixwright: &'static str,
    samples: PathBuf,
    samples_sha256: String,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers_sha256: Option<String>,
    /// What made them, if it was this run or one before it with the same settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Maker>,
}

/// A model, and how it was asked.
#[derive(Clone, Debug, Serialize)]
struct Maker {
    /// The model's, and its adapter's if it has one.
    weights: Vec<WeightFile>,
    template: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    top_p: f32,
    seed: u64,
    max_new_tokens: Option<usize>,
    candidates: u8,
    ranked: bool,
    device: &'static str,
    threads: usize,
}

impl Origin {
    /// Of answers that are read from a file.
    pub(super) fn read(flags: &EvaluateFlags, answers: &Path) -> anyhow::Result<Self> {
        Ok(Self { answers_sha256: Some(digest(answers)?), ..Self::new(flags)? })
    }

    /// Of answers that a model makes.
    pub(super) fn made(flags: &EvaluateFlags, model: &Chosen) -> anyhow::Result<Self> {
        let asked = &flags.answering;
        let threads = asked.threads.map_or_else(std::thread::available_parallelism, Ok)?;
        let maker = Maker {
            weights: model.files()?,
            template: TEMPLATE_VERSION,
            temperature: asked.temperature,
            top_p: asked.top_p,
            seed: asked.seed,
            max_new_tokens: asked.max_new_tokens,
            candidates: asked.candidates,
            ranked: asked.ranked,
            device: "cpu",
            threads: threads.get(),
        };
        Ok(Self { model: Some(maker), ..Self::new(flags)? })
    }

    fn new(flags: &EvaluateFlags) -> anyhow::Result<Self> {
        Ok(Self {
            fixwright: env!("CARGO_PKG_VERSION"),
            samples: flags.samples.clone(),
            samples_sha256: digest(&flags.samples)?,
            target: fixwright::prompt::Target::from(flags.target).to_string(),
            answers_sha256: None,
            model: None,
        })
    }

    /// A hash of all that decides an answer. How fast they come is not among it, and how many there are only where they are ranked.
    pub(super) fn settings(&self) -> String {
        let hashes = |maker: &Maker| -> Vec<String> {
            maker.weights.iter().map(|file| file.sha256.clone()).collect()
        };
        let of = |maker: &Maker| {
            let Maker { template, temperature, top_p, seed, max_new_tokens, .. } = *maker;
            let ranked = maker.ranked.then_some(maker.candidates);
            (hashes(maker), template, temperature, top_p, seed, max_new_tokens, ranked)
        };
        let decides = (WAY, &self.samples_sha256, &self.target, self.model.as_ref().map(of));
        let text = serde_json::to_vec(&decides).unwrap_or_default();
        models::hex(&Sha256::digest(text)[..8])
    }
}

fn digest(path: &Path) -> anyhow::Result<String> {
    models::digest(path).with_context(|| format!("cannot read {}", path.display()))
}
