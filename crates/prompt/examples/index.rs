//! Reads a source tree and says how fast: `cargo run --release -p fixwright-prompt --example index -- FOLDER [FILE LINE [TOKENS]]`
//!
//! With a file of the tree and a line, prints the prompt that would be made for that line.

#![expect(clippy::print_stdout, reason = "what it prints is what one runs it for")]

use std::env;
use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use fixwright_prompt::{Budget, Index, Options, Request, estimate_tokens, related, render};
use fixwright_report::BugReport;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let root = Path::new(arguments.first().ok_or("name a folder")?);
    let started = Instant::now();
    let index = Index::of_tree(root, &|_| ControlFlow::Continue(()))?;
    let (seconds, stats) = (started.elapsed().as_secs_f64(), index.stats());
    println!("{stats:?}");
    println!(
        "{seconds:.2} s, {:.0} files/s, {:.1} MB/s, {} threads; {}",
        stats.files as f64 / seconds,
        stats.bytes as f64 / seconds / 1e6,
        std::thread::available_parallelism()?,
        peak_memory().unwrap_or_default(),
    );
    if let [_, file, line, rest @ ..] = arguments.as_slice() {
        let tokens = rest.first().map_or(Ok(600), |tokens| tokens.parse())?;
        show(root, &index, file, line.parse()?, tokens)?;
    }
    Ok(())
}

fn show(
    root: &Path,
    index: &Index,
    file: &str,
    line: usize,
    tokens: usize,
) -> Result<(), Box<dyn Error>> {
    let source = fs::read_to_string(root.join(file))?;
    let report = BugReport::default();
    let request = Request::new(&report, file, &source, line, &Options::default())?;
    let started = Instant::now();
    let found = related(&request, Some(index), Budget { tokens, count: &estimate_tokens });
    println!("{} definitions in {:.1} ms", found.len(), started.elapsed().as_secs_f64() * 1e3);
    println!("{}", render(&request.with_definitions(found)).messages[1].content);
    Ok(())
}

/// The most memory that the process had, and what it has now, where the system says it.
fn peak_memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let lines =
        status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"));
    Some(
        lines
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join(", "),
    )
}
