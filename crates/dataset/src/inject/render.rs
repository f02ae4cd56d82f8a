//! Makes a sample of a site: the broken file, the report and the fix.

use fixwright_report::{BugReport, Location, cid};

use super::choose::Site;
use crate::sample::diff;
use crate::{Error, RepairSample};

/// The sample that breaks `text`, the file of `original`, at `site`.
pub(super) fn sample(
    original: &RepairSample,
    text: &str,
    site: &Site<'_>,
) -> Result<RepairSample, Error> {
    let fault = &site.fault;
    let code = [&text[..fault.range.start], &fault.with, &text[fault.range.end..]].concat();
    let line = line_at(&code, fault.range.start + fault.offset);
    let path = original.source_code_path.as_deref().unwrap_or("main.c");
    let mut sample = RepairSample {
        bug_report_text: Some(cid::render(&report(path, line, site))),
        diff_text: Some(diff(path, &code, text)),
        source_code_path: Some(path.into()),
        line_number: Some(line),
        code: Some(code),
        fixed: Some(text.into()),
        id: Some(id(original, path, site)),
        bug_report_path: None,
        diff_path: None,
        ..original.clone()
    };
    sample.extra.insert("rule", site.rule.name)?;
    sample.extra.insert("cwe", &site.rule.cwe)?;
    Ok(sample)
}

fn report(path: &str, line: u32, site: &Site<'_>) -> BugReport {
    let mut report = BugReport::default();
    report.title = Some(site.rule.title.into());
    report.rule.cwe = vec![site.rule.cwe];
    report.rule.id = Some(site.rule.name.to_uppercase().replace('-', "_"));
    report.location = Location::new(path, line).in_function(site.function);
    report.description = Some(site.rule.message.replacen("{}", &site.fault.subject, 1));
    report
}

/// A name that no other sample of the same original has.
fn id(original: &RepairSample, path: &str, site: &Site<'_>) -> String {
    let base = original.id.as_deref().unwrap_or(path);
    format!("{base}:{}:{}", site.rule.name, site.fault.range.start)
}

fn line_at(text: &str, byte: usize) -> u32 {
    let before = text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count();
    u32::try_from(before).map_or(u32::MAX, |before| before.saturating_add(1))
}
