//! How well the CPU engine predicts a text: its tokens, and the sum of their negative log-probabilities, as JSON.
//!
//!     cargo run --release -p fixwright-llama --example perplexity -- MODEL.gguf TEXT
//!
//! `benches/cpu_engine.py --text` compares the sum with llama.cpp's.

#![expect(clippy::print_stdout, reason = "it prints measurements")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use fixwright_llama::engine::{Model, Options, Session};
use fixwright_llama::tokenizer::Tokenizer;
use fixwright_llama::weights::Weights;

/// Tokens that are computed together.
const BATCH: usize = 128;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(model), Some(text)) = (args.next(), args.next()) else {
        return Err("usage: perplexity MODEL.gguf TEXT".into());
    };
    let weights = Weights::open(Path::new(&model))?;
    let tokenizer = Tokenizer::from_gguf(weights.gguf().ok_or("not a GGUF file")?)?;
    let model = Arc::new(Model::load(&weights, &Options::default())?);
    let mut ids = tokenizer.encode(&std::fs::read_to_string(text)?)?.ids;
    ids.truncate(model.config().context_length);
    let width = model.config().vocab_size;
    let mut session = Session::new(model);
    let mut nll = 0.0;
    let inputs = &ids[..ids.len().saturating_sub(1)];
    for (inputs, targets) in inputs.chunks(BATCH).zip(ids[1..].chunks(BATCH)) {
        let logits = session.logits(inputs, inputs.len())?;
        for (row, target) in logits.chunks(width).zip(targets) {
            nll += negative_log_probability(row, *target as usize);
        }
    }
    println!("{}", serde_json::json!({ "ids": ids, "nll": nll }));
    Ok(())
}

fn negative_log_probability(logits: &[f32], target: usize) -> f64 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|x| f64::from(x - most).exp()).sum();
    sum.ln() - f64::from(logits[target] - most)
}
