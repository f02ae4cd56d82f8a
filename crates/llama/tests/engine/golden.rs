//! A real model against logits that Hugging Face transformers computed in double precision.
//!
//! Needs `FIXWRIGHT_CORPUS` (for `golden/logits.jsonl`) and `FIXWRIGHT_SMOLLM2_GGUF`; says so where they are not set.
use std::path::PathBuf;
use std::sync::Arc;

use fixwright_llama::engine::{Model, Options, Precision, Session};
use fixwright_llama::weights::Weights;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Golden {
    pub(crate) ids: Vec<u32>,
    top32_ids: Vec<usize>,
    top32_logits: Vec<f32>,
    argmax: Vec<u32>,
    greedy_ids: Vec<u32>,
    greedy_top1: Vec<f32>,
    greedy_gap: Vec<f32>,
}

#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
pub(crate) fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name);
    if value.is_none() {
        println!("skipped: {name} is not set");
    }
    value.map(PathBuf::from)
}

pub(crate) fn cases() -> Option<Vec<Golden>> {
    let corpus = variable("FIXWRIGHT_CORPUS")?;
    let text = std::fs::read_to_string(corpus.join("golden/logits.jsonl")).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

pub(crate) fn session(precision: Precision) -> Option<Session> {
    let weights = Weights::open(&variable("FIXWRIGHT_SMOLLM2_GGUF")?).unwrap();
    let options = Options { precision, ..Options::default() };
    Some(Session::new(Arc::new(Model::load(&weights, &options).unwrap())))
}

/// Checks logits within `tolerance`, and the greedy token wherever the gap to the second is more than `gap`.
#[expect(clippy::print_stdout, reason = "the largest difference is worth knowing")]
fn check(precision: Precision, tolerance: f32, gap: f32) {
    let (Some(cases), Some(fresh)) = (cases(), session(precision)) else { return };
    let vocabulary = fresh.model().config().vocab_size;
    let mut largest = 0.0_f32;
    let mut close = |what: &str, found: f32, expected: f32| {
        largest = largest.max((found - expected).abs());
        assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected}");
    };
    let mut other = 0;
    for (case, golden) in cases.iter().enumerate() {
        let mut session = fresh.clone();
        let logits = session.logits(&golden.ids, golden.ids.len()).unwrap();
        let last = &logits[logits.len() - vocabulary..];
        for (id, expected) in golden.top32_ids.iter().zip(&golden.top32_logits) {
            close(&format!("case {case}: logit of {id}"), last[*id], *expected);
        }
        for (position, (row, expected)) in logits.chunks(vocabulary).zip(&golden.argmax).enumerate()
        {
            let best = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let gap_below = best - row[*expected as usize];
            assert!(
                gap_below <= gap,
                "case {case}, position {position}: {gap_below} above the most likely"
            );
        }
        for (step, expected) in golden.greedy_ids.iter().enumerate() {
            let tokens = [if step == 0 {
                golden.ids[golden.ids.len() - 1]
            } else {
                golden.greedy_ids[step - 1]
            }];
            session.truncate(golden.ids.len() + step - 1);
            let logits = session.logits(&tokens, 1).unwrap();
            session.truncate(golden.ids.len() + step - 1);
            let found = session.greedy(&tokens, 1).unwrap()[0];
            close(
                &format!("case {case}, step {step}"),
                logits[*expected as usize],
                golden.greedy_top1[step],
            );
            assert!(
                logits.iter().all(|x| *x <= logits[found as usize]),
                "case {case}, step {step}: greedy"
            );
            other += usize::from(found != *expected);
            assert!(
                found == *expected || golden.greedy_gap[step] <= gap,
                "case {case}, step {step}: {found} is not {expected}"
            );
        }
    }
    println!("{precision:?}: largest difference {largest}, {other} greedy tokens differ");
}

#[test]
fn quantised_logits_are_near() {
    check(Precision::Quantised, 0.75, 0.5);
}

#[test]
fn f32_logits_are_the_golden_ones() {
    check(Precision::F32, 1e-3, 1e-3);
}

#[test]
fn bad_tokens_are_refused_and_change_nothing() {
    let Some(mut session) = session(Precision::Quantised) else { return };
    session.logits(&[1, 2, 3], 1).unwrap();
    let vocabulary = session.model().config().vocab_size as u32;
    let outside = session.greedy(&[1, vocabulary], 1).unwrap_err();
    assert!(outside.to_string().contains(&vocabulary.to_string()), "{outside}");
    let limit = session.model().config().context_length;
    let full = session.greedy(&vec![1; limit], 1).unwrap_err();
    assert!(full.to_string().contains(&limit.to_string()), "{full}");
    assert_eq!(session.len(), 3);
    assert_eq!(session.greedy(&[], 0).unwrap(), [0u32; 0]);
    assert_eq!(session.logits(&[4, 5], 0).unwrap(), [0f32; 0]);
    assert_eq!(session.len(), 5);
}
