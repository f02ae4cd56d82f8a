//! The one type that every reader fills.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{Format, Language, Location};

/// What a bug report says, whatever format it came in.
///
/// A field that the report does not fill stays empty; nothing is guessed. Start from
/// [`BugReport::default`] to make one by hand.
///
/// ```
/// use fixwright_report::{BugReport, Location};
///
/// let mut report = BugReport::default();
/// report.title = Some("unbounded sprintf".into());
/// report.location = Location::new("src/greet.c", 9);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BugReport {
    /// Where the report came from.
    pub provenance: Provenance,
    /// The identifier that the tool gave to this finding, such as a Coverity CID.
    pub native_id: Option<String>,
    /// The rule that was broken.
    pub rule: Rule,
    /// How bad it is.
    pub severity: Severity,
    /// What was decided about the finding (`New`, `Triaged`), in the report's own words.
    pub status: Option<String>,
    /// Where the defect is.
    pub location: Location,
    /// The way through the code to the defect, in order.
    pub steps: Vec<Note>,
    /// Other places that the report points to, in its order.
    pub related: Vec<Note>,
    /// The finding in one line.
    pub title: Option<String>,
    /// The finding at length.
    pub description: Option<String>,
    /// What the report proposes to do, in prose or code.
    pub suggested_fix: Option<String>,
    /// The language of the code.
    pub language: Option<Language>,
    /// Keys without a field of their own, in the order in which they stood.
    pub extra: Vec<(String, String)>,
    /// What could not be read, or reads oddly.
    pub warnings: Vec<Warning>,
    /// The report as it stood in the input, without terminal colours.
    pub text: String,
}

/// Where a report came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Provenance {
    /// The format it was read from; none for a report made by hand.
    pub format: Option<Format>,
    /// The tool that found the defect, as far as the report shows it.
    pub tool: Option<String>,
    /// The file that was read; only the caller knows it, so the readers leave it empty.
    pub file: Option<String>,
    /// The bytes of the input that the report takes up, whole lines of it.
    pub span: Range<usize>,
}

/// The rule that a finding breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Rule {
    /// The checker or warning option: `BUFFER_SIZE`, `-Wformat`, `bugprone-infinite-loop`.
    pub id: Option<String>,
    /// The kind of defect in the report's own words (`Type:`).
    pub kind: Option<String>,
    /// The group that the rule belongs to (`Category:`).
    pub category: Option<String>,
    /// A classification beside the category (`Classification:`).
    pub classification: Option<String>,
    /// Numbers of the Common Weakness Enumeration, each once, in order of appearance.
    pub cwe: Vec<u32>,
}

/// How bad a finding is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Severity {
    /// The report's own word.
    pub raw: Option<String>,
    /// That word on a common scale; none if it is not a word of any known scale.
    pub level: Option<Level>,
    /// What the defect would do (`Impact:`), in the report's own words.
    pub impact: Option<String>,
    /// How sure the tool is (`Certainty:`), in the report's own words.
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
            | "minor" | "low" | "very low" => Some(Self::Note),
            "warning" | "warn" | "medium" | "moderate" | "normal" => Some(Self::Warning),
            "error" | "fatal" | "fatal error" | "major" | "high" | "very high" | "severe"
            | "critical" | "blocker" => Some(Self::Error),
            _ => None,
        }
    }
}

/// A place together with what is to be said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Note {
    /// The place; empty if the report gives none.
    pub location: Location,
    /// What the report says of it.
    pub message: String,
}

impl Note {
    /// A message about a place.
    pub fn new(location: Location, message: impl Into<String>) -> Self {
        Self { location, message: message.into() }
    }
}

/// Something in a report that could not be read, or that reads oddly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Warning {
    /// Where it is in the input.
    pub place: Place,
    /// What is wrong.
    pub message: String,
}

impl Warning {
    /// A warning about a place in the input.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// A place in the input that was read (not in the source code that it speaks of).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Byte, from 0.
    pub byte: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} (byte {})", self.line, self.byte)
    }
}
