//! Adapters with made-up factors.

use fixwright_llama::adapter::{Adapter, AdapterConfig, Factors};
use fixwright_llama::config::Config;

/// Factors for these linear maps of every layer. They change logits much, but not beyond recognition.
pub(crate) fn adapter(config: &Config, rank: usize, maps: &[&str]) -> Adapter {
    let mut factors = std::collections::BTreeMap::new();
    for layer in 0..config.num_layers {
        for (map, [outputs, inputs]) in shapes(config) {
            if maps.contains(&map) {
                let seed = (factors.len() + 1) as f32;
                let values = |count: usize, step: f32| {
                    (0..count).map(|i| (i as f32 * step + seed).sin()).collect()
                };
                let (a, b) = (values(rank * inputs, 0.7), values(rank * outputs, 1.3));
                factors.insert(format!("model.layers.{layer}.{map}"), Factors { a, b, rank });
            }
        }
    }
    let scale = 0.1 / (config.hidden_size as f64).sqrt();
    Adapter { config: AdapterConfig::new(rank, scale * rank as f64), factors }
}

/// The linear maps of a block.
pub(crate) const ALL: &[&str] = &[
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "self_attn.o_proj",
    "mlp.gate_proj",
    "mlp.up_proj",
    "mlp.down_proj",
];

/// What they map: outputs and inputs.
fn shapes(config: &Config) -> impl Iterator<Item = (&'static str, [usize; 2])> {
    let (hidden, inner) = (config.hidden_size, config.intermediate_size);
    let (q, kv) = (config.num_heads * config.head_dim, config.num_kv_heads * config.head_dim);
    let shapes = [
        [q, hidden],
        [kv, hidden],
        [kv, hidden],
        [hidden, q],
        [inner, hidden],
        [inner, hidden],
        [hidden, inner],
    ];
    ALL.iter().copied().zip(shapes)
}
