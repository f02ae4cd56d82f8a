//! `config.json` of a Hugging Face folder.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::{Architecture, Config, SUPPORTED};
use crate::error::{Error, Result};
use crate::rope::RopeScaling;

/// The settings as the file has them; names as in `transformers`.
#[derive(Deserialize)]
struct Raw {
    model_type: Option<String>,
    vocab_size: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: Option<usize>,
    head_dim: Option<usize>,
    max_position_embeddings: usize,
    rms_norm_eps: Option<f64>,
    rope_theta: Option<f64>,
    rope_scaling: Option<Rope>,
    rope_parameters: Option<Rope>,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    mlp_bias: bool,
    #[serde(default)]
    tie_word_embeddings: bool,
    hidden_act: Option<String>,
    partial_rotary_factor: Option<f64>,
    #[serde(default)]
    use_sliding_window: bool,
    quantization_config: Option<Value>,
}

/// `rope_scaling`, or `rope_parameters` as transformers 5 writes it.
#[derive(Deserialize)]
struct Rope {
    #[serde(alias = "type")]
    rope_type: Option<String>,
    rope_theta: Option<f64>,
    factor: Option<f64>,
    low_freq_factor: Option<f64>,
    high_freq_factor: Option<f64>,
    original_max_position_embeddings: Option<f64>,
}

impl Config {
    /// Reads the text of a `config.json`; `path` is the name for error messages.
    ///
    /// # Errors
    ///
    /// Not JSON, a setting missing or impossible, an unknown `model_type`, or one that asks for arithmetic that is not implemented.
    pub fn from_json(text: &str, path: &Path) -> Result<Self> {
        let raw: Raw = serde_json::from_str(text)
            .map_err(|e| Error::config(path, "config.json", format!(": {e}")))?;
        refuse(&raw, path)?;
        let architecture = architecture(&raw, path)?;
        let rope = raw.rope_parameters.as_ref().or(raw.rope_scaling.as_ref());
        let config = Self {
            architecture,
            vocab_size: raw.vocab_size,
            hidden_size: raw.hidden_size,
            intermediate_size: raw.intermediate_size,
            num_layers: raw.num_hidden_layers,
            num_heads: raw.num_attention_heads,
            num_kv_heads: raw.num_key_value_heads.unwrap_or(raw.num_attention_heads),
            head_dim: raw.head_dim.unwrap_or(raw.hidden_size / raw.num_attention_heads.max(1)),
            context_length: raw.max_position_embeddings,
            rms_norm_eps: raw.rms_norm_eps.unwrap_or(1e-6),
            rope_theta: rope.and_then(|r| r.rope_theta).or(raw.rope_theta).unwrap_or(10_000.0),
            rope_scaling: rope.map_or(Ok(RopeScaling::None), |r| scaling(r, path))?,
            attention_bias: raw.attention_bias || architecture == Architecture::Qwen2,
            output_bias: raw.attention_bias && architecture == Architecture::Llama,
            tied_head: raw.tie_word_embeddings,
        };
        config.check().map_err(|(key, what)| Error::config(path, key, what))?;
        Ok(config)
    }
}

impl Config {
    /// A `config.json` that transformers reads; `dtype` is how it names the float type of the weights.
    #[cfg(feature = "burn")]
    pub(crate) fn to_json(&self, dtype: &str) -> String {
        let (model_type, class) = match self.architecture {
            Architecture::Llama => ("llama", "LlamaForCausalLM"),
            Architecture::Qwen2 => ("qwen2", "Qwen2ForCausalLM"),
        };
        let mut json = serde_json::json!({
            "architectures": [class],
            "model_type": model_type,
            "vocab_size": self.vocab_size,
            "hidden_size": self.hidden_size,
            "intermediate_size": self.intermediate_size,
            "num_hidden_layers": self.num_layers,
            "num_attention_heads": self.num_heads,
            "num_key_value_heads": self.num_kv_heads,
            "head_dim": self.head_dim,
            "max_position_embeddings": self.context_length,
            "rms_norm_eps": self.rms_norm_eps,
            "rope_theta": self.rope_theta,
            "attention_bias": self.output_bias,
            "tie_word_embeddings": self.tied_head,
            "hidden_act": "silu",
            "torch_dtype": dtype,
        });
        if let Some(scaling) = stored_scaling(&self.rope_scaling) {
            json["rope_scaling"] = scaling;
        }
        format!("{json:#}\n")
    }
}

/// How a `config.json` says it; none for no scaling, and for divisors, which it cannot say.
#[cfg(feature = "burn")]
fn stored_scaling(scaling: &RopeScaling) -> Option<Value> {
    match scaling {
        RopeScaling::None | RopeScaling::Divisors(_) => None,
        RopeScaling::Linear { factor } => {
            Some(serde_json::json!({ "rope_type": "linear", "factor": factor }))
        }
        RopeScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_context } => {
            Some(serde_json::json!({
                "rope_type": "llama3",
                "factor": factor,
                "low_freq_factor": low_freq_factor,
                "high_freq_factor": high_freq_factor,
                "original_max_position_embeddings": *original_context as u64,
            }))
        }
    }
}

fn architecture(raw: &Raw, path: &Path) -> Result<Architecture> {
    let name =
        raw.model_type.as_deref().ok_or_else(|| Error::config(path, "model_type", "is missing"))?;
    Architecture::from_name(name).ok_or_else(|| Error::UnknownArchitecture {
        path: path.to_owned(),
        name: name.to_owned(),
        supported: SUPPORTED,
    })
}

/// Refuses what would silently change the model's output.
fn refuse(raw: &Raw, path: &Path) -> Result<()> {
    if let Some(act) = raw.hidden_act.as_deref().filter(|act| *act != "silu") {
        return Err(Error::config(
            path,
            "hidden_act",
            format!("is `{act}`, only `silu` is implemented"),
        ));
    }
    if raw.partial_rotary_factor.is_some_and(|factor| factor != 1.0) {
        return Err(Error::config(
            path,
            "partial_rotary_factor",
            "is not 1, which is not implemented",
        ));
    }
    if raw.mlp_bias {
        return Err(Error::config(path, "mlp_bias", "is true, which is not implemented"));
    }
    if raw.use_sliding_window {
        return Err(Error::config(path, "use_sliding_window", "is true, which is not implemented"));
    }
    if raw.quantization_config.is_some() {
        let what = "is set: quantised safetensors are not read, take the unquantised folder or a GGUF file";
        return Err(Error::config(path, "quantization_config", what));
    }
    Ok(())
}

fn scaling(rope: &Rope, path: &Path) -> Result<RopeScaling> {
    let need = |key: &str, value: Option<f64>| {
        value.filter(|v| v.is_finite() && *v > 0.0).ok_or_else(|| {
            Error::config(
                path,
                format!("rope_scaling.{key}"),
                "is missing or not a positive number",
            )
        })
    };
    match rope.rope_type.as_deref() {
        None | Some("default") => Ok(RopeScaling::None),
        Some("linear") => Ok(RopeScaling::Linear { factor: need("factor", rope.factor)? }),
        Some("llama3") => {
            let low_freq_factor = need("low_freq_factor", rope.low_freq_factor)?;
            let high_freq_factor = need("high_freq_factor", rope.high_freq_factor)?;
            if high_freq_factor <= low_freq_factor {
                return Err(Error::config(
                    path,
                    "rope_scaling.high_freq_factor",
                    "is not above low_freq_factor",
                ));
            }
            Ok(RopeScaling::Llama3 {
                factor: need("factor", rope.factor)?,
                low_freq_factor,
                high_freq_factor,
                original_context: need(
                    "original_max_position_embeddings",
                    rope.original_max_position_embeddings,
                )?,
            })
        }
        Some(other) => {
            let what = format!("is `{other}`, implemented are default, linear and llama3");
            Err(Error::config(path, "rope_scaling.rope_type", what))
        }
    }
}
