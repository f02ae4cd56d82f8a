//! Where the tensors of a model come from: one interface over GGUF files and Hugging Face folders.
//!
//! Tensors are asked for by their Hugging Face name and come as f32, row-major, in the layout of Hugging Face checkpoints.

use std::path::Path;

use crate::config::{Architecture, Config};
use crate::error::{Error, Result};
use crate::gguf::Gguf;
use crate::safetensors::HfFolder;

mod names;
mod permute;

/// The tensors of one model.
#[derive(Debug)]
pub struct Weights {
    source: Source,
    config: Config,
}

#[derive(Debug)]
enum Source {
    Gguf(Gguf),
    Folder(HfFolder),
}

impl Weights {
    /// Opens a GGUF file, or a folder with `config.json` and safetensors, and reads its settings. No tensor is read yet.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the file or its settings, by name and place.
    pub fn open(path: &Path) -> Result<Self> {
        if path.is_dir() {
            let config_path = path.join("config.json");
            let text =
                std::fs::read_to_string(&config_path).map_err(|e| Error::io(&config_path, e))?;
            let config = Config::from_json(&text, &config_path)?;
            return Ok(Self { source: Source::Folder(HfFolder::open(path)?), config });
        }
        let gguf = Gguf::open(path)?;
        let config = Config::from_gguf(&gguf)?;
        Ok(Self { source: Source::Gguf(gguf), config })
    }

    /// The sizes and constants of the model.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The GGUF file, where the tensors come from one: its metadata also holds the tokenizer.
    pub fn gguf(&self) -> Option<&Gguf> {
        match &self.source {
            Source::Gguf(gguf) => Some(gguf),
            Source::Folder(_) => None,
        }
    }

    /// Whether there is a tensor of this Hugging Face name.
    pub fn contains(&self, name: &str) -> bool {
        match &self.source {
            Source::Gguf(gguf) => names::to_gguf(name).is_some_and(|name| gguf.contains(&name)),
            Source::Folder(folder) => folder.contains(name),
        }
    }

    /// Reads one tensor by its Hugging Face name, converted to f32.
    ///
    /// # Errors
    ///
    /// The tensor is missing, has another shape than `shape`, or a type that cannot be read.
    pub fn load(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        match &self.source {
            Source::Gguf(gguf) => self.load_gguf(gguf, name, shape),
            Source::Folder(folder) => {
                let view = folder.tensor(name)?;
                expect_shape(view.path(), name, shape, view.shape())?;
                view.to_f32()
            }
        }
    }

    fn load_gguf(&self, gguf: &Gguf, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let stored =
            names::to_gguf(name).ok_or_else(|| Error::missing_tensor(gguf.path(), name))?;
        let view = gguf.tensor(&stored)?;
        expect_shape(gguf.path(), &stored, shape, view.shape())?;
        let data = view.dequantise();
        Ok(match self.interleaved_heads(name) {
            Some(heads) => {
                permute::half_split(&data, heads, self.config.head_dim, shape[1..].iter().product())
            }
            None => data,
        })
    }

    /// How many heads a tensor has whose rows llama.cpp's converter reorders.
    fn interleaved_heads(&self, name: &str) -> Option<usize> {
        if self.config.architecture != Architecture::Llama {
            return None;
        }
        let heads = [
            ("self_attn.q_proj", self.config.num_heads),
            ("self_attn.k_proj", self.config.num_kv_heads),
        ];
        heads.into_iter().find_map(|(part, heads)| name.contains(part).then_some(heads))
    }
}

fn expect_shape(path: &Path, tensor: &str, expected: &[usize], found: &[usize]) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (expected.to_vec(), found.to_vec());
    Err(Error::Shape { path: path.to_owned(), tensor: tensor.to_owned(), expected, found })
}
