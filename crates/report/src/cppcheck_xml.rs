//! cppcheck's XML, versions 1 and 2.
//!
//! The places of an error come with the last step of the way first. The schema is `cppcheck-errors.rng` in
//! cppcheck's repository. Rows of the severity `information` speak of the run and not of the code.

use crate::detect::Head;
use crate::input::Input;
use crate::reference::number;
use crate::stream::{Halt, Sink};
use crate::xml::{Element, Record, Tag, Xml};
use crate::{BugReport, Language, Level, Location, Step};

/// Whether an input is what cppcheck writes.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    head.root.as_deref() == Some("results")
}

/// Reads every error.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut xml = Xml::new(input);
    let mut version = None;
    while let Some(tag) = xml.tag(sink)? {
        if tag.starts("results") {
            sink.recognised();
        } else if tag.starts("cppcheck") {
            let record = xml.record(&tag, Tag::opens_again, sink)?;
            version = record.and_then(|mut record| record.root.attribute("version"));
        } else if tag.starts("error")
            && let Some(record) = xml.record(&tag, Tag::opens_again, sink)?
        {
            error(record, version.as_deref(), sink)?;
        }
    }
    Ok(())
}

fn error(record: Record, version: Option<&str>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let Record { mut root, mut report } = record;
    report.rule.id = root.attribute("id");
    report.severity.raw = root.attribute("severity");
    report.title = root.attribute("msg");
    if report.severity.raw.as_deref() == Some("information") {
        if report.rule.id.as_deref() == Some("checkersReport") {
            return Ok(());
        }
        let (place, said) = (report.place(), report.title.unwrap_or_default());
        return sink.warn(place, format!("cppcheck says about its run: {said}"));
    }
    report.provenance.tool = Some("cppcheck".to_owned());
    report.provenance.tool_version = version.map(str::to_owned);
    report.severity.level = report.severity.raw.as_deref().and_then(Level::from_word);
    report.description =
        root.attribute("verbose").filter(|text| Some(text) != report.title.as_ref());
    report.rule.cwe = root.attribute("cwe").as_deref().and_then(number).into_iter().collect();
    report.rule.classification = root.attribute("classification");
    if root.attribute("inconclusive").as_deref() == Some("true") {
        report.severity.certainty = Some("inconclusive".to_owned());
    }
    let hash = root.attribute("hash").filter(|hash| hash != "0");
    report.fingerprints.extend(hash.map(|hash| ("hash".to_owned(), hash)));
    places(&mut report, &mut root);
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    report.extra.extend(root.rest());
    sink.report(report)
}

fn places(report: &mut BugReport, root: &mut Element) {
    let mut steps = Vec::new();
    while let Some(mut place) = root.child("location") {
        let location = location(&mut place);
        let mut step = Step::new(location, place.attribute("info").unwrap_or_default());
        step.is_key = steps.is_empty();
        steps.push(step);
        report.extra.extend(place.rest());
    }
    // In version 1 the error itself has the place.
    report.location = steps.first().map_or_else(|| location(root), |first| first.location.clone());
    if steps.len() > 1 || steps.iter().any(|step| !step.message.is_empty()) {
        steps.reverse();
        report.steps = steps;
    }
}

fn location(element: &mut Element) -> Location {
    Location {
        path: element.attribute("file"),
        line: element.attribute("line").as_deref().and_then(number),
        column: element.attribute("column").as_deref().and_then(number),
        ..Location::default()
    }
}
