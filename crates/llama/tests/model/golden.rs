//! The forward pass of a real model against logits that Hugging Face transformers computed in double precision.
//!
//! Needs `FIXWRIGHT_CORPUS` (for `golden/logits.jsonl`) and `FIXWRIGHT_SMOLLM2_GGUF`; says so where they are not set.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::Device;
use fixwright_llama::model::{Model, Session};
use fixwright_llama::weights::Weights;
use serde::Deserialize;

/// The largest difference from a double-precision logit that f32 arithmetic may make.
const TOLERANCE: f32 = 1e-3;

#[derive(Deserialize)]
struct Golden {
    ids: Vec<u32>,
    top32_ids: Vec<usize>,
    top32_logits: Vec<f32>,
    logits_mean: Vec<f64>,
    logits_std: Vec<f64>,
    logits_l2: Vec<f64>,
    argmax: Vec<u32>,
    greedy_ids: Vec<u32>,
    greedy_top1: Vec<f32>,
    greedy_gap: Vec<f32>,
}

#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name);
    if value.is_none() {
        println!("skipped: {name} is not set");
    }
    value.map(PathBuf::from)
}

fn golden() -> Option<(Vec<Golden>, Session)> {
    let corpus = variable("FIXWRIGHT_CORPUS")?;
    let model = variable("FIXWRIGHT_SMOLLM2_GGUF")?;
    let text = std::fs::read_to_string(corpus.join("golden/logits.jsonl")).unwrap();
    let cases = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Some((cases, session(&model)))
}

fn session(path: &Path) -> Session {
    let weights = Weights::open(path).unwrap();
    Session::new(Arc::new(Model::load(&weights, &Device::flex()).unwrap()))
}

fn close(what: &str, found: f64, expected: f64) {
    assert!((found - expected).abs() <= f64::from(TOLERANCE), "{what}: {found} is not {expected}");
}

#[test]
fn every_position_has_the_golden_logits() {
    let Some((cases, fresh)) = golden() else { return };
    let vocabulary = fresh.model().config().vocab_size;
    for (case, golden) in cases.iter().enumerate() {
        let logits = fresh.clone().logits(&golden.ids, golden.ids.len()).unwrap();
        for (position, row) in logits.chunks(vocabulary).enumerate() {
            let row: Vec<f64> = row.iter().map(|x| f64::from(*x)).collect();
            let at = format!("case {case}, position {position}");
            let mean = row.iter().sum::<f64>() / row.len() as f64;
            let squares = row.iter().map(|x| x * x).sum::<f64>();
            close(&format!("{at}: mean"), mean, golden.logits_mean[position]);
            close(
                &format!("{at}: std"),
                (squares / row.len() as f64 - mean * mean).sqrt(),
                golden.logits_std[position],
            );
            // The norm of 49152 logits is a hundred times a single one; so is what rounding makes of it.
            close(
                &format!("{at}: norm"),
                squares.sqrt() / 100.0,
                golden.logits_l2[position] / 100.0,
            );
            let best = (0..vocabulary).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
            assert_eq!(best as u32, golden.argmax[position], "{at}: most likely token");
        }
        let last = &logits[logits.len() - vocabulary..];
        for (id, expected) in golden.top32_ids.iter().zip(&golden.top32_logits) {
            close(
                &format!("case {case}: logit of {id}"),
                f64::from(last[*id]),
                f64::from(*expected),
            );
        }
    }
}

#[test]
fn greedy_continuation_is_the_golden_one() {
    let Some((cases, fresh)) = golden() else { return };
    for golden in &cases {
        let mut session = fresh.clone();
        let mut input = golden.ids.clone();
        for (step, expected) in golden.greedy_ids.iter().enumerate() {
            let logits = session.logits(&input, 1).unwrap();
            let (found, top) = (0u32..).zip(&logits).max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
            close(
                &format!("step {step}: top logit"),
                f64::from(*top),
                f64::from(golden.greedy_top1[step]),
            );
            assert!(
                found == *expected || golden.greedy_gap[step] < TOLERANCE,
                "step {step}: {found} is not {expected}"
            );
            input = vec![*expected];
        }
    }
}

#[test]
fn cache_may_be_fed_in_pieces_cut_and_forked() {
    let Some((cases, fresh)) = golden() else { return };
    let ids = &cases[2].ids;
    let whole = fresh.clone().logits(ids, 1).unwrap();

    let mut pieces = fresh.clone();
    for piece in ids[..ids.len() - 1].chunks(7) {
        pieces.logits(piece, 1).unwrap();
    }
    let fork = pieces.clone();
    pieces.logits(&[5, 6, 7], 3).unwrap();
    pieces.truncate(ids.len() - 1);
    for mut session in [pieces, fork] {
        assert_eq!(session.len(), ids.len() - 1);
        let last = session.logits(&ids[ids.len() - 1..], 1).unwrap();
        for (found, expected) in last.iter().zip(&whole) {
            close("logit after cutting and forking", f64::from(*found), f64::from(*expected));
        }
    }
}

#[test]
fn bad_tokens_are_refused_and_change_nothing() {
    let Some((cases, mut session)) = golden() else { return };
    session.logits(&cases[0].ids, 1).unwrap();
    let before = session.len();
    let vocabulary = session.model().config().vocab_size as u32;
    let outside = session.greedy(&[1, vocabulary], 1).unwrap_err();
    assert!(outside.to_string().contains(&vocabulary.to_string()), "{outside}");
    let limit = session.model().config().context_length;
    let full = session.greedy(&vec![1; limit], 1).unwrap_err();
    assert!(full.to_string().contains(&limit.to_string()), "{full}");
    assert_eq!(session.len(), before);
    assert_eq!(session.greedy(&[], 0).unwrap(), [0u32; 0]);
}
