//! What was judged beside what is recorded.

use std::collections::BTreeMap;
use std::io::Write;

use fixwright_dataset::RepairSample;

use crate::Failed;
use crate::judge::Row;

/// How many pairs of a source agree with their record.
#[derive(Default)]
struct Counts {
    pairs: usize,
    fixed_right: usize,
    same_compile_error: usize,
    same_failures: usize,
}

/// Prints a table by source, and each difference.
pub(crate) fn print(
    samples: &[RepairSample],
    rows: &[Row],
    out: &mut dyn Write,
) -> Result<(), Failed> {
    let mut sources: BTreeMap<&str, Counts> = BTreeMap::new();
    for (sample, row) in samples.iter().zip(rows) {
        let recorded: Vec<u32> = sample.extra.get("buggy_fails")?.unwrap_or_default();
        let error: String = sample.extra.get("compile_error")?.unwrap_or_default();
        // All tests of a program that does not compile count as failed.
        let fails = if error.is_empty() { recorded } else { Vec::new() };
        let right = row.fixed.compiles && row.fixed.failed.is_empty();
        let same_error = row.buggy.compiles == error.is_empty();
        let same_failures = row.buggy.indices() == fails;
        let counts = sources.entry(sample.origin.as_deref().unwrap_or_default()).or_default();
        counts.pairs += 1;
        counts.fixed_right += usize::from(right);
        counts.same_compile_error += usize::from(same_error);
        counts.same_failures += usize::from(same_failures);
        if !right {
            writeln!(out, "{}: fixed: {:?}", row.id, row.fixed)?;
        }
        if !(same_error && same_failures) {
            writeln!(out, "{}: recorded {fails:?}, buggy: {:?}", row.id, row.buggy)?;
        }
    }
    writeln!(out, "| source | pairs | fixed passes | same compile error | same failed tests |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for (source, counts) in sources {
        let Counts { pairs, fixed_right, same_compile_error, same_failures } = counts;
        writeln!(
            out,
            "| {source} | {pairs} | {fixed_right} | {same_compile_error} | {same_failures} |"
        )?;
    }
    Ok(())
}
