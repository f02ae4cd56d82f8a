//! Continues token sequences greedily with an adapter beside the weights and with the adapter merged into them, for comparison with
//! Hugging Face (`beside_peft.py --generate`).
//!
//! `cargo run --release -p fixwright-finetune --example greedy -- MODEL ADAPTER EXAMPLES COUNT`
//!
//! Of each line of EXAMPLES, the ids before the first one with a weight are the prompt. Prints a JSON array of ids a line.
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use fixwright_llama::Device;
use fixwright_llama::adapter::Adapter;
use fixwright_llama::model::{Model, Session};
use fixwright_llama::weights::Weights;
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, adapter, examples, count] = arguments.as_slice() else {
        return Err("MODEL ADAPTER EXAMPLES COUNT".into());
    };
    let count: usize = count.parse()?;
    let weights = Weights::open(Path::new(model))?;
    let model = Model::load(&weights, &Device::Cpu.open()?)?;
    let model = model.with_adapter(&Adapter::open(Path::new(adapter))?)?;
    let merged = Arc::new(model.clone().merged());
    let model = Arc::new(model);
    for line in std::fs::read_to_string(examples)?.lines() {
        let prompt = prompt(line)?;
        let beside = continued(&model, &prompt, count)?;
        if continued(&merged, &prompt, count)? != beside {
            return Err("the merged model says something else".into());
        }
        println!("{}", serde_json::to_string(&beside)?);
    }
    Ok(())
}

fn prompt(line: &str) -> Result<Vec<u32>, Box<dyn Error>> {
    let row: Value = serde_json::from_str(line)?;
    let ids: Vec<u32> = serde_json::from_value(row["ids"].clone())?;
    let weights: Vec<f32> = serde_json::from_value(row["weights"].clone())?;
    let end = weights.iter().position(|weight| *weight > 0.0).unwrap_or(ids.len());
    Ok(ids[..end].to_vec())
}

fn continued(model: &Arc<Model>, prompt: &[u32], count: usize) -> Result<Vec<u32>, Box<dyn Error>> {
    let mut session = Session::new(Arc::clone(model));
    let mut ids = session.greedy(prompt, 1)?;
    while ids.len() < count {
        let last = ids[ids.len() - 1..].to_vec();
        ids.extend(session.greedy(&last, 1)?);
    }
    Ok(ids)
}
