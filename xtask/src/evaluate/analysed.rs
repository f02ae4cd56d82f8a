//! What an analyser says of an answer, as a part of the result's line.

use fixwright_report::BugReport;
use fixwright_validate::{Analysis, Reported};
use serde::{Deserialize, Serialize};

/// What an analyser says of the file before and after an answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Analysed {
    /// Why there is no result.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_result: Option<String>,
    /// What became of the reported finding: `gone`, `still`, or `unseen` if the analyser does not make it before either.
    #[serde(skip_serializing_if = "Option::is_none")]
    reported: Option<Reported>,
    /// The findings that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<Finding>,
    /// The findings that have come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    new: Vec<Finding>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Finding {
    line: Option<u32>,
    rule: Option<String>,
    text: Option<String>,
}

impl From<&Analysis> for Analysed {
    fn from(analysis: &Analysis) -> Self {
        let findings = |list: &[BugReport]| list.iter().map(Finding::from).collect();
        match analysis {
            Analysis::NotBefore { reason } => Self::without_result("before", reason),
            Analysis::NotAfter { reason } => Self::without_result("after", reason),
            Analysis::Compared { reported, gone, new } => Self {
                no_result: None,
                reported: *reported,
                gone: findings(gone),
                new: findings(new),
            },
            _ => Self::default(),
        }
    }
}

impl From<&BugReport> for Finding {
    fn from(report: &BugReport) -> Self {
        let text = report.title.as_ref().or(report.description.as_ref());
        Self { line: report.location.line, rule: report.rule.id.clone(), text: text.cloned() }
    }
}

impl Analysed {
    fn without_result(when: &str, reason: &str) -> Self {
        Self { no_result: Some(format!("{when}: {reason}")), ..Self::default() }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.reported == Some(Reported::Gone)
    }

    pub(super) fn is_clean(&self) -> bool {
        self.is_gone() && self.new.is_empty()
    }
}
