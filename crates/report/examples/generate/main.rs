//! Writes an input of any size for `stream` to read, the same on every run.
//!
//! `cargo run --release -p fixwright-report --example generate -- FORMAT MEGABYTES [LINES]`
//!
//! So many `LINES` of a build that say nothing stand above the first report.
#![expect(clippy::print_stderr, reason = "an example is a program")]

mod samples;

use std::io::{BufWriter, Write};

use fixwright_report::Format;
use samples::SAMPLES;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let format: Format = arguments.next().ok_or("which format?")?.parse()?;
    let bytes = arguments.next().ok_or("how many megabytes?")?.parse::<usize>()? * 1_000_000;
    let quiet = arguments.next().map_or(Ok(0), |lines| lines.parse::<usize>())?;
    let sample = SAMPLES.iter().find(|sample| sample.format == format);
    let sample = sample.ok_or("there is no sample of this format")?;
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    for n in 0..quiet {
        writeln!(out, "[{n}] cc -O2 -DNAME=\"a:{n}\" -I include -c -o build/x_{n}.o src/x_{n}.c")?;
    }
    let reports = sample.parts(bytes, |part| out.write_all(part.as_bytes()))?;
    out.flush()?;
    eprintln!("{reports} reports");
    Ok(())
}
