//! Trains a LoRA adapter on the examples that `beside_peft.py` trains on, from the same adapter, and writes the same files: `fixwright.json`,
//! `fixwright.safetensors`, `fixwright/`.
//!
//! `cargo run --release -p fixwright-finetune --example beside_peft -- MODEL EXAMPLES DIR [STEPS [BATCH [RATE]]]`
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use fixwright_finetune::{
    AdamOptions, Event, Example, LoraOptions, Method, Options, Schedule, Trainer,
};
use fixwright_llama::Device;
use fixwright_llama::adapter::Adapter;
use fixwright_llama::model::Model;
use fixwright_llama::weights::Weights;
use mimalloc::MiMalloc;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde::Deserialize;
use serde_json::json;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[derive(Deserialize)]
struct Row {
    ids: Vec<u32>,
    weights: Vec<f32>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, examples, folder, rest @ ..] = arguments.as_slice() else {
        return Err("MODEL EXAMPLES DIR [STEPS [BATCH [RATE [--checkpointing]]]]".into());
    };
    let number = |index: usize, default: usize| rest.get(index).map_or(Ok(default), |n| n.parse());
    let folder = PathBuf::from(folder);
    let examples = read(Path::new(examples))?;
    let batch = number(1, 4)?;
    let mut options = Options::default();
    options.max_steps = number(0, 20)?;
    options.learning_rate = rest.get(2).map_or(Ok(3e-4), |rate| rate.parse())?;
    options.schedule = Schedule::Constant;
    (options.batch_size, options.accumulation) = (batch, examples.len() / batch);
    options.adam = AdamOptions::default();
    options.checkpointing = rest.get(3).is_some_and(|flag| flag == "--checkpointing");
    let initial = Adapter::open(&folder.join("initial"))?;
    let mut lora = LoraOptions::default();
    (lora.rank, lora.alpha, lora.dropout) = (initial.config.rank, initial.config.alpha, 0.0);
    options.method = Method::Lora(lora);

    let weights = Weights::open(Path::new(model))?;
    let model = Model::load(&weights, &Device::Cpu.open()?)?;
    let mut trainer = Trainer::new(model, Some(&initial), options)?;
    save(&folder.join("fixwright.safetensors"), trainer.gradients(&examples)?.1)?;
    let (mut losses, mut norms, mut seconds, mut tokens) = (vec![], vec![], vec![], 0);
    let run = folder.join("run");
    std::fs::remove_dir_all(&run).or_else(|e| if run.exists() { Err(e) } else { Ok(()) })?;
    trainer.run(&examples[..], &[], &run, &mut |event| {
        if let Event::Step(step) = event {
            println!("{} {}", step.step, step.loss);
            losses.push(step.loss);
            norms.push(step.gradient_norm);
            seconds.push(step.elapsed.as_secs_f64());
            tokens = step.tokens;
        }
        ControlFlow::Continue(())
    })?;
    trainer.adapter().save(&folder.join("fixwright"))?;
    let result = json!({ "losses": losses, "norms": norms, "seconds": seconds, "tokens": tokens,
        "peak_memory_bytes": peak_memory() });
    std::fs::write(folder.join("fixwright.json"), format!("{result}\n"))?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Example>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let example = |line: &str| -> Result<Example, Box<dyn Error>> {
        let row: Row = serde_json::from_str(line)?;
        let changed = vec![false; row.ids.len()];
        Ok(Example { ids: row.ids, weights: row.weights, prompt: 1, changed })
    };
    text.lines().map(example).collect()
}

/// The gradients under PEFT's names.
fn save(path: &Path, gradients: BTreeMap<String, Vec<f32>>) -> Result<(), Box<dyn Error>> {
    let named: Vec<(String, Vec<u8>)> = gradients
        .into_iter()
        .map(|(name, values)| {
            let name = name.replace(".adapter.lora_a", ".lora_A.default.weight");
            let name = name.replace(".adapter.lora_b", ".lora_B.default.weight");
            let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (format!("base_model.model.model.{name}"), bytes)
        })
        .collect();
    let views = named
        .iter()
        .map(|(name, data)| Ok((name, TensorView::new(Dtype::F32, vec![data.len() / 4], data)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    Ok(safetensors::serialize_to_file(views, None, path)?)
}

fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? << 10)
}
