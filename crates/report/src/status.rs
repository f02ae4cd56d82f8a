//! What was decided about a finding.

use serde::{Deserialize, Serialize};

/// What was decided about a finding, each part in the report's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Status {
    /// The state that the report gives (`New`, `Triaged`).
    pub raw: Option<String>,
    /// What the finding is (SARIF's `kind`: `fail`, `open`, `review` ...).
    pub kind: Option<String>,
    /// How it compares with an earlier run (SARIF's `baselineState`: `new`, `unchanged` ...).
    pub baseline: Option<String>,
    /// What people judged it to be (`False Positive`, `Intentional`).
    pub triage: Option<String>,
    /// By what it was silenced.
    pub suppressions: Vec<Suppression>,
}

impl Status {
    /// Why there is nothing to repair, if that was decided: the finding was silenced (as SARIF 2.1.0, section 3.27.23, has it), it is no failure or
    /// gone, or people judged it to be no bug.
    pub fn settled(&self) -> Option<&'static str> {
        let word = |text: &Option<String>| text.as_deref().unwrap_or_default().to_ascii_lowercase();
        let open =
            |it: &Suppression| matches!(word(&it.status).as_str(), "underreview" | "rejected");
        if !self.suppressions.is_empty() && !self.suppressions.iter().any(open) {
            return Some("suppressed");
        }
        match (
            word(&self.kind).as_str(),
            word(&self.baseline).as_str(),
            word(&self.triage).as_str(),
        ) {
            ("pass" | "notapplicable" | "informational", _, _) => Some("no failure"),
            (_, "absent", _) => Some("gone since an earlier run"),
            (_, _, "false positive" | "intentional") => Some("judged to be no bug"),
            _ => None,
        }
    }
}

/// One way in which a finding was silenced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Suppression {
    /// Where the silencing stands (SARIF: `inSource`, `external`).
    pub kind: String,
    /// Whether it was agreed to (SARIF: `accepted`, `underReview`, `rejected`).
    pub status: Option<String>,
    /// Why.
    pub justification: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{Status, Suppression};

    #[test]
    fn what_was_silenced_judged_or_passed_is_settled() {
        let words = |kind: &str, baseline: &str, triage: &str| {
            let some = |text: &str| Some(text.to_owned());
            let (kind, baseline, triage) = (some(kind), some(baseline), some(triage));
            Status { kind, baseline, triage, ..Status::default() }.settled()
        };
        assert_eq!(words("fail", "new", "Unclassified"), None);
        assert_eq!(words("notApplicable", "new", ""), Some("no failure"));
        assert_eq!(words("fail", "absent", ""), Some("gone since an earlier run"));
        assert_eq!(words("fail", "", "False Positive"), Some("judged to be no bug"));
        let silenced = |states: &[Option<&str>]| {
            let suppression = |status: &Option<&str>| Suppression {
                status: status.map(str::to_owned),
                ..Suppression::default()
            };
            let suppressions = states.iter().map(suppression).collect();
            Status { suppressions, ..Status::default() }.settled()
        };
        assert_eq!(silenced(&[]), None);
        assert_eq!(silenced(&[None]), Some("suppressed"));
        assert_eq!(silenced(&[Some("accepted"), Some("underReview")]), None);
    }
}
