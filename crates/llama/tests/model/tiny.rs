//! Tiny models of each family, against logits that Hugging Face transformers computed in double precision
//! (`data/tiny/generate.py`), and the same weights as GGUF.

use std::path::Path;
use std::sync::Arc;

use burn::tensor::Device;
use fixwright_llama::Error;
use fixwright_llama::model::{Model, Session};
use fixwright_llama::weights::Weights;
use serde::Deserialize;

use super::convert::{folder, to_gguf};

/// The largest difference from a double-precision logit, of logits that reach 30.
const TOLERANCE: f32 = 1e-3;

#[derive(Deserialize)]
struct Expected {
    ids: Vec<u32>,
    logits: Vec<Vec<f32>>,
}

fn model(path: &Path) -> Model {
    Model::load(&Weights::open(path).unwrap(), &Device::flex()).unwrap()
}

fn session(path: &Path) -> Session {
    Session::new(Arc::new(model(path)))
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
    // And where nothing is asked about but the last.
    let (last, before) = expected.ids.split_last().unwrap();
    session.truncate(0);
    assert!(session.greedy(before, 0).unwrap().is_empty());
    close(&session.logits(&[*last], 1).unwrap(), before.len());

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

#[test]
fn a_saved_model_is_the_same_with_its_rope_scaling() {
    let ids = expected("llama3").ids;
    let saved = tempfile::tempdir().unwrap();
    model(&folder("llama3")).save(saved.path()).unwrap();
    let logits = |path: &Path| session(path).logits(&ids, ids.len()).unwrap();
    assert_eq!(logits(saved.path()), logits(&folder("llama3")));
}

#[test]
fn what_config_json_cannot_say_is_not_saved() {
    let gguf = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(gguf.path(), to_gguf("llama3").build()).unwrap();
    let saved = tempfile::tempdir().unwrap();
    let error = model(gguf.path()).save(&saved.path().join("model")).unwrap_err();
    assert!(matches!(&error, Error::Config { key, .. } if key == "rope_scaling"), "{error}");
    assert!(!saved.path().join("model").exists());
}
