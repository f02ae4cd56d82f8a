//! What an analyser says of a sample's file alone.

use fixwright_report::{BugReport, parse};
use fixwright_validate::{
    Analyser, Analysis, Error as ValidateError, Findings, Moves, Progress, Workspace,
};

use super::Evaluator;
use crate::{Error, RepairSample};

impl Evaluator {
    /// The analyser that is run for a sample.
    pub(super) fn analyser(&self, sample: &RepairSample) -> Option<Analyser> {
        self.analyser.clone().or_else(|| named(sample))
    }

    /// What the analyser says of the file before and after the fix; none if there is no analyser for the sample.
    pub(super) fn analysis(
        &self,
        sample: &RepairSample,
        code: &str,
        fixed: &str,
        progress: Progress<'_>,
    ) -> Result<Option<Analysis>, Error> {
        let Some(analyser) = self.analyser(sample) else { return Ok(None) };
        let path = sample.source_code_path.as_deref().unwrap_or(&self.programs.file);
        let name = path.rsplit('/').next().filter(|name| !name.is_empty());
        let files = [name.unwrap_or(&self.programs.file).to_owned()];
        let mut findings = |text: &str| {
            let workspace = Workspace::of_file(&files[0], text)?;
            match analyser.findings(&workspace, &files, &self.isolation, progress) {
                Err(error @ ValidateError::Start { .. }) => {
                    Ok(Findings::None { reason: error.to_string() })
                }
                other => other,
            }
        };
        let before = findings(code)?;
        let after = findings(fixed)?;
        let mut moves = Moves::default();
        moves.add(&*files[0], code.as_bytes(), fixed.as_bytes());
        let report = reported(sample, path);
        Ok(Some(Analysis::between(&before, &after, &moves, report.as_ref())))
    }
}

fn named(sample: &RepairSample) -> Option<Analyser> {
    Analyser::named(sample.extra.get::<&str>("analyser").ok()??)
}

/// The finding that a sample's report is about. In prose only its line is known.
fn reported(sample: &RepairSample, path: &str) -> Option<BugReport> {
    let text = sample.bug_report_text.as_deref()?;
    let read = parse(text).map(|read| read.reports).unwrap_or_default();
    let mut report = read.into_iter().next().unwrap_or_default();
    if report.location.path.is_none() {
        report.location.path = Some(path.to_owned());
    }
    report.location.line = report.location.line.or(sample.line_number);
    Some(report)
}
