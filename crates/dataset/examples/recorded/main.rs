//! Judges the programs of a data set again, and holds the outcome against what the data set says of them.
//!
//! `cargo run --release -p fixwright-dataset --example recorded -- SAMPLES ROWS [THREADS]`
//!
//! SAMPLES are pairs in JSON Lines with the fields `buggy_fails`, the indices of the tests that the wrong program fails, and
//! `compile_error`, empty if it compiles. ROWS gets a line for each; what it has already is not judged again.

mod judge;
mod table;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use fixwright_dataset::{Assignments, Evaluator, Programs};
use fixwright_prompt::Target;
use fixwright_validate::{Isolation, Launcher, Sandbox, sandbox};
use rayon::prelude::*;

use judge::Row;

type Failed = Box<dyn std::error::Error>;

/// Samples that are judged before their rows are written.
const CHUNK: usize = 16;

#[expect(clippy::print_stderr, reason = "an example talks to a person")]
fn main() -> ExitCode {
    if let Some(error) = sandbox::enter() {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [samples, rows, threads @ ..] = &arguments[..] else {
        eprintln!("usage: recorded SAMPLES ROWS [THREADS]");
        return ExitCode::from(2);
    };
    let threads = threads.first().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(0);
    match run(samples, rows, threads) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(samples: &Path, rows: &Path, threads: usize) -> Result<(), Failed> {
    let isolation = Isolation::Sandboxed(Sandbox::new(Launcher::this_program()?)?);
    let evaluator = Evaluator::new(Target::Program, Programs::default(), isolation);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let samples = Assignments::open(samples, usize::MAX)?.collect::<Result<Vec<_>, _>>()?;
    let mut done = read(rows)?;
    let mut output = OpenOptions::new().append(true).create(true).open(rows)?;
    let (begun, before) = (Instant::now(), done.len());
    let left = samples.get(before..).ok_or("there are more rows than samples")?;
    for chunk in left.chunks(CHUNK) {
        let judge = |sample| Row::judge(sample, &evaluator, &mut |_| ControlFlow::Continue(()));
        let judged: Vec<_> = pool.install(|| chunk.par_iter().map(judge).collect());
        for row in judged {
            let row = row?;
            writeln!(output, "{}", serde_json::to_string(&row)?)?;
            done.push(row);
        }
    }
    let programs = 2.0 * (done.len() - before) as f64;
    let speed = programs / begun.elapsed().as_secs_f64();
    let out = &mut std::io::stdout();
    table::print(&samples, &done, out)?;
    writeln!(out, "{programs} programs judged in this run, {speed:.1} a second")?;
    Ok(())
}

/// The rows of a run that was broken off, whose last line may be cut.
fn read(path: &Path) -> Result<Vec<Row>, Failed> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    if whole.len() < text.len() {
        fs::write(path, whole)?;
    }
    whole.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
