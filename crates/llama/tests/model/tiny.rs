//! Tiny models of each family, against logits that Hugging Face transformers computed in double precision
//! (`data/tiny/generate.py`), and the same weights as GGUF.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::Device;
use fixwright_llama::config::{Architecture, Config};
use fixwright_llama::model::{Model, Session};
use fixwright_llama::rope::{RopeScaling, frequencies};
use fixwright_llama::weights::Weights;
use serde::Deserialize;

use super::writer::{F32, STRING, U32, Writer, string};

/// The largest difference from a double-precision logit, of logits that reach 30.
const TOLERANCE: f32 = 1e-3;

#[derive(Deserialize)]
struct Expected {
    ids: Vec<u32>,
    logits: Vec<Vec<f32>>,
}

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny").join(name)
}

fn session(path: &Path) -> Session {
    Session::new(Arc::new(Model::load(&Weights::open(path).unwrap(), &Device::flex()).unwrap()))
}

fn expected(name: &str) -> Expected {
    serde_json::from_slice(&std::fs::read(folder(name).join("logits.json")).unwrap()).unwrap()
}

fn check(name: &str) {
    let expected = expected(name);
    let whole = session(&folder(name)).logits(&expected.ids, expected.ids.len()).unwrap();
    let close = |found: &[f32], position: usize| {
        for (id, (found, expected)) in found.iter().zip(&expected.logits[position]).enumerate() {
            let gap = (found - expected).abs();
            assert!(
                gap <= TOLERANCE,
                "{name}, position {position}, token {id}: {found} is not {expected}"
            );
        }
    };
    for (position, row) in whole.chunks(expected.logits[0].len()).enumerate() {
        close(row, position);
    }
    // The same one token at a time, through the cache.
    let mut session = session(&folder(name));
    for (position, id) in expected.ids.iter().enumerate() {
        close(&session.logits(&[*id], 1).unwrap(), position);
    }

    let gguf = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(gguf.path(), to_gguf(name).build()).unwrap();
    let converted = self::session(gguf.path()).logits(&expected.ids, expected.ids.len()).unwrap();
    // GGUF states the scaling of Llama 3 as divisors in f32, so the angles differ in their last bits.
    let tolerance = if name == "llama3" { TOLERANCE } else { 0.0 };
    let differ = converted.iter().zip(&whole).filter(|(a, b)| (*a - *b).abs() > tolerance).count();
    assert_eq!(differ, 0, "{name}: logits of GGUF and safetensors with the same weights");
}

#[test]
fn llama_2() {
    check("llama2");
}

#[test]
fn llama_3_with_rope_scaling_and_tied_head() {
    check("llama3");
}

#[test]
fn llama_with_a_head_dimension_of_its_own() {
    check("head-dim");
}

#[test]
fn qwen_2_with_biases_in_shards() {
    check("qwen2");
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
