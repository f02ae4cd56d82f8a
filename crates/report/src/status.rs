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
