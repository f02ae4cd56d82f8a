//! Reads a file of any format and any size as a stream: what is in it, how fast it was read, and the most
//! memory that was needed.
//!
//! `cargo run --release -p fixwright-report --example stream -- FILE [FORMAT]`
#![expect(clippy::print_stdout, reason = "an example is a program")]

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::time::Instant;

use fixwright_report::{Event, stream};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file?")?;
    let format = arguments.next().map(|name| name.parse()).transpose()?;
    let file = File::open(&path)?;
    let megabytes = file.metadata()?.len() as f64 / 1e6;
    let (mut reports, mut warnings) = (0_u64, Vec::new());
    let start = Instant::now();
    let format = stream(BufReader::with_capacity(1 << 16, file), format, &mut |event| {
        match event {
            Event::Report(_) => reports += 1,
            Event::Warning(warning) if warnings.len() < 10 => warnings.push(warning),
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{format}: {reports} reports in {megabytes:.1} MB, {:.0} MB/s", megabytes / seconds);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    warnings.iter().for_each(|warning| println!("{warning}"));
    Ok(())
}
