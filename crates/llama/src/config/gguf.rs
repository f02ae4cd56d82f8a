//! The settings of a GGUF file.

use super::{Architecture, Config, SUPPORTED};
use crate::error::{Error, Result};
use crate::gguf::{FromValue, Gguf};
use crate::rope::RopeScaling;

/// Divisors of the rotary frequencies, one a frequency, where the model has them (Llama 3.1 and later).
const ROPE_DIVISORS: &str = "rope_freqs.weight";

impl Config {
    /// Reads the metadata of a GGUF file.
    ///
    /// # Errors
    ///
    /// A setting missing or impossible, an unknown architecture, or one that asks for arithmetic that is not implemented.
    pub fn from_gguf(gguf: &Gguf) -> Result<Self> {
        let name: &str = gguf.metadata().require("general.architecture")?;
        let architecture =
            Architecture::from_name(name).ok_or_else(|| Error::UnknownArchitecture {
                path: gguf.path().to_owned(),
                name: name.to_owned(),
                supported: SUPPORTED,
            })?;
        let keys = Keys { gguf, prefix: name };
        let hidden_size = keys.require("embedding_length")?;
        let num_heads: usize = keys.require("attention.head_count")?;
        let head_dim = match keys.get("attention.key_length")? {
            Some(dim) => dim,
            None => hidden_size / num_heads.max(1),
        };
        keys.refuse_partial_rotation(head_dim)?;
        let config = Self {
            architecture,
            vocab_size: keys.vocab_size()?,
            hidden_size,
            intermediate_size: keys.require("feed_forward_length")?,
            num_layers: keys.require("block_count")?,
            num_heads,
            num_kv_heads: keys.get("attention.head_count_kv")?.unwrap_or(num_heads),
            head_dim,
            context_length: keys.require("context_length")?,
            rms_norm_eps: keys.require::<f32>("attention.layer_norm_rms_epsilon")?.into(),
            rope_theta: keys.get::<f32>("rope.freq_base")?.unwrap_or(10_000.0).into(),
            rope_scaling: keys.rope_scaling(head_dim)?,
            attention_bias: gguf.contains("blk.0.attn_q.bias"),
            output_bias: gguf.contains("blk.0.attn_output.bias"),
            tied_head: !gguf.contains("output.weight"),
        };
        config.check().map_err(|(key, what)| Error::config(gguf.path(), key, what))?;
        Ok(config)
    }
}

/// The keys that begin with the architecture's name.
struct Keys<'a> {
    gguf: &'a Gguf,
    prefix: &'a str,
}

impl<'a> Keys<'a> {
    fn get<T: FromValue<'a>>(&self, key: &str) -> Result<Option<T>> {
        self.gguf.metadata().get(&format!("{}.{key}", self.prefix))
    }

    fn require<T: FromValue<'a>>(&self, key: &str) -> Result<T> {
        self.gguf.metadata().require(&format!("{}.{key}", self.prefix))
    }

    /// Not every writer states it; the embedding has one row an id.
    fn vocab_size(&self) -> Result<usize> {
        match self.get("vocab_size")? {
            Some(size) => Ok(size),
            None => {
                Ok(self.gguf.tensor("token_embd.weight")?.shape().first().copied().unwrap_or(0))
            }
        }
    }

    fn refuse_partial_rotation(&self, head_dim: usize) -> Result<()> {
        let rotated: usize = self.get("rope.dimension_count")?.unwrap_or(head_dim);
        if rotated == head_dim {
            return Ok(());
        }
        let key = format!("{}.rope.dimension_count", self.prefix);
        let what =
            format!("is {rotated} of a head of {head_dim}: rotating a part is not implemented");
        Err(Error::config(self.gguf.path(), key, what))
    }

    fn rope_scaling(&self, head_dim: usize) -> Result<RopeScaling> {
        if self.gguf.contains(ROPE_DIVISORS) {
            return self.rope_divisors(head_dim);
        }
        match self.get("rope.scaling.type")? {
            None | Some("none") => Ok(RopeScaling::None),
            Some("linear") => Ok(RopeScaling::Linear {
                factor: self.require::<f32>("rope.scaling.factor")?.into(),
            }),
            Some(other) => {
                let key = format!("{}.rope.scaling.type", self.prefix);
                let what = format!(
                    "is `{other}`, implemented are none, linear and per-frequency divisors"
                );
                Err(Error::config(self.gguf.path(), key, what))
            }
        }
    }

    fn rope_divisors(&self, head_dim: usize) -> Result<RopeScaling> {
        let view = self.gguf.tensor(ROPE_DIVISORS)?;
        if *view.shape() != [head_dim / 2] {
            return Err(Error::Shape {
                path: self.gguf.path().to_owned(),
                tensor: ROPE_DIVISORS.to_owned(),
                expected: vec![head_dim / 2],
                found: view.shape().to_vec(),
            });
        }
        let divisors = view.dequantise();
        if divisors.iter().any(|d| !(d.is_finite() && *d > 0.0)) {
            let what = "holds a divisor that is not a positive number";
            return Err(Error::config(self.gguf.path(), ROPE_DIVISORS, what));
        }
        Ok(RopeScaling::Divisors(divisors))
    }
}
