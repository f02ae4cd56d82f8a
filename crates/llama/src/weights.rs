//! Where the tensors of a model come from: one interface over GGUF files and Hugging Face folders.
//!
//! Tensors are asked for by their Hugging Face name and come as f32, row-major, in the layout of Hugging Face checkpoints.

use std::path::Path;

use crate::config::{Architecture, Config};
use crate::error::{Error, Result};
use crate::gguf::{Gguf, TensorView};
use crate::quant::GgmlType;
use crate::safetensors::HfFolder;

mod names;
mod permute;

pub(crate) use names::to_gguf;
pub(crate) use permute::interleaved;

/// A tensor in the form that loses nothing.
pub(crate) enum Stored<'a> {
    /// Quantised: the file's own blocks.
    Blocks(BlockRows<'a>),
    /// Floating point, row-major.
    Floats(Vec<f32>),
}

/// The rows of a quantised matrix, in the order of Hugging Face checkpoints.
pub(crate) struct BlockRows<'a> {
    pub(crate) ty: GgmlType,
    bytes: &'a [u8],
    row_bytes: usize,
    /// The width of a head whose rows lie interleaved.
    interleaved: Option<usize>,
}

impl<'a> BlockRows<'a> {
    /// The blocks of one row.
    pub(crate) fn row(&self, row: usize) -> &'a [u8] {
        let row = self.interleaved.map_or(row, |head_dim| permute::source_row(row, head_dim));
        &self.bytes[row * self.row_bytes..][..self.row_bytes]
    }
}

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
            Source::Gguf(gguf) => to_gguf(name).is_some_and(|name| gguf.contains(&name)),
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

    /// As [`load`](Self::load), but a matrix with quantised rows comes as it is.
    pub(crate) fn stored(&self, name: &str, shape: &[usize; 2]) -> Result<Stored<'_>> {
        if let Source::Gguf(gguf) = &self.source {
            let view = Self::view(gguf, name, shape)?;
            let ty = view.ty();
            if ty.block_len() > 1 {
                let row_bytes = shape[1] / ty.block_len() * ty.block_bytes();
                let interleaved =
                    interleaved_heads(&self.config, name).map(|_| self.config.head_dim);
                return Ok(Stored::Blocks(BlockRows {
                    ty,
                    bytes: view.bytes(),
                    row_bytes,
                    interleaved,
                }));
            }
        }
        self.load(name, shape).map(Stored::Floats)
    }

    fn view<'a>(gguf: &'a Gguf, name: &str, shape: &[usize]) -> Result<TensorView<'a>> {
        let stored = to_gguf(name).ok_or_else(|| Error::missing_tensor(gguf.path(), name))?;
        let view = gguf.tensor(&stored)?;
        expect_shape(gguf.path(), &stored, shape, view.shape())?;
        Ok(view)
    }

    fn load_gguf(&self, gguf: &Gguf, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let data = Self::view(gguf, name, shape)?.dequantise();
        Ok(match interleaved_heads(&self.config, name) {
            Some(heads) => {
                permute::half_split(&data, heads, self.config.head_dim, shape[1..].iter().product())
            }
            None => data,
        })
    }
}

/// How many heads a tensor has whose rows llama.cpp's converter reorders.
pub(crate) fn interleaved_heads(config: &Config, name: &str) -> Option<usize> {
    if config.architecture != Architecture::Llama {
        return None;
    }
    let heads = [("self_attn.q_proj", config.num_heads), ("self_attn.k_proj", config.num_kv_heads)];
    heads.into_iter().find_map(|(part, heads)| name.contains(part).then_some(heads))
}

fn expect_shape(path: &Path, tensor: &str, expected: &[usize], found: &[usize]) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (expected.to_vec(), found.to_vec());
    Err(Error::Shape { path: path.to_owned(), tensor: tensor.to_owned(), expected, found })
}
