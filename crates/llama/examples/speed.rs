//! How long the CPU engine takes: prefill, plain decoding, and `k` new tokens on a cache, as one JSON object a round.
//!
//!     cargo run --release -p fixwright-llama --example speed -- MODEL.gguf [THREADS [RANK]]
//!
//! Reads one line from standard input before each round and prints one line after it, so that `benches/cpu_engine.py` can let engines
//! take turns. With a rank, every linear map has an adapter of that rank beside it.

#![expect(clippy::print_stdout, reason = "it prints measurements")]

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use fixwright_llama::adapter::{Adapter, AdapterConfig, Factors};
use fixwright_llama::config::Config;
use fixwright_llama::engine::{Model, Options, Session};
use fixwright_llama::weights::Weights;

/// Tokens in the cache before batches are measured, and in a prefill.
const CACHED: usize = 256;
/// Tokens decoded one after the other.
const DECODED: usize = 32;
/// Batch sizes.
const BATCHES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(
        std::env::args_os().nth(1).ok_or("usage: speed MODEL.gguf [THREADS [RANK]]")?,
    );
    let threads = std::env::args().nth(2).map(|text| text.parse()).transpose()?;
    let start = Instant::now();
    let weights = Weights::open(&path)?;
    let mut model = Model::load(&weights, &Options { threads, ..Options::default() })?;
    if let Some(rank) = std::env::args().nth(3) {
        model = model.with_adapter(&adapter(weights.config(), rank.parse()?))?;
    }
    drop(weights);
    println!(
        "{}",
        serde_json::json!({ "load": start.elapsed().as_secs_f64(), "bytes": model.weight_bytes() })
    );
    std::io::stdout().flush()?;
    let mut session = Session::new(Arc::new(model));
    for line in std::io::stdin().lock().lines() {
        line?;
        println!("{}", round(&mut session)?);
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// An adapter on every linear map that adds nothing to speak of, but takes its time.
fn adapter(config: &Config, rank: usize) -> Adapter {
    let (hidden, inner) = (config.hidden_size, config.intermediate_size);
    let (q, kv) = (config.num_heads * config.head_dim, config.num_kv_heads * config.head_dim);
    let maps = [
        ("self_attn.q_proj", q, hidden),
        ("self_attn.k_proj", kv, hidden),
        ("self_attn.v_proj", kv, hidden),
        ("self_attn.o_proj", hidden, q),
        ("mlp.gate_proj", inner, hidden),
        ("mlp.up_proj", inner, hidden),
        ("mlp.down_proj", hidden, inner),
    ];
    let factors = (0..config.num_layers).flat_map(|layer| {
        maps.map(|(map, outputs, inputs)| {
            let (a, b) = (vec![0.01; rank * inputs], vec![0.01; rank * outputs]);
            (format!("model.layers.{layer}.{map}"), Factors { a, b, rank })
        })
    });
    Adapter { config: AdapterConfig::new(rank, 1e-6), factors: factors.collect() }
}

/// The tokens that every engine is given.
fn tokens(count: usize) -> Vec<u32> {
    (0..count as u32).map(|i| i * 7919 % 20_000 + 100).collect()
}

/// Seconds of each measurement.
fn round(session: &mut Session) -> Result<serde_json::Value, Box<dyn Error>> {
    let all = tokens(CACHED + BATCHES[BATCHES.len() - 1]);
    session.truncate(0);
    let start = Instant::now();
    session.read(&all[..CACHED - 1])?;
    session.greedy(&all[CACHED - 1..CACHED], 1)?;
    let prefill = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let mut next = 100;
    for _ in 0..DECODED {
        next = session.greedy(&[next], 1)?[0];
    }
    let decode = start.elapsed().as_secs_f64() / DECODED as f64;
    let mut batches = serde_json::Map::new();
    for size in BATCHES {
        let batch = &all[CACHED..CACHED + size];
        let mut best = f64::INFINITY;
        for _ in 0..if size < 16 { 5 } else { 2 } {
            session.truncate(CACHED);
            let start = Instant::now();
            session.greedy(batch, size)?;
            best = best.min(start.elapsed().as_secs_f64());
        }
        batches.insert(size.to_string(), best.into());
    }
    Ok(serde_json::json!({ "prefill": prefill, "decode": decode, "batches": batches }))
}
