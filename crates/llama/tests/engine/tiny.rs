//! Tiny models of each family against logits that Hugging Face transformers computed in double precision
//! (`data/tiny/generate.py`).

use std::sync::Arc;

use fixwright_llama::engine::{Model, Options, Precision, Session};
use fixwright_llama::weights::Weights;
use serde::Deserialize;

use super::convert::folder;

#[derive(Deserialize)]
struct Expected {
    ids: Vec<u32>,
    logits: Vec<Vec<f32>>,
}

fn session(name: &str, precision: Precision) -> Session {
    let options = Options { precision, ..Options::default() };
    let model = Model::load(&Weights::open(&folder(name)).unwrap(), &options).unwrap();
    Session::new(Arc::new(model))
}

fn check(name: &str) {
    let text = std::fs::read(folder(name).join("logits.json")).unwrap();
    let expected: Expected = serde_json::from_slice(&text).unwrap();
    // The logits reach 30; weights this small and random gain little from quantising well.
    for (precision, tolerance) in [(Precision::F32, 1e-3), (Precision::Quantised, 2.0)] {
        let mut whole = session(name, precision);
        let logits = whole.logits(&expected.ids, expected.ids.len()).unwrap();
        for (position, (row, expected)) in
            logits.chunks(expected.logits[0].len()).zip(&expected.logits).enumerate()
        {
            for (id, (found, expected)) in row.iter().zip(expected).enumerate() {
                let gap = (found - expected).abs();
                assert!(
                    gap <= tolerance,
                    "{name}, {precision:?}, {position}, token {id}: {found} is not {expected}"
                );
            }
        }
        // The same one token at a time, through the cache: the same bits.
        let mut session = session(name, precision);
        let singly: Vec<f32> =
            expected.ids.iter().flat_map(|id| session.logits(&[*id], 1).unwrap()).collect();
        assert!(logits.iter().zip(&singly).all(|(a, b)| a.to_bits() == b.to_bits()), "{name}");
        session.truncate(0);
        check_reading(session, &expected, tolerance);
    }
}

/// The last logits where all tokens before were read.
fn check_reading(mut session: Session, expected: &Expected, tolerance: f32) {
    let (last, before) = expected.ids.split_last().unwrap();
    session.read(before).unwrap();
    let found = session.logits(&[*last], 1).unwrap();
    for (found, expected) in found.iter().zip(expected.logits.last().unwrap()) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
    }
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
