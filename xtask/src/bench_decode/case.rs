//! The samples as a model sees them.

use std::path::Path;

use fixwright::dataset::{Assignments, RepairSample, changed_lines};
use fixwright::decode::SourceDraft;
use fixwright::prompt::{Options, Request, expected};
use fixwright::repair::{Asked, Asker};
use fixwright::report::{self, BugReport};

use super::BenchDecodeFlags;
use crate::exit::{BadInput, note};
use crate::spread::spread;
use crate::workspace;

/// What a program without a path is called.
const FILE: &str = "main.c";

/// The samples that are shipped.
const SHIPPED: &str = "tests/fixtures/decode.jsonl";

/// A sample in a model's tokens.
pub(super) struct Case {
    pub(super) asked: Asked,
    /// Whether the report names the line.
    line_known: bool,
    /// The recorded fix as an answer, with the token that ends it.
    pub(super) answer: Vec<u32>,
    /// Lines that the fix deletes and inserts.
    pub(super) changed_lines: usize,
    /// Tokens of the answer that would change nothing and of the recorded one that differ.
    pub(super) changed_tokens: usize,
}

impl Case {
    /// Drafts from the source, and minds the reported line if there is one.
    pub(super) fn drafter(&self, asker: &Asker) -> SourceDraft {
        if self.line_known {
            return asker.drafter(&self.asked);
        }
        SourceDraft::new(&self.asked.draft, asker.line_ends().clone())
    }
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
    let (report, line) = reported(sample, code);
    let path = sample.source_code_path.as_deref().unwrap_or(FILE);
    let request = Request::new(&report, path, code, line.unwrap_or(1), options);
    let Ok(request) = request else { return Ok(None) };
    let Ok(answer) = expected(&request, &fixed) else { return Ok(None) };
    let asked = asker.ask(&request)?;
    let mut answer = asker.tokenizer().encode(&answer)?.ids;
    let changed_tokens = changed_lines(&lines(&asked.draft), &lines(&answer));
    answer.extend(asker.tokenizer().end_of_turn().first());
    Ok(Some(Case {
        asked,
        line_known: line.is_some(),
        answer,
        changed_lines: changed_lines(code, &fixed),
        changed_tokens,
    }))
}

/// The sample's report, and the line that it names: the tool's own, or what the compiler said, or else what the program should do.
fn reported(sample: &RepairSample, code: &str) -> (BugReport, Option<usize>) {
    let said: Option<String> = sample.extra.get("compile_error").ok().flatten();
    let text = sample.bug_report_text.clone().or(said.filter(|said| !said.is_empty()));
    let found = text.as_deref().and_then(|text| report::parse(text.as_bytes()).ok());
    let mut report = found.and_then(|found| found.reports.into_iter().next()).unwrap_or_default();
    if report.title.is_none() && report.description.is_none() {
        report.description = text.or_else(|| sample.description.clone());
    }
    let line = sample.line_number.or(report.location.line).map(|line| line as usize);
    (report, line.filter(|line| (1..=code.lines().count()).contains(line)))
}

/// One token a line, for comparing.
fn lines(tokens: &[u32]) -> String {
    tokens.iter().map(|token| format!("{token}\n")).collect()
}
