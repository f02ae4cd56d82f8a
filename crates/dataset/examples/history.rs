//! Mines a git history: rows to standard output, counts and speed to standard error.
//!
//! `cargo run --release -p fixwright-dataset --example history -- REPOSITORY > rows.jsonl`

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use fixwright_dataset::{Error, History, HistoryOptions, Source, write};

#[expect(clippy::print_stderr, reason = "the counts are what one runs it for")]
fn main() -> Result<(), Error> {
    let path: PathBuf = std::env::args_os().nth(1).unwrap_or_else(|| ".".into()).into();
    let started = Instant::now();
    let mut history = History::open(&path, HistoryOptions::default())?;
    let mut output = BufWriter::new(io::stdout().lock());
    let mut rows = 0_u64;
    for row in history.by_ref() {
        write(&mut output, &row?)?;
        rows += 1;
    }
    output.flush().map_err(Error::Write)?;
    let (seconds, commits) = (started.elapsed().as_secs_f64(), history.walked().commits);
    eprintln!("{commits} commits in {seconds:.2} s, {:.0} a second", commits as f64 / seconds);
    eprintln!("{rows:>8} rows");
    for (reason, count) in history.skipped().iter() {
        eprintln!("{count:>8} {reason}");
    }
    Ok(())
}
