//! Loads a model on the CPU and says how long it took and how much memory at most.
//!
//!     cargo run --release -p fixwright-llama --features burn --example load -- MODEL
//!
//! Memory is the process's peak resident set (Linux `VmHWM`), pages of the mapped file included.

#![expect(clippy::print_stdout, reason = "it prints measurements")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use burn::module::Module as _;
use fixwright_llama::Device;
use fixwright_llama::model::Model;
use fixwright_llama::tokenizer::Tokenizer;
use fixwright_llama::weights::Weights;

fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: load MODEL")?);
    let weights = timed("open", || Weights::open(&path))?;
    let tokenizer = timed("tokenizer", || match weights.gguf() {
        Some(gguf) => Tokenizer::from_gguf(gguf),
        None => Tokenizer::from_folder(&path),
    })?;
    let model = timed("weights to f32", || Model::load(&weights, &Device::Cpu.open()?))?;
    let bytes = 4 * model.num_params();
    println!("vocabulary      {:>10}", tokenizer.vocabulary_size());
    println!("weights in f32  {:>10.1} MB", bytes as f64 / 1e6);
    if let Some(peak) = peak_memory() {
        println!(
            "peak memory     {:>10.1} MB, {:.2} times the weights",
            peak as f64 / 1e6,
            peak as f64 / bytes as f64
        );
    }
    Ok(())
}

fn timed<T, E>(what: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let start = Instant::now();
    let result = work()?;
    println!("{what:<16}{:>10.3} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// The peak resident set in bytes.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
