//! The result of a repair as JSON, with all that made it.

use std::path::Path;
use std::time::Duration;

use fixwright::prompt::TEMPLATE_VERSION;
use fixwright::repair::{Candidate, Repair};
use fixwright::report::BugReport;
use fixwright::validate::Judged;
use serde::Serialize;

use super::case::Case;
use crate::flags::{ContextFlags, RepairFlags};
use crate::models::WeightFile;
use crate::replace::lossy;

/// What `--json` writes. `format` is raised when a field changes its meaning or goes away.
#[derive(Serialize)]
pub(super) struct Record<'a> {
    format: u32,
    fixwright: &'static str,
    template: u32,
    model: &'a [WeightFile],
    device: &'a str,
    target: String,
    context: ContextFlags,
    #[serde(serialize_with = "lossy")]
    report_path: &'a Path,
    report: &'a BugReport,
    #[serde(serialize_with = "lossy")]
    source: &'a Path,
    file: &'a str,
    line: Option<usize>,
    repaired: bool,
    interrupted: bool,
    seconds: f64,
    /// The best first.
    candidates: Vec<CandidateRecord<'a>>,
}

#[derive(Serialize)]
struct CandidateRecord<'a> {
    round: usize,
    index: usize,
    /// Later answers that made the same text.
    repeats: usize,
    judged: &'a Judged,
    patch: Option<String>,
    answer: &'a str,
    /// Lines that the patch deletes and inserts.
    size: usize,
    log_probability: Option<f64>,
    /// Answers that were passed over for it: they said nothing new, or made no new program.
    passed_over: usize,
    prompt_tokens: usize,
    output_tokens: usize,
    forwards: usize,
    drafted: usize,
    accepted: usize,
    seconds: f64,
}

impl<'a> Record<'a> {
    pub(super) fn new(
        flags: &'a RepairFlags,
        case: &'a Case,
        model: &'a [WeightFile],
        repair: &'a Repair,
        total: Duration,
    ) -> Self {
        Self {
            format: 3,
            fixwright: env!("CARGO_PKG_VERSION"),
            template: TEMPLATE_VERSION,
            model,
            device: &flags.device,
            target: fixwright::prompt::Target::from(flags.target).to_string(),
            context: flags.context,
            report_path: &case.report_path,
            report: &case.report,
            source: &case.root,
            file: &case.file.path,
            line: case.line,
            repaired: repair.repaired().is_some(),
            interrupted: repair.is_cancelled(),
            seconds: total.as_secs_f64(),
            candidates: repair.candidates.iter().map(CandidateRecord::new).collect(),
        }
    }
}

impl<'a> CandidateRecord<'a> {
    fn new(candidate: &'a Candidate) -> Self {
        let stats = &candidate.proposal.written.stats;
        Self {
            round: candidate.round,
            index: candidate.index,
            repeats: candidate.repeats,
            judged: &candidate.judged,
            patch: candidate.proposal.patch.as_ref().ok().map(ToString::to_string),
            answer: &candidate.proposal.written.text,
            size: candidate.proposal.size(),
            log_probability: candidate.proposal.written.log_probability,
            passed_over: candidate.proposal.written.passed_over,
            prompt_tokens: stats.prompt_tokens,
            output_tokens: stats.output_tokens,
            forwards: stats.forwards,
            drafted: stats.proposed,
            accepted: stats.accepted,
            seconds: stats.total().as_secs_f64(),
        }
    }
}
