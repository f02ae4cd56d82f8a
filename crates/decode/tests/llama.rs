//! Drafted decoding on a real model; needs `FIXWRIGHT_SMOLLM2_GGUF` and `FIXWRIGHT_CORPUS`, and says so where they are not set.
#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use fixwright_decode::{Generation, LineEnds, NoDraft, Options, Proposer, SourceDraft, generate};
use fixwright_llama::Device;
use fixwright_llama::model::{Model, Session};
use fixwright_llama::weights::Weights;

#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name);
    if value.is_none() {
        println!("skipped: {name} is not set");
    }
    value.map(PathBuf::from)
}

fn decode(
    session: &mut Session,
    proposer: &mut dyn Proposer,
    prompt: &[u32],
    limit: usize,
) -> Generation {
    let options = Options { max_new_tokens: limit, max_draft: 8, ..Options::default() };
    generate(session, proposer, prompt, &options, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// The golden prompts' greedy continuations, which an independent implementation made, with every kind of draft.
#[test]
fn drafts_change_nothing_on_a_real_model() {
    let (Some(corpus), Some(path)) =
        (variable("FIXWRIGHT_CORPUS"), variable("FIXWRIGHT_SMOLLM2_GGUF"))
    else {
        return;
    };
    let model = Model::load(&Weights::open(&path).unwrap(), &Device::Cpu.open().unwrap()).unwrap();
    let fresh = Session::new(Arc::new(model));
    let text = std::fs::read_to_string(corpus.join("golden/logits.jsonl")).unwrap();
    for line in text.lines() {
        let golden: serde_json::Value = serde_json::from_str(line).unwrap();
        let numbers =
            |key: &str| -> Vec<u32> { serde_json::from_value(golden[key].clone()).unwrap() };
        let (prompt, expected) = (numbers("ids"), numbers("greedy_ids"));
        let limit = expected.len() / 2;
        let mut forked = fresh.clone();
        assert_eq!(decode(&mut forked, &mut NoDraft, &prompt, limit).tokens, expected[..limit]);
        let mut edited = expected.clone();
        edited[10] += 1;
        edited.remove(20);
        for source in [expected.clone(), edited, prompt.clone()] {
            let mut draft = SourceDraft::new(&source, LineEnds::default());
            let generation = decode(&mut forked, &mut draft, &prompt, limit);
            assert_eq!(generation.tokens, expected[..limit]);
            assert_eq!(generation.stats.prompt_tokens, 1, "the prompt was not shared");
        }
    }
}
