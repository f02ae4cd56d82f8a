//! The tiny models of `data/tiny` as GGUF files.

use std::path::{Path, PathBuf};

use fixwright_llama::config::{Architecture, Config};
use fixwright_llama::rope::{RopeScaling, frequencies};
use fixwright_llama::weights::Weights;

use super::writer::{F32, STRING, U32, Writer, string};

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny").join(name)
}

/// A tiny model as llama.cpp's converter would write it: other names, rows of q and k reordered for the llama family, frequency
/// divisors for Llama 3's scaling.
pub(crate) fn to_gguf(name: &str) -> Writer {
    let weights = Weights::open(&folder(name)).unwrap();
    let config = weights.config();
    let architecture = if config.architecture == Architecture::Qwen2 { "qwen2" } else { "llama" };
    let number = |value: usize| (value as u32).to_le_bytes();
    let mut gguf = Writer::new().entry("general.architecture", STRING, string(architecture));
    for (key, value) in [
        ("vocab_size", config.vocab_size),
        ("embedding_length", config.hidden_size),
        ("feed_forward_length", config.intermediate_size),
        ("block_count", config.num_layers),
        ("attention.head_count", config.num_heads),
        ("attention.head_count_kv", config.num_kv_heads),
        ("attention.key_length", config.head_dim),
        ("context_length", config.context_length),
    ] {
        gguf = gguf.entry(format!("{architecture}.{key}"), U32, number(value));
    }
    for (key, value) in [
        ("attention.layer_norm_rms_epsilon", config.rms_norm_eps),
        ("rope.freq_base", config.rope_theta),
    ] {
        gguf = gguf.entry(format!("{architecture}.{key}"), F32, (value as f32).to_le_bytes());
    }
    if config.rope_scaling != RopeScaling::None {
        let plain = frequencies(config.head_dim, config.rope_theta, &RopeScaling::None);
        let scaled = frequencies(config.head_dim, config.rope_theta, &config.rope_scaling);
        let divisors: Vec<f32> = plain.iter().zip(scaled).map(|(p, s)| (p / s) as f32).collect();
        gguf = gguf.tensor("rope_freqs.weight", &[divisors.len() as u64], 0, bytes(&divisors));
    }
    tensors(config).into_iter().fold(gguf, |gguf, (from, to, shape)| {
        let mut data = weights.load(&from, &shape).unwrap();
        if architecture == "llama" && (to.contains("attn_q") || to.contains("attn_k")) {
            data = interleave(&data, config.head_dim, shape[1]);
        }
        let shape: Vec<u64> = shape.iter().map(|n| *n as u64).collect();
        gguf.tensor(&to, &shape, 0, bytes(&data))
    })
}

fn bytes(data: &[f32]) -> Vec<u8> {
    data.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// What `permute` of llama.cpp's converter does: row `half * part + pair` of a head becomes row `2 * pair + part`.
fn interleave(data: &[f32], head_dim: usize, width: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = data.chunks(width).collect();
    let order = |head: &[&[f32]]| -> Vec<f32> {
        (0..head_dim).flat_map(|row| head[row / 2 + row % 2 * head_dim / 2].to_vec()).collect()
    };
    rows.chunks(head_dim).flat_map(order).collect()
}

/// Hugging Face name, GGUF name and shape of every tensor.
fn tensors(config: &Config) -> Vec<(String, String, Vec<usize>)> {
    let (h, f) = (config.hidden_size, config.intermediate_size);
    let (q, kv) = (config.num_heads * config.head_dim, config.num_kv_heads * config.head_dim);
    let mut all = vec![
        (
            "model.embed_tokens.weight".to_owned(),
            "token_embd.weight".to_owned(),
            vec![config.vocab_size, h],
        ),
        ("model.norm.weight".to_owned(), "output_norm.weight".to_owned(), vec![h]),
    ];
    if !config.tied_head {
        all.push((
            "lm_head.weight".to_owned(),
            "output.weight".to_owned(),
            vec![config.vocab_size, h],
        ));
    }
    for layer in 0..config.num_layers {
        let mut part = |from: &str, to: &str, shape: Vec<usize>| {
            all.push((format!("model.layers.{layer}.{from}"), format!("blk.{layer}.{to}"), shape));
        };
        for (from, to, rows) in
            [("q_proj", "attn_q", q), ("k_proj", "attn_k", kv), ("v_proj", "attn_v", kv)]
        {
            part(&format!("self_attn.{from}.weight"), &format!("{to}.weight"), vec![rows, h]);
            if config.attention_bias {
                part(&format!("self_attn.{from}.bias"), &format!("{to}.bias"), vec![rows]);
            }
        }
        part("self_attn.o_proj.weight", "attn_output.weight", vec![h, q]);
        part("input_layernorm.weight", "attn_norm.weight", vec![h]);
        part("post_attention_layernorm.weight", "ffn_norm.weight", vec![h]);
        part("mlp.gate_proj.weight", "ffn_gate.weight", vec![f, h]);
        part("mlp.up_proj.weight", "ffn_up.weight", vec![f, h]);
        part("mlp.down_proj.weight", "ffn_down.weight", vec![h, f]);
    }
    all
}
