//! Checkpoints: everything that a run needs to go on as if it had never stopped.
//!
//! A checkpoint is a folder `checkpoint-000020` with the adapter as PEFT has it (or, in full fine-tuning, the model), the optimiser's state and
//! `trainer.json`. The order of the examples and what dropout leaves out depend on the seed and the step alone, so there is no state of random
//! numbers to keep. A folder gets its name when all of it is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::{Tensor, TensorData};
use fixwright_llama::adapter::{Adapter, AdapterConfig};
use fixwright_llama::model::Model;
use fixwright_llama::safetensors::SafetensorsFile;
use fixwright_llama::weights::Weights;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use crate::error::{Error, Result};
use crate::evaluate::Evaluation;
use crate::example::Example;
use crate::optimiser::Moments;
use crate::options::{LoraOptions, Method, Options};

const PREFIX: &str = "checkpoint-";
const STATE: &str = "trainer.json";
const OPTIMISER: &str = "optimiser.safetensors";

/// Where a run is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Steps taken.
    pub(crate) step: usize,
    pub(crate) best: Option<Best>,
    /// Evaluations since the best one.
    pub(crate) stale: usize,
    /// The hash of all examples.
    data: Option<String>,
}

/// The best evaluation so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Best {
    pub(crate) step: usize,
    loss: f64,
}

impl State {
    /// Takes an evaluation after the current step into account.
    pub(crate) fn note(&mut self, evaluation: &Evaluation) {
        if self.best.is_none_or(|best| evaluation.loss < best.loss) {
            self.best = Some(Best { step: self.step, loss: evaluation.loss });
            self.stale = 0;
        } else {
            self.stale += 1;
        }
    }

    /// Refuses other data than the run began with.
    pub(crate) fn check_data(&mut self, hash: String, folder: &Path) -> Result<()> {
        match &self.data {
            Some(known) if *known != hash => Err(Error::checkpoint(
                folder,
                "the examples or their weights are not those that the run began with: give the same data, held-out data, target and mask, or begin a new run",
            )),
            _ => {
                self.data = Some(hash);
                Ok(())
            }
        }
    }
}

/// The hash of several examples.
#[derive(Default)]
pub(crate) struct Fingerprint(Xxh3Default);

impl Fingerprint {
    pub(crate) fn add(&mut self, example: &Example) {
        let Example { ids, weights, prompt, changed } = example;
        for number in [ids.len(), *prompt] {
            self.0.update(&number.to_le_bytes());
        }
        ids.iter().for_each(|id| self.0.update(&id.to_le_bytes()));
        weights.iter().for_each(|weight| self.0.update(&weight.to_le_bytes()));
        changed.iter().for_each(|changed| self.0.update(&[u8::from(*changed)]));
    }

    pub(crate) fn finish(&self) -> String {
        format!("{:032x}", self.0.digest128())
    }
}

/// What `trainer.json` holds.
#[derive(Serialize, Deserialize)]
struct Stored {
    fixwright: String,
    model: String,
    options: Options,
    state: State,
    /// How many steps the optimiser took, by parameter.
    steps: BTreeMap<String, usize>,
}

/// Where the checkpoint after `step` steps is.
pub(crate) fn path(folder: &Path, step: usize) -> PathBuf {
    folder.join(format!("{PREFIX}{step:06}"))
}

/// The checkpoints under a folder, by step.
fn all(folder: &Path) -> Result<BTreeMap<usize, PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        entries => entries.map_err(|e| Error::read(folder, e))?,
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(|e| Error::read(folder, e))?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let step = name.and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
        found.extend(step.map(|step| (step, path)));
    }
    Ok(found)
}

/// The checkpoint after the most steps.
pub(crate) fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    Ok(all(folder)?.pop_last().map(|(_, path)| path))
}

/// Writes a checkpoint and removes those that are no longer to be kept.
pub(crate) fn save(
    folder: &Path,
    model: &Model,
    options: &Options,
    state: &State,
    moments: &BTreeMap<String, Moments>,
) -> Result<PathBuf> {
    let target = path(folder, state.step);
    let partial = folder.join(format!(".{PREFIX}{:06}.partial", state.step));
    remove(&partial)?;
    fs::create_dir_all(&partial).map_err(|e| Error::write(&partial, e))?;
    match &options.method {
        Method::Lora(lora) => model.adapter(config(lora)).save(&partial)?,
        Method::Full => model.save(&partial)?,
    }
    save_moments(&partial.join(OPTIMISER), moments)?;
    let steps = moments.iter().map(|(path, moments)| (path.clone(), moments.steps)).collect();
    let stored = Stored {
        fixwright: env!("CARGO_PKG_VERSION").to_owned(),
        model: fingerprint(model),
        options: options.clone(),
        state: state.clone(),
        steps,
    };
    write(&partial.join(STATE), &serde_json::to_vec_pretty(&stored).expect("it is plain data"))?;
    remove(&target)?;
    fs::rename(&partial, &target).map_err(|e| Error::write(&target, e))?;
    prune(folder, options.keep, state)?;
    Ok(target)
}

/// Keeps the newest checkpoints and the best one.
fn prune(folder: &Path, keep: usize, state: &State) -> Result<()> {
    let checkpoints = all(folder)?;
    let excess = checkpoints.len().saturating_sub(keep);
    for (step, path) in checkpoints.into_iter().take(excess) {
        if state.best.is_none_or(|best| best.step != step) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Reads a checkpoint of a run with these options; `model` is the base, or the fresh model with its fresh adapter.
pub(crate) fn load(
    path: &Path,
    model: Model,
    options: &Options,
) -> Result<(Model, State, BTreeMap<String, Moments>)> {
    let file = path.join(STATE);
    let text = fs::read(&file).map_err(|e| Error::read(&file, e))?;
    let stored: Stored =
        serde_json::from_slice(&text).map_err(|e| Error::checkpoint(&file, e.to_string()))?;
    if stored.model != fingerprint(&model) && matches!(options.method, Method::Lora(_)) {
        let what =
            "it was made with another model: give that one, or begin a new run in another folder";
        return Err(Error::checkpoint(path, what));
    }
    if let Some(name) = difference(&arithmetic(&stored.options), &arithmetic(options)) {
        let what = format!(
            "it was made with another `{name}`: give the same one, or begin a new run in another folder"
        );
        return Err(Error::checkpoint(path, what));
    }
    let device = model.device();
    let model = match &options.method {
        Method::Lora(_) => model.with_adapter(&Adapter::open(path)?)?,
        Method::Full => Model::load(&Weights::open(path)?, &device)?,
    };
    let moments = load_moments(&path.join(OPTIMISER), &stored.steps, &model)?;
    Ok((model, stored.state, moments))
}

/// The options without those that may change between two parts of a run.
fn arithmetic(options: &Options) -> Options {
    let free = Options::default();
    Options {
        max_steps: free.max_steps,
        eval_steps: free.eval_steps,
        save_steps: free.save_steps,
        patience: free.patience,
        keep: free.keep,
        checkpointing: free.checkpointing,
        ..options.clone()
    }
}

/// The name of an option that differs.
fn difference(old: &Options, new: &Options) -> Option<String> {
    let fields = |options: &Options| serde_json::to_value(options).ok();
    let (old, new) = (fields(old)?, fields(new)?);
    let mut names = new.as_object()?.keys();
    names.find(|name| old.get(*name) != new.get(*name)).cloned()
}

/// The settings of a run's adapter.
pub(crate) fn config(lora: &LoraOptions) -> AdapterConfig {
    let mut config = AdapterConfig::new(lora.rank, lora.alpha);
    config.dropout = lora.dropout;
    config
}

/// What tells models apart: their settings and the embedding of the first token.
fn fingerprint(model: &Model) -> String {
    let mut hash = Xxh3Default::new();
    hash.update(format!("{:?}", model.config()).as_bytes());
    let first = Tensor::<1, burn::tensor::Int>::zeros([1], &model.device());
    let row = model.embed(first).into_data().convert::<f32>();
    hash.update(row.as_bytes());
    format!("{:032x}", hash.digest128())
}

fn save_moments(path: &Path, moments: &BTreeMap<String, Moments>) -> Result<()> {
    let mut tensors: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, Moments { first, second, master, .. }) in moments {
        let parts = [("first", Some(first)), ("second", Some(second)), ("master", master.as_ref())];
        for (part, tensor) in parts {
            let Some(tensor) = tensor else { continue };
            tensors.push((format!("{name}#{part}"), tensor.to_data().as_bytes().to_vec()));
        }
    }
    let refused = |e: safetensors::SafeTensorError| Error::checkpoint(path, e.to_string());
    let views = tensors
        .iter()
        .map(|(name, data)| {
            let view = TensorView::new(Dtype::F32, vec![data.len() / 4], data).map_err(refused)?;
            Ok((name.as_str(), view))
        })
        .collect::<Result<Vec<_>>>()?;
    write(path, &serialize(views, None).map_err(refused)?)
}

fn load_moments(
    path: &Path,
    steps: &BTreeMap<String, usize>,
    model: &Model,
) -> Result<BTreeMap<String, Moments>> {
    let file = SafetensorsFile::open(path)?;
    let device = model.device();
    let tensor = |name: String| -> Result<Tensor<1>> {
        let values = file.tensor(&name)?.to_f32()?;
        let shape = [values.len()];
        Ok(Tensor::from_data(TensorData::new(values, shape), (&device, burn::tensor::DType::F32)))
    };
    let moments = |(name, steps): (&String, &usize)| {
        let master = format!("{name}#master");
        let master =
            file.names().any(|known| known == master).then(|| tensor(master)).transpose()?;
        let [first, second] = ["first", "second"].map(|part| tensor(format!("{name}#{part}")));
        Ok((name.clone(), Moments { first: first?, second: second?, master, steps: *steps }))
    };
    steps.iter().map(moments).collect()
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    let synced = fs::write(path, content).and_then(|()| fs::File::open(path)?.sync_all());
    synced.map_err(|e| Error::write(path, e))
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::write(folder, e)),
        _ => Ok(()),
    }
}
