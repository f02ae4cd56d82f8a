//! Klocwork's XML report.
//!
//! Problems are elements with a child for each property; traces are in blocks of lines, one for each function.

use crate::detect::Head;
use crate::input::Input;
use crate::reference::{function_name, number};
use crate::stream::{Halt, Sink};
use crate::xml::{Element, Record, Tag, Xml};
use crate::{BugReport, Language, Level, Location, Step};

/// Whether an input is a report of Klocwork.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    head.root.as_deref() == Some("errorList")
}

/// Reads every problem.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut xml = Xml::new(input);
    while let Some(tag) = xml.tag(sink)? {
        if tag.starts("errorList") {
            sink.recognised();
        } else if tag.starts("problem")
            && let Some(record) = xml.record(&tag, Tag::opens_again, sink)?
        {
            sink.report(problem(record))?;
        }
    }
    Ok(())
}

fn problem(record: Record) -> BugReport {
    let Record { mut root, mut report } = record;
    report.provenance.tool = Some("klocwork".to_owned());
    report.native_id = root.text_of("problemID");
    report.rule.id = root.text_of("code");
    report.rule.category = root.text_of("category");
    report.title = root.text_of("message");
    report.severity.raw = root.text_of("severity");
    // The four levels are Critical, Error, Warning and Review; a site may name them otherwise.
    report.severity.level = match root.text_of("severitylevel").as_deref() {
        Some("1" | "2") => Some(Level::Error),
        Some("3") => Some(Level::Warning),
        Some("4") => Some(Level::Note),
        _ => report.severity.raw.as_deref().and_then(Level::from_word),
    };
    report.status.raw = root.text_of("state");
    report.status.triage = root.text_of("citingStatus");
    let method = root.text_of("method");
    report.location = Location {
        path: root.text_of("file"),
        line: root.text_of("line").as_deref().and_then(number),
        column: root.text_of("column").as_deref().and_then(number),
        function: method.as_deref().and_then(function_name).map(str::to_owned),
        ..Location::default()
    };
    if let Some(trace) = root.child("trace") {
        report.steps = trace.children.into_iter().flat_map(block).collect();
    }
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    report.extra = root.rest();
    report
}

/// The lines of one function in a trace.
fn block(mut block: Element) -> Vec<Step> {
    let path = block.attribute("file");
    let method = block.attribute("method");
    let function = method.as_deref().and_then(function_name).map(str::to_owned);
    let line = |mut line: Element| {
        let location = Location {
            path: path.clone(),
            line: line.attribute("line").as_deref().and_then(number),
            function: function.clone(),
            ..Location::default()
        };
        let mut step = Step::new(location, line.attribute("text").unwrap_or_default());
        step.tag = line.attribute("type");
        step
    };
    block.children.into_iter().map(line).collect()
}
