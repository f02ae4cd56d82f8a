//! The samples as a model sees them.

use std::path::Path;

use fixwright::dataset::{Assignments, RepairSample, changed_lines};
use fixwright::prompt::{Options, expected};
use fixwright::repair::{Asked, Asker};

use super::BenchDecodeFlags;
use crate::exit::{BadInput, note};
use crate::spread::spread;
use crate::workspace;

/// The samples that are shipped.
const SHIPPED: &str = "tests/fixtures/decode.jsonl";

/// A sample in a model's tokens.
pub(super) struct Case {
    pub(super) asked: Asked,
    /// The recorded fix as an answer, with the token that ends it.
    pub(super) answer: Vec<u32>,
    /// Lines that the fix deletes and inserts.
    pub(super) changed_lines: usize,
    /// Tokens of the answer that would change nothing and of the recorded one that differ.
    pub(super) changed_tokens: usize,
}

/// The cases that the flags name, in the order of the file. Samples that no answer can fix are left out and counted.
pub(super) fn read(flags: &BenchDecodeFlags, asker: &Asker) -> anyhow::Result<Vec<Case>> {
    let shipped = workspace::root().join(SHIPPED);
    let path = flags.samples.as_deref().unwrap_or(&shipped);
    let bad = |error: &dyn std::fmt::Display| BadInput(format!("{}: {error}", path.display()));
    let options = Options::default().with_target(flags.target.into());
    let mut cases = Vec::new();
    let mut left_out = 0;
    for sample in chosen(flags, path)? {
        match case(&sample, asker, &options).map_err(|e| bad(&e))? {
            Some(case) => cases.push(case),
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        note(format_args!("{left_out} samples left out: without a fix that an answer can give"));
    }
    if cases.is_empty() {
        return Err(bad(&"no sample to answer").into());
    }
    Ok(cases)
}

/// The samples within the limits of the flags.
fn chosen(flags: &BenchDecodeFlags, path: &Path) -> anyhow::Result<Vec<RepairSample>> {
    let bad = |error: &dyn std::fmt::Display| BadInput(format!("{}: {error}", path.display()));
    let most = flags.max_changed_lines.unwrap_or(usize::MAX);
    let samples = Assignments::open(path, most).map_err(|e| bad(&e))?;
    let samples: Vec<_> = samples.collect::<Result<_, _>>().map_err(|e| bad(&e))?;
    Ok(spread(samples, flags.limit))
}

/// The sample in tokens; none if its fix cannot be given as an answer.
fn case(sample: &RepairSample, asker: &Asker, options: &Options) -> anyhow::Result<Option<Case>> {
    let (Some(code), Ok(Some(fixed))) = (&sample.code, sample.reference()) else { return Ok(None) };
    let report = sample.report();
    let Ok(request) = sample.request(&report, options) else { return Ok(None) };
    let Ok(answer) = expected(&request, &fixed) else { return Ok(None) };
    let asked = asker.ask(&request)?;
    let mut answer = asker.tokenizer().encode(&answer)?.ids;
    let changed_tokens = changed_lines(&lines(&asked.draft), &lines(&answer));
    answer.extend(asker.tokenizer().end_of_turn().first());
    let changed_lines = changed_lines(code, &fixed);
    Ok(Some(Case { asked, answer, changed_lines, changed_tokens }))
}

/// One token a line, for comparing.
fn lines(tokens: &[u32]) -> String {
    tokens.iter().map(|token| format!("{token}\n")).collect()
}
