//! From tensors on disk to a [`Model`] on a device.

use burn::module::Param;
use burn::tensor::{Device, Tensor, TensorData};

use super::Model;
use super::attention::Attention;
use super::layer::{Layer, Mlp};
use super::linear::Linear;
use super::norm::RmsNorm;
use crate::config::Config;
use crate::error::Result;
use crate::rope;
use crate::weights::Weights;

impl Model {
    /// Reads every tensor, one after the other, onto `device`: beside the model itself only the tensor being converted is in memory.
    ///
    /// # Errors
    ///
    /// A tensor that is missing, has an unexpected shape, or a type that cannot be read.
    pub fn load(weights: &Weights, device: &Device) -> Result<Self> {
        let config = weights.config().clone();
        let loader = Loader { weights, config: &config, device };
        // The largest tensors come first, while the least is in memory.
        let embed_tokens =
            loader.matrix("model.embed_tokens.weight", config.vocab_size, config.hidden_size)?;
        let lm_head = if config.tied_head {
            None
        } else {
            Some(loader.linear("lm_head", config.hidden_size, config.vocab_size, false)?)
        };
        let layers =
            (0..config.num_layers).map(|index| loader.layer(index)).collect::<Result<_>>()?;
        let norm = loader.norm("model.norm")?;
        let frequencies =
            rope::frequencies(config.head_dim, config.rope_theta, &config.rope_scaling);
        Ok(Self { embed_tokens, layers, norm, lm_head, frequencies, config })
    }
}

struct Loader<'a> {
    weights: &'a Weights,
    config: &'a Config,
    device: &'a Device,
}

impl Loader<'_> {
    fn layer(&self, index: usize) -> Result<Layer> {
        let at = |part: &str| format!("model.layers.{index}.{part}");
        Ok(Layer {
            input_layernorm: self.norm(&at("input_layernorm"))?,
            self_attn: self.attention(&at("self_attn"))?,
            post_attention_layernorm: self.norm(&at("post_attention_layernorm"))?,
            mlp: self.mlp(&at("mlp"))?,
        })
    }

    fn attention(&self, name: &str) -> Result<Attention> {
        let Config {
            hidden_size,
            num_heads,
            num_kv_heads,
            head_dim,
            attention_bias,
            output_bias,
            ..
        } = *self.config;
        let (q, kv) = (num_heads * head_dim, num_kv_heads * head_dim);
        Ok(Attention {
            q_proj: self.linear(&format!("{name}.q_proj"), hidden_size, q, attention_bias)?,
            k_proj: self.linear(&format!("{name}.k_proj"), hidden_size, kv, attention_bias)?,
            v_proj: self.linear(&format!("{name}.v_proj"), hidden_size, kv, attention_bias)?,
            o_proj: self.linear(&format!("{name}.o_proj"), q, hidden_size, output_bias)?,
            num_heads,
            num_kv_heads,
            head_dim,
        })
    }

    fn mlp(&self, name: &str) -> Result<Mlp> {
        let Config { hidden_size, intermediate_size, .. } = *self.config;
        Ok(Mlp {
            gate_proj: self.linear(
                &format!("{name}.gate_proj"),
                hidden_size,
                intermediate_size,
                false,
            )?,
            up_proj: self.linear(
                &format!("{name}.up_proj"),
                hidden_size,
                intermediate_size,
                false,
            )?,
            down_proj: self.linear(
                &format!("{name}.down_proj"),
                intermediate_size,
                hidden_size,
                false,
            )?,
        })
    }

    fn linear(&self, name: &str, d_in: usize, d_out: usize, biased: bool) -> Result<Linear> {
        let weight = self.matrix(&format!("{name}.weight"), d_out, d_in)?;
        let bias = biased.then(|| self.vector(&format!("{name}.bias"), d_out)).transpose()?;
        Ok(Linear { weight, bias, adapter: None })
    }

    fn norm(&self, name: &str) -> Result<RmsNorm> {
        let gamma = self.vector(&format!("{name}.weight"), self.config.hidden_size)?;
        Ok(RmsNorm { gamma, epsilon: self.config.rms_norm_eps })
    }

    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Param<Tensor<2>>> {
        self.parameter(name, [rows, columns])
    }

    fn vector(&self, name: &str, len: usize) -> Result<Param<Tensor<1>>> {
        self.parameter(name, [len])
    }

    fn parameter<const D: usize>(&self, name: &str, shape: [usize; D]) -> Result<Param<Tensor<D>>> {
        let data = self.weights.load(name, &shape)?;
        let tensor = Tensor::from_data(TensorData::new(data, shape), self.device);
        Ok(Param::from_tensor(tensor))
    }
}
