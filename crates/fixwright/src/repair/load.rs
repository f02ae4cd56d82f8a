//! How a model is loaded.

use std::num::NonZero;
use std::path::PathBuf;

use fixwright_llama::adapter::Adapter;
use fixwright_llama::engine::{self, Model};
use fixwright_llama::weights::Weights;

use crate::error::Result;

/// How to load a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadOptions {
    /// The folder of a LoRA adapter for this model, in the format of Hugging Face PEFT.
    pub adapter: Option<PathBuf>,
    /// How many threads compute on the processor; all that the system offers where it is not said.
    pub threads: Option<NonZero<usize>>,
}

impl LoadOptions {
    /// The options with an adapter.
    #[must_use]
    pub fn with_adapter(mut self, folder: Option<PathBuf>) -> Self {
        self.adapter = folder;
        self
    }

    /// The options with a number of threads.
    #[must_use]
    pub fn with_threads(mut self, threads: Option<NonZero<usize>>) -> Self {
        self.threads = threads;
        self
    }

    pub(super) fn adapter(&self) -> Result<Option<Adapter>> {
        Ok(self.adapter.as_deref().map(Adapter::open).transpose()?)
    }

    /// The model on the processor, with the adapter.
    ///
    /// # Errors
    ///
    /// The adapter cannot be read or is for another model, or the weights are not those of a model that can be run.
    pub fn model(&self, weights: &Weights) -> Result<Model> {
        let options = engine::Options { threads: self.threads, ..engine::Options::default() };
        // What is wrong with an adapter shows before the weights are read.
        let adapter = self.adapter()?;
        let model = Model::load(weights, &options)?;
        Ok(match adapter {
            Some(adapter) => model.with_adapter(&adapter)?,
            None => model,
        })
    }
}
