//! The one type that every reader fills.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{
    Fix, Format, Language, Location, Note, Place, Rule, Severity, Status, Step, TestFailure,
    Warning,
};

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
    /// Further identifiers by name, which tell the same finding in another run: SARIF's fingerprints, Coverity's merge key.
    pub fingerprints: Vec<(String, String)>,
    /// The rule that was broken.
    pub rule: Rule,
    /// How bad it is.
    pub severity: Severity,
    /// What was decided about the finding.
    pub status: Status,
    /// Where the defect is.
    pub location: Location,
    /// The way through the code to the defect, in order.
    pub steps: Vec<Step>,
    /// Other places that the report points to, in its order.
    pub related: Vec<Note>,
    /// The finding in one line.
    pub title: Option<String>,
    /// The finding at length.
    pub description: Option<String>,
    /// What the report proposes to do, in prose or code.
    pub suggested_fix: Option<String>,
    /// What the report proposes to do, as exact changes.
    pub fixes: Vec<Fix>,
    /// The failing test that shows the defect.
    pub test: Option<TestFailure>,
    /// The language of the code.
    pub language: Option<Language>,
    /// Keys without a field of their own, in the order in which they stood.
    pub extra: Vec<(String, String)>,
    /// What could not be read, or reads oddly.
    pub warnings: Vec<Warning>,
    /// The report as it stood in the input, without terminal colours.
    pub text: String,
}

impl BugReport {
    /// A report with nothing but the bytes that it stands in, and where these begin.
    pub(crate) fn standing_at(place: Place, bytes: &[u8]) -> Self {
        let mut report = Self::default();
        report.provenance.line = place.line;
        report.provenance.span = place.byte..place.byte + bytes.len();
        report.text = crate::lines::lossy(bytes).into_owned();
        report
    }

    /// Every location in the report: its own, then those of its steps, related places and fixes.
    pub fn locations_mut(&mut self) -> impl Iterator<Item = &mut Location> {
        let edits = self.fixes.iter_mut().flat_map(|fix| &mut fix.edits);
        std::iter::once(&mut self.location)
            .chain(self.steps.iter_mut().map(|step| &mut step.location))
            .chain(self.related.iter_mut().map(|note| &mut note.location))
            .chain(edits.map(|edit| &mut edit.location))
    }

    /// Where it begins in the input.
    pub(crate) fn place(&self) -> Place {
        Place { line: self.provenance.line, byte: self.provenance.span.start }
    }
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
    /// That tool's version.
    pub tool_version: Option<String>,
    /// The file that was read; only the caller knows it, so the readers leave it empty.
    pub file: Option<String>,
    /// The bytes of the input that the report takes up. In an input in UTF-16 they count in its UTF-8 form.
    pub span: Range<usize>,
    /// The line of the input that the report begins in, from 1; 0 for a report made by hand.
    pub line: usize,
}
