//! LoRA adapters on disk, in the format of Hugging Face PEFT.
//!
//! A low-rank adapter (Hu et al. 2021, arXiv 2106.09685) adds `scale * B A` to the weight of a linear map. A folder with
//! `adapter_config.json` and `adapter_model.safetensors` holds the factors of every adapted module.

use std::collections::BTreeMap;
use std::path::Path;

use ::safetensors::tensor::TensorView;
use ::safetensors::{Dtype, serialize};
use half::f16;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::replace::replace;
use crate::safetensors::SafetensorsFile;

mod config;

pub use config::AdapterConfig;

/// The name of the file with the settings.
const CONFIG: &str = "adapter_config.json";
/// The name of the file with the factors.
const TENSORS: &str = "adapter_model.safetensors";
/// What PEFT puts before the name of a module.
const PREFIX: &str = "base_model.model.";

/// A LoRA adapter: its settings, and the factors of each module by its Hugging Face name, `model.layers.0.self_attn.q_proj`.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    /// The settings.
    pub config: AdapterConfig,
    /// The factors.
    pub factors: BTreeMap<String, Factors>,
}

/// The two factors of one module.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    /// `[rank, inputs]`, row-major.
    pub a: Vec<f32>,
    /// `[outputs, rank]`, row-major.
    pub b: Vec<f32>,
    /// The inner dimension.
    pub rank: usize,
}

/// Factors of an adapter that no module of a model has taken yet.
pub(crate) struct Untaken<'a>(BTreeMap<&'a str, &'a Factors>);

impl<'a> Untaken<'a> {
    /// The factors for a module of this shape, [outputs, inputs], if there are any.
    pub(crate) fn take(&mut self, module: &str, shape: &[usize]) -> Result<Option<&'a Factors>> {
        let factors = self.0.remove(module);
        factors.map_or(Ok(()), |factors| factors.check(module, shape))?;
        Ok(factors)
    }

    /// Refuses an adapter with factors that are left.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.keys().next() {
            Some(name) => Err(Error::Adapter { what: format!("it has no `{name}`") }),
            None => Ok(()),
        }
    }
}

/// How the factors of an adapter are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FactorType {
    /// As they are.
    #[default]
    F32,
    /// Rounded to 16 bits: half the file.
    F16,
}

impl Factors {
    /// Columns of `a`.
    pub fn inputs(&self) -> usize {
        self.a.len() / self.rank
    }

    /// Rows of `b`.
    pub fn outputs(&self) -> usize {
        self.b.len() / self.rank
    }

    /// Refuses a module, [outputs, inputs], that the factors are not for.
    pub(crate) fn check(&self, module: &str, shape: &[usize]) -> Result<()> {
        let made = [self.outputs(), self.inputs()];
        if shape == made {
            return Ok(());
        }
        Err(Error::Adapter { what: format!("`{module}` is {shape:?}, its factors make {made:?}") })
    }

    /// Adds `scale * B A` to a weight of `[outputs, inputs]`, row-major.
    ///
    /// # Panics
    ///
    /// If the weight has another size.
    pub fn merge_into(&self, weight: &mut [f32], scale: f32) {
        assert_eq!(weight.len(), self.outputs() * self.inputs(), "size of the weight");
        let rows = weight.chunks_exact_mut(self.inputs()).zip(self.b.chunks_exact(self.rank));
        for (row, coefficients) in rows {
            for (coefficient, direction) in coefficients.iter().zip(self.a.chunks(self.inputs())) {
                let step = scale * coefficient;
                row.iter_mut().zip(direction).for_each(|(w, d)| *w += step * d);
            }
        }
    }
}

impl Adapter {
    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// A file that is missing or broken, a kind of adapter that is not plain LoRA on linear maps, factors that do not fit together.
    pub fn open(folder: &Path) -> Result<Self> {
        let config = AdapterConfig::read(&folder.join(CONFIG))?;
        let file = SafetensorsFile::open(folder.join(TENSORS))?;
        let mut factors = BTreeMap::new();
        for name in file.names() {
            let unknown = || Error::safetensors(file.path(), format!("`{name}` is no LoRA factor"));
            let module = name.strip_prefix(PREFIX).ok_or_else(unknown)?;
            let Some(module) = module.strip_suffix(".lora_A.weight") else {
                let counterpart = name.strip_suffix(".lora_B.weight").ok_or_else(unknown)?;
                file.tensor(&format!("{counterpart}.lora_A.weight"))?;
                continue;
            };
            factors.insert(module.to_owned(), read_factors(&file, module)?);
        }
        if factors.is_empty() {
            return Err(Error::safetensors(file.path(), "there is no LoRA factor in it"));
        }
        Ok(Self { config, factors })
    }

    /// Writes a folder, which is made if it is not there, with factors in f32. Each file is written under another name and then renamed.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn save(&self, folder: &Path) -> Result<()> {
        self.save_as(folder, FactorType::F32)
    }

    /// As [`save`](Self::save), with factors in another type.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn save_as(&self, folder: &Path, factors: FactorType) -> Result<()> {
        std::fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
        let tensors = self.to_bytes(folder, factors)?;
        replace(&folder.join(TENSORS), |file| std::fs::write(file, &tensors))?;
        let config = self.config.to_json(self.factors.keys());
        replace(&folder.join(CONFIG), |file| std::fs::write(file, &config))
    }

    /// What `B A` is multiplied by.
    pub fn scale(&self) -> f64 {
        self.config.scale()
    }

    /// The factors, to be taken by the modules of a model.
    pub(crate) fn untaken(&self) -> Untaken<'_> {
        Untaken(self.factors.iter().map(|(name, factors)| (name.as_str(), factors)).collect())
    }

    fn to_bytes(&self, folder: &Path, factors: FactorType) -> Result<Vec<u8>> {
        let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
        for (module, f) in &self.factors {
            let name = |factor: &str| format!("{PREFIX}{module}.lora_{factor}.weight");
            tensors.push((name("A"), vec![f.rank, f.inputs()], factors.bytes(&f.a)));
            tensors.push((name("B"), vec![f.outputs(), f.rank], factors.bytes(&f.b)));
        }
        let refused = |e: ::safetensors::SafeTensorError| {
            Error::safetensors(&folder.join(TENSORS), e.to_string())
        };
        let views = tensors
            .iter()
            .map(|(name, shape, data)| {
                let view =
                    TensorView::new(factors.dtype(), shape.clone(), data).map_err(refused)?;
                Ok((name.as_str(), view))
            })
            .collect::<Result<Vec<_>>>()?;
        let metadata = std::collections::HashMap::from([("format".to_owned(), "pt".to_owned())]);
        serialize(views, Some(metadata)).map_err(refused)
    }
}

fn read_factors(file: &SafetensorsFile, module: &str) -> Result<Factors> {
    let a = file.tensor(&format!("{PREFIX}{module}.lora_A.weight"))?;
    let b = file.tensor(&format!("{PREFIX}{module}.lora_B.weight"))?;
    let misfit = || {
        let what =
            format!("`{module}`: lora_A {:?} and lora_B {:?} do not fit", a.shape(), b.shape());
        Error::safetensors(file.path(), what)
    };
    let (&[rank, inputs], &[outputs, columns]) = (a.shape(), b.shape()) else {
        return Err(misfit());
    };
    if rank != columns || rank == 0 || inputs == 0 || outputs == 0 {
        return Err(misfit());
    }
    Ok(Factors { a: a.to_f32()?, b: b.to_f32()?, rank })
}

impl FactorType {
    fn dtype(self) -> Dtype {
        match self {
            Self::F32 => Dtype::F32,
            Self::F16 => Dtype::F16,
        }
    }

    fn bytes(self, values: &[f32]) -> Vec<u8> {
        match self {
            Self::F32 => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::F16 => {
                values.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter() -> Adapter {
        let factors = Factors { a: vec![1.0, 2.0, 3.0], b: vec![0.5, -1.0], rank: 1 };
        let config = AdapterConfig::new(1, 2.0);
        Adapter {
            config,
            factors: [("model.layers.0.self_attn.q_proj".to_owned(), factors)].into(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let written = adapter();
        written.save(folder.path()).unwrap();
        let read = Adapter::open(folder.path()).unwrap();
        assert_eq!(read, written);
        assert_eq!(read.scale(), 2.0);
    }

    #[test]
    fn factors_of_16_bits_are_the_nearest() {
        let folder = tempfile::tempdir().unwrap();
        let mut written = adapter();
        let factors = written.factors.first_entry().unwrap().into_mut();
        factors.a[1] = 0.1;
        written.save_as(folder.path(), FactorType::F16).unwrap();
        let read = Adapter::open(folder.path()).unwrap();
        let read = &read.factors["model.layers.0.self_attn.q_proj"];
        assert_eq!(read.a, [1.0, f16::from_f32(0.1).to_f32(), 3.0]);
        assert_eq!(read.b, [0.5, -1.0]);
    }

    #[test]
    fn merging_adds_the_scaled_product() {
        let mut weight = vec![1.0; 6];
        adapter().factors["model.layers.0.self_attn.q_proj"].merge_into(&mut weight, 2.0);
        assert_eq!(weight, [2.0, 3.0, 4.0, -1.0, -3.0, -5.0]);
    }

    #[test]
    fn a_factor_without_its_counterpart_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        adapter().save(folder.path()).unwrap();
        let path = folder.path().join(TENSORS);
        let text = std::fs::read(&path).unwrap();
        let renamed = String::from_utf8_lossy(&text).contains("lora_B");
        assert!(renamed);
        let at = text.windows(6).position(|w| w == b"lora_B").unwrap();
        let mut broken = text;
        broken[at..at + 6].copy_from_slice(b"lora_C");
        std::fs::write(&path, broken).unwrap();
        let error = Adapter::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("lora_"), "{error}");
    }
}
