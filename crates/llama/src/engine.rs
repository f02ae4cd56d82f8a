//! The forward pass on the processor, with weights of 4 to 8 bits.
//!
//! Repairing code reads a long prompt and then verifies drafts of many tokens at once, so what counts is the cost of a *batch* of
//! tokens. The engine keeps weights packed as their file has them, 4 to 8 bits each, quantises activations to 8 bits, and
//! multiplies integers, with the instructions that the processor turns out to have: AVX-512 VNNI, AVX-VNNI, AVX2, or plain code.
//! A batch reads every weight once.
//!
//! ```text
//! GGUF blocks --Matrix--> panels of 16 channels --Tile--> bytes  \
//!                                                                 dot --> sums: 16 channels of each row
//! activations --Rows----> blocks of 32 integers with a scale     /
//! ```
//!
//! No number depends on how the work is cut: the logits of a token are the same bits in a batch of any size, on any number of
//! threads, and on any of the instruction sets. So drafted decoding equals plain decoding exactly, and so do several sessions that go on
//! together ([`Session::greedy_batch`]).
//!
//! # Example
//!
//! ```
//! use std::path::Path;
//! use std::sync::Arc;
//! use fixwright_llama::engine::{Model, Options, Session};
//! use fixwright_llama::weights::Weights;
//!
//! // A file ending in .gguf works the same way.
//! let weights = Weights::open(Path::new("tests/data/tiny/llama2"))?;
//! let model = Arc::new(Model::load(&weights, &Options::default())?);
//!
//! let mut one_by_one = Session::new(Arc::clone(&model));
//! one_by_one.greedy(&[1, 2, 3], 1)?;
//! let mut at_once = one_by_one.clone();
//! let single = [4, 5, 6].map(|token| one_by_one.greedy(&[token], 1).map(|ids| ids[0]));
//! let batch = at_once.greedy(&[4, 5, 6], 3)?;
//! assert_eq!(single.into_iter().collect::<Result<Vec<_>, _>>()?, batch);
//! # Ok::<(), fixwright_llama::Error>(())
//! ```

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::rope;
use crate::tiles::Tiles;
use crate::weights::Weights;

mod adapter;
mod attention;
mod cache;
mod forward;
mod kernel;
mod low_rank;
mod math;
mod matrix;
mod memory;
mod pack;
mod panels;
mod rows;
mod session;
mod unpack;

pub use session::{Append, Session};

use kernel::{Cpu, Team};
use matrix::Matrix;
use rows::Form;

/// How to run a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// How many threads compute; all that the system offers where it is not said.
    pub threads: Option<NonZero<usize>>,
    /// What weights are multiplied as.
    pub precision: Precision,
    /// [Reads](Session::read) prompts without tile registers, so that a model answers the same on every processor.
    pub portable: bool,
}

/// What weights are multiplied as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Precision {
    /// As small integers with scales, and activations as 8-bit integers. Quantised files keep the numbers they have; weights in
    /// floating point are quantised to 8 bits, as GGML's `Q8_0`.
    #[default]
    Quantised,
    /// Everything in f32: the reference for the other, many times slower, and four bytes a weight.
    F32,
}

/// A Llama-family language model, ready to run.
pub struct Model {
    config: Config,
    embedding: Arc<Matrix>,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    /// The embedding itself where the model says so.
    head: Arc<Matrix>,
    frequencies: Vec<f64>,
    core: Core,
}

/// What computes, and how.
struct Core {
    cpu: Cpu,
    team: Team,
    precision: Precision,
    tiles: bool,
}

impl Core {
    fn new(options: &Options) -> Result<Self> {
        let threads = options.threads.map_or_else(thread::available_parallelism, Ok);
        let team = threads.and_then(|threads| Team::new(threads.get()));
        let team =
            team.map_err(|e| Error::Device { device: "cpu".to_owned(), what: e.to_string() })?;
        let tiles = !options.portable && Tiles::are_available();
        Ok(Self { cpu: Cpu::detect(), team, precision: options.precision, tiles })
    }

    /// What rows are multiplied as.
    fn form(&self) -> Form {
        match self.precision {
            Precision::Quantised => Form::Blocks,
            Precision::F32 => Form::Floats,
        }
    }

    /// What rows of a prompt are multiplied as.
    fn reading_form(&self) -> Form {
        match self.form() {
            Form::Blocks if self.tiles => Form::Tiles,
            form => form,
        }
    }

    /// How many of so many panels a thread takes at once: few enough that none is left waiting for long.
    fn grain(&self, panels: usize) -> usize {
        (panels / (8 * self.team.threads())).max(1)
    }
}

/// The weights of a transformer block. A bias that the model does not have is empty.
struct Layer {
    attention_norm: Vec<f32>,
    qkv: [Matrix; 3],
    qkv_bias: [Vec<f32>; 3],
    output: Matrix,
    output_bias: Vec<f32>,
    feed_forward_norm: Vec<f32>,
    gate: Matrix,
    up: Matrix,
    down: Matrix,
}

impl Model {
    /// Reads and packs every tensor, on all threads of the process. The file is not needed afterwards.
    ///
    /// # Errors
    ///
    /// A tensor that is missing, has an unexpected shape, or a type that cannot be read; [`Error::Device`] if the system refuses
    /// threads.
    pub fn load(weights: &Weights, options: &Options) -> Result<Self> {
        let core = Core::new(options)?;
        let config = weights.config().clone();
        let loader = Loader { weights, config: &config, precision: options.precision };
        let Parts { embedding, head, layers, norm } = loader.parts()?;
        let frequencies =
            rope::frequencies(config.head_dim, config.rope_theta, &config.rope_scaling);
        Ok(Self { config, embedding, layers, norm, head, frequencies, core })
    }

    /// The model's sizes and constants.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Bytes of the weights in memory, those of an adapter counted.
    pub fn weight_bytes(&self) -> usize {
        let layers = self.layers.iter().flat_map(|layer| {
            layer.qkv.iter().chain([&layer.output, &layer.gate, &layer.up, &layer.down])
        });
        let head = (!Arc::ptr_eq(&self.head, &self.embedding)).then_some(&*self.head);
        layers.chain([&*self.embedding]).chain(head).map(Matrix::bytes).sum()
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("config", &self.config).finish_non_exhaustive()
    }
}

struct Loader<'a> {
    weights: &'a Weights,
    config: &'a Config,
    precision: Precision,
}

struct Parts {
    embedding: Arc<Matrix>,
    head: Arc<Matrix>,
    layers: Vec<Layer>,
    norm: Vec<f32>,
}

impl Loader<'_> {
    fn parts(&self) -> Result<Parts> {
        let Config { vocab_size, hidden_size, num_layers, tied_head, .. } = *self.config;
        let ids = [vocab_size, hidden_size];
        let embedding = Arc::new(self.matrix("model.embed_tokens", ids)?);
        let head =
            if tied_head { Arc::clone(&embedding) } else { Arc::new(self.matrix("lm_head", ids)?) };
        let layers = (0..num_layers).map(|index| self.layer(index)).collect::<Result<_>>()?;
        Ok(Parts { embedding, head, layers, norm: self.vector("model.norm.weight", hidden_size)? })
    }

    fn layer(&self, index: usize) -> Result<Layer> {
        let at = |part: &str| format!("model.layers.{index}.{part}");
        let config = self.config;
        let (hidden, inner) = (config.hidden_size, config.intermediate_size);
        let q = config.num_heads * config.head_dim;
        let kv = config.num_kv_heads * config.head_dim;
        let bias = |part: &str, len: usize, has: bool| {
            if has { self.vector(&at(&format!("{part}.bias")), len) } else { Ok(Vec::new()) }
        };
        let biased = config.attention_bias;
        Ok(Layer {
            attention_norm: self.vector(&at("input_layernorm.weight"), hidden)?,
            qkv: [
                self.matrix(&at("self_attn.q_proj"), [q, hidden])?,
                self.matrix(&at("self_attn.k_proj"), [kv, hidden])?,
                self.matrix(&at("self_attn.v_proj"), [kv, hidden])?,
            ],
            qkv_bias: [
                bias("self_attn.q_proj", q, biased)?,
                bias("self_attn.k_proj", kv, biased)?,
                bias("self_attn.v_proj", kv, biased)?,
            ],
            output: self.matrix(&at("self_attn.o_proj"), [hidden, q])?,
            output_bias: bias("self_attn.o_proj", hidden, config.output_bias)?,
            feed_forward_norm: self.vector(&at("post_attention_layernorm.weight"), hidden)?,
            gate: self.matrix(&at("mlp.gate_proj"), [inner, hidden])?,
            up: self.matrix(&at("mlp.up_proj"), [inner, hidden])?,
            down: self.matrix(&at("mlp.down_proj"), [hidden, inner])?,
        })
    }

    fn matrix(&self, name: &str, shape: [usize; 2]) -> Result<Matrix> {
        Matrix::load(self.weights, &format!("{name}.weight"), shape, self.precision)
    }

    fn vector(&self, name: &str, len: usize) -> Result<Vec<f32>> {
        self.weights.load(name, &[len])
    }
}
