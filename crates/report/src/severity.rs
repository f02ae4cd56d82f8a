//! How bad a finding is, and how sure.

use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Severity {
    /// The report's own word.
    pub raw: Option<String>,
    /// That word on a common scale; none if it is not a word of any known scale. Where a format has no word, as its
    /// tool says elsewhere: what valgrind counts is an error, what clang's analyser finds is a warning.
    pub level: Option<Level>,
    /// What the defect would do (`Impact:`), in the report's own words.
    pub impact: Option<String>,
    /// How sure the tool is (`Certainty:`), or how urgent it finds the defect (SARIF's `rank`, 0 to 100), in
    /// the report's own words.
    pub certainty: Option<String>,
}

/// The common scale of severity, that of SARIF 2.1.0 (section 3.27.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Level {
    /// Low, style, information.
    Note,
    /// Medium, a compiler's warning.
    Warning,
    /// High, critical, a compiler's error.
    Error,
}

impl Level {
    /// The level that a tool's word stands for, whatever its case.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "note" | "remark" | "info" | "information" | "informational" | "style" | "trivial"
            | "minor" | "low" | "very low" | "advice" => Some(Self::Note),
            "warning" | "warn" | "medium" | "moderate" | "normal" | "performance"
            | "portability" => Some(Self::Warning),
            "error" | "fatal" | "fatal error" | "major" | "high" | "very high" | "severe"
            | "critical" | "blocker" => Some(Self::Error),
            _ => None,
        }
    }
}
