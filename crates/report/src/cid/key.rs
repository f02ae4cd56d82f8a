//! The keys of a report and the many names they go by.

/// What a key of the report stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Cid,
    Checker,
    Kind,
    Category,
    Classification,
    Cwe,
    Severity,
    Impact,
    Certainty,
    Status,
    File,
    Line,
    Column,
    Function,
    Location,
    Tool,
    Language,
    Title,
    Description,
    Path,
    Fix,
    /// A key that is none of the above.
    Other,
}

impl Key {
    /// The key that a label names, whatever its case; `Other` if none.
    pub(super) fn from_label(label: &str) -> Self {
        match normalise(label).as_str() {
            "cid" | "coverity id" | "defect id" | "issue id" | "bug id" => Self::Cid,
            "checker" | "checker name" | "check" | "rule" | "rule id" => Self::Checker,
            "type" | "issue type" | "bug type" | "defect type" | "error type" => Self::Kind,
            "category" | "issue category" => Self::Category,
            "classification" => Self::Classification,
            "cwe" | "cwe id" => Self::Cwe,
            "severity" | "severity level" => Self::Severity,
            "impact" => Self::Impact,
            "certainty" | "confidence" => Self::Certainty,
            "status" | "state" => Self::Status,
            "file" | "filename" | "file name" | "file path" | "filepath" | "source file" => {
                Self::File
            }
            "line" | "lines" | "line number" | "line numbers" | "line no" => Self::Line,
            "column" | "col" => Self::Column,
            "function" | "function name" | "method" => Self::Function,
            "location" => Self::Location,
            "finder" | "tool" | "analyzer" | "analyser" | "detected by" | "found by" => Self::Tool,
            "language" => Self::Language,
            "title" | "issue" | "problem" | "summary" | "bug" => Self::Title,
            "description"
            | "abstract"
            | "detail"
            | "details"
            | "explanation"
            | "issue description"
            | "problem description"
            | "bug description" => Self::Description,
            "path" | "code path" | "trace" | "events" => Self::Path,
            "fix"
            | "fixes"
            | "fix recommendation"
            | "fix recommendations"
            | "recommendation"
            | "recommendations"
            | "recommended fix"
            | "suggested fix"
            | "proposed fix"
            | "suggestion"
            | "suggestions"
            | "remediation" => Self::Fix,
            _ => Self::Other,
        }
    }

    /// Whether running text may follow, over several lines.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Title | Self::Description | Self::Path | Self::Fix)
    }

    /// Whether a second key of the same label can only belong to another report.
    pub(super) fn opens_report(self) -> bool {
        matches!(self, Self::Cid | Self::File | Self::Line | Self::Title | Self::Description)
    }
}

/// A label in lower case, its words joined by single spaces.
pub(super) fn normalise(label: &str) -> String {
    let apart = |c: char| c.is_whitespace() || c == '_' || c == '-';
    let mut text = String::with_capacity(label.len());
    for word in label.split(apart).filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    if text.is_ascii() {
        text.make_ascii_lowercase();
        return text;
    }
    text.to_lowercase()
}
