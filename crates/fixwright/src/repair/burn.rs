//! Repairing with the burn model: on GPUs.

use std::path::Path;
use std::sync::Arc;

use fixwright_llama::Device;
use fixwright_llama::model::{Model, Session};
use fixwright_llama::weights::Weights;

use super::{Asker, LoadOptions, Repairer};
use crate::error::Result;

impl Repairer<Session> {
    /// Loads a model, a GGUF file or a Hugging Face folder, to run on a device of burn's.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the model's files, or with the device.
    pub fn load_on(path: &Path, device: Device, options: &LoadOptions) -> Result<Self> {
        let weights = Weights::open(path)?;
        let asker = Asker::open(path, &weights)?;
        let adapter = options.adapter()?;
        let model = Model::load(&weights, &device.open()?)?;
        let model = match &adapter {
            Some(adapter) => model.with_adapter(adapter)?,
            None => model,
        };
        Self::new(Session::new(Arc::new(model)), asker)
    }
}
