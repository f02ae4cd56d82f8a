//! The model: embedding, transformer blocks, final norm and output head, on burn.
//!
//! Field names are those of Hugging Face checkpoints, so that a parameter's path is its tensor's name there.

use burn::module::{Module, Param};
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::config::Config;
use crate::rope;

mod attention;
mod bf16;
mod cache;
mod fused;
mod layer;
mod linear;
mod load;
mod lora;
mod norm;
mod packed;
mod quantise;
mod save;
mod session;

pub use cache::Cache;
pub use layer::Layer;
pub use linear::Linear;
pub use lora::LowRank;
use norm::RmsNorm;
pub use packed::Packed;
pub use session::Session;

/// A Llama-family language model.
///
/// Shapes in this crate: `B` sequences of a batch, `T` new tokens each, `V` the vocabulary, `H` the hidden size.
#[derive(Module, Debug)]
pub struct Model {
    embed_tokens: Param<Tensor<2>>,
    layers: Vec<Layer>,
    norm: RmsNorm,
    /// `None` where the embedding is the head.
    lm_head: Option<Linear>,
    #[module(skip)]
    config: Config,
    #[module(skip)]
    frequencies: Vec<f64>,
}

/// Cosines and sines of the new positions, `[1, 1, T, head_dim / 2]` each.
#[derive(Clone)]
pub(crate) struct Angles {
    cos: Tensor<4>,
    sin: Tensor<4>,
}

impl Model {
    /// The model's sizes and constants.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The device that holds the weights.
    pub fn device(&self) -> Device {
        self.embed_tokens.device()
    }

    /// An empty cache that fits this model.
    pub fn new_cache(&self) -> Cache {
        Cache::new(self.layers.len())
    }

    /// Appends `ids`, `[B, T]`, to the sequences in `cache` and returns the normalised hidden states of the new
    /// positions, `[B * T, H]`, sequence-major.
    ///
    /// Causal: position `t` sees the cache and the new positions up to `t`.
    ///
    /// # Panics
    ///
    /// If `B` is not the cache's batch size, or an id is not below the vocabulary size. [`Session`] checks both.
    pub fn forward(&self, ids: Tensor<2, Int>, cache: &mut Cache) -> Tensor<2> {
        let [batch, count] = ids.dims();
        let angles = self.angles(cache.len(), count);
        let mut x = self.embed(ids.reshape([batch * count]));
        for (layer, past) in self.layers.iter().zip(cache.layers_mut()) {
            x = layer.forward(x, batch, &angles, past);
        }
        self.norm.forward(x)
    }

    /// The logits, `[N, V]`, of hidden states `[N, H]` that [`forward`](Self::forward) returned: unnormalised log-probabilities
    /// of the token after each position.
    pub fn logits(&self, hidden: Tensor<2>) -> Tensor<2> {
        match &self.lm_head {
            Some(head) => head.forward(hidden),
            None => linear::product(hidden, self.embed_tokens.val()),
        }
    }

    fn angles(&self, start: usize, count: usize) -> Angles {
        let (cos, sin) = rope::angles(&self.frequencies, start, count);
        self.upload_angles(cos, sin, count)
    }

    fn upload_angles(&self, cos: Vec<f32>, sin: Vec<f32>, count: usize) -> Angles {
        let device = self.device();
        let shape = [1, 1, count, self.frequencies.len()];
        Angles {
            cos: Tensor::from_data(TensorData::new(cos, shape), &device),
            sin: Tensor::from_data(TensorData::new(sin, shape), &device),
        }
    }
}
