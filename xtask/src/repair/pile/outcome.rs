//! What became of a finding.

use std::path::PathBuf;
use std::time::Duration;

use fixwright::repair::{Ended, Repair};
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use crate::repair::show;
use crate::replace::lossy;

/// How far a finding is repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// The analyser no longer makes the finding, and neither it nor the compiler has anything new to say; or, where failing tests were the finding,
    /// the program passes them all.
    Repaired,
    /// There is a patch that compiles and passes what tests there are; nothing shows that the bug is gone, or something new is reported.
    Plausible,
    /// There is no patch.
    Failed,
    /// Nothing is wrong with the program: it passes all tests.
    Right,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::Plausible => "plausible",
            Self::Failed => "failed",
            Self::Right => "right",
        }
    }
}

/// What became of a finding, as the summary has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) number: usize,
    pub(super) file: String,
    pub(super) line: Option<usize>,
    pub(super) tool: Option<String>,
    pub(super) rule: Option<String>,
    pub(super) title: Option<String>,
    /// The file of the report.
    #[serde(serialize_with = "lossy")]
    pub(super) report: PathBuf,
    /// Further reports of the same place.
    pub(super) also: usize,
    pub(super) status: Status,
    /// The verdict on the best candidate, or why there is none.
    pub(super) reason: String,
    /// The name of the patch.
    pub(super) patch: Option<String>,
    /// How many candidates were judged.
    pub(super) candidates: usize,
    pub(super) seconds: f64,
}

impl Outcome {
    /// That of a finding for which no candidate could be judged.
    pub(super) fn untried(finding: &Finding, reason: &str) -> Self {
        let report = &finding.case.report;
        Self {
            number: finding.number,
            file: finding.case.file.path.clone(),
            line: finding.case.line,
            tool: report.provenance.tool.clone(),
            rule: report.rule.id.clone().or_else(|| report.rule.kind.clone()),
            title: report.title.clone(),
            report: finding.case.report_path.clone(),
            also: finding.also,
            status: Status::Failed,
            reason: reason.to_owned(),
            patch: None,
            candidates: 0,
            seconds: 0.0,
        }
    }

    /// That of a program without a fault.
    pub(super) fn right(finding: &Finding) -> Self {
        Self { status: Status::Right, ..Self::untried(finding, "passes all tests") }
    }

    /// That of a search that was not broken off.
    ///
    /// `tested` says that the tests made the finding.
    pub(super) fn of(finding: &Finding, repair: &Repair, tested: bool, elapsed: Duration) -> Self {
        let best = repair.candidates.first();
        let mut reason = best.map_or("no candidate was judged".to_owned(), show::verdict);
        if repair.ended == Ended::TimeBudget {
            reason += "; the time budget was spent";
        }
        let status = match repair.repaired() {
            Some(best) if best.passes() && (best.finding_is_gone() || tested) => Status::Repaired,
            Some(_) => Status::Plausible,
            None => Status::Failed,
        };
        Self {
            status,
            candidates: repair.candidates.len(),
            seconds: elapsed.as_secs_f64(),
            ..Self::untried(finding, &reason)
        }
    }
}
