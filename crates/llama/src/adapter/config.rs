//! `adapter_config.json`.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// The settings of a LoRA adapter.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AdapterConfig {
    /// The inner dimension of the factors.
    pub rank: usize,
    /// The adapter counts `alpha / rank`, or `alpha / sqrt(rank)` where it is [`rank_stabilised`](Self::rank_stabilised).
    pub alpha: f64,
    /// The share of inputs left out at random in training.
    pub dropout: f64,
    /// Whether the scale is that of rsLoRA (Kalajdzievski 2023, arXiv 2312.03732).
    pub rank_stabilised: bool,
    /// The model that the adapter belongs to: a name or a path.
    pub base_model: Option<String>,
}

/// The settings as PEFT has them. What is not named here does not change the arithmetic.
#[derive(Deserialize)]
struct Stored {
    peft_type: String,
    r: usize,
    lora_alpha: f64,
    #[serde(default)]
    lora_dropout: f64,
    #[serde(default)]
    use_rslora: bool,
    #[serde(default)]
    base_model_name_or_path: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Settings that say how an adapter was made or found. Any other one that is set changes the arithmetic in a way that is not implemented.
const HARMLESS: &[&str] = &[
    "auto_mapping",
    "corda_config",
    "ensure_weight_tying",
    "eva_config",
    "exclude_modules",
    "inference_mode",
    "layers_pattern",
    "layers_to_transform",
    "loftq_config",
    "lora_ga_config",
    "megatron_core",
    "peft_version",
    "qalora_group_size",
    "revision",
    "target_modules",
    "task_type",
];

impl AdapterConfig {
    /// Settings without dropout, for no model in particular.
    pub fn new(rank: usize, alpha: f64) -> Self {
        Self { rank, alpha, dropout: 0.0, rank_stabilised: false, base_model: None }
    }

    /// What the product of the factors is multiplied by.
    pub fn scale(&self) -> f64 {
        let rank = self.rank as f64;
        self.alpha / if self.rank_stabilised { rank.sqrt() } else { rank }
    }

    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
        let stored: Stored = serde_json::from_str(&text)
            .map_err(|e| Error::config(path, "adapter_config", e.to_string()))?;
        if stored.peft_type != "LORA" {
            return Err(Error::config(
                path,
                "peft_type",
                format!("is `{}`, only `LORA` is implemented", stored.peft_type),
            ));
        }
        if let Some((key, value)) = stored.rest.iter().find(|(key, value)| !is_harmless(key, value))
        {
            return Err(Error::config(path, key, format!("is {value}, which is not implemented")));
        }
        if stored.r == 0 || !stored.lora_alpha.is_finite() {
            return Err(Error::config(path, "r", "or `lora_alpha` is out of range"));
        }
        Ok(Self {
            rank: stored.r,
            alpha: stored.lora_alpha,
            dropout: stored.lora_dropout,
            rank_stabilised: stored.use_rslora,
            base_model: stored.base_model_name_or_path,
        })
    }

    pub(super) fn to_json<'a>(&self, modules: impl Iterator<Item = &'a String>) -> String {
        let targets: BTreeSet<&str> =
            modules.filter_map(|module| module.rsplit('.').next()).collect();
        let stored = json!({
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "base_model_name_or_path": self.base_model,
            "r": self.rank,
            "lora_alpha": self.alpha,
            "lora_dropout": self.dropout,
            "use_rslora": self.rank_stabilised,
            "target_modules": targets,
            "bias": "none",
            "fan_in_fan_out": false,
            "inference_mode": true,
        });
        format!("{stored:#}\n")
    }
}

fn is_harmless(key: &str, value: &Value) -> bool {
    match (key, value) {
        (_, Value::Null | Value::Bool(false)) => true,
        (_, Value::Array(items)) if items.is_empty() => true,
        (_, Value::Object(entries)) if entries.is_empty() => true,
        ("bias", bias) => bias == "none",
        // Other ways change the weights of the base model as well.
        ("init_lora_weights", way) => *way == true || way == "gaussian" || way == "orthogonal",
        _ => HARMLESS.contains(&key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(edit: impl FnOnce(&mut Map<String, Value>)) -> Result<AdapterConfig> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("adapter_config.json");
        let text = AdapterConfig::new(8, 16.0).to_json([].iter());
        let mut stored = serde_json::from_str(&text).unwrap();
        edit(&mut stored);
        std::fs::write(&path, Value::Object(stored).to_string()).unwrap();
        AdapterConfig::read(&path)
    }

    #[test]
    fn what_changes_the_arithmetic_is_refused_by_name() {
        assert_eq!(read(|_| ()).unwrap(), AdapterConfig::new(8, 16.0));
        for (key, value) in [
            ("use_dora", json!(true)),
            ("modules_to_save", json!(["lm_head"])),
            ("rank_pattern", json!({"q_proj": 4})),
            ("bias", json!("all")),
            ("peft_type", json!("IA3")),
        ] {
            let error = read(|stored| drop(stored.insert(key.to_owned(), value))).unwrap_err();
            assert!(error.to_string().contains(&format!("`{key}`")), "{error}");
        }
    }

    #[test]
    fn the_scale_is_that_of_peft() {
        assert_eq!(AdapterConfig::new(8, 16.0).scale(), 2.0);
        let stabilised = read(|s| drop(s.insert("use_rslora".to_owned(), json!(true)))).unwrap();
        assert_eq!(stabilised.scale(), 16.0 / 8f64.sqrt());
    }
}
