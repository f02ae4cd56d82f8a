//! Reading failing tests from JSON.

use crate::fields::Fields;
use crate::input::Input;
use crate::json::{Json, Marks, Raw};
use crate::stream::{Halt, Sink};
use crate::{BugReport, Language, TestFailure, Warning};

const MARKS: Marks = Marks { element: &[&["expected", "actual"]], around: &[] };

/// Whether an input begins like JSON.
pub(super) fn begins(input: &mut Input<'_>) -> Result<bool, Halt> {
    let first = Json::new(input)?.peek()?;
    Ok(matches!(first, Some(b'{' | b'[')))
}

/// Reads every object of `input`.
pub(super) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut json = Json::new(input)?;
    loop {
        match json.peek()? {
            Some(b'[') => json.elements(sink, &MARKS, &mut element)?,
            Some(_) => match json.raw() {
                Ok(raw) => warned(element(&raw, sink), sink)?,
                Err(Halt::Damaged(damage)) => {
                    json.salvage(Some(damage), sink, &MARKS, &mut element)?;
                }
                Err(halt) => return Err(halt),
            },
            None => return Ok(()),
        }
    }
}

/// What is wrong with one object becomes a warning.
fn warned(read: Result<(), Halt>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    match read {
        Err(Halt::Damaged(damage)) => sink.warn(damage.place, damage.message),
        other => other,
    }
}

fn element(raw: &Raw, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut fields = Fields::of(raw)?;
    let test = TestFailure {
        name: fields.text("name").or_else(|| fields.text("test")),
        input: fields.verbatim("input"),
        expected: fields.verbatim("expected"),
        actual: fields.verbatim("actual"),
        exit_status: fields.integer("exit_status"),
        signal: fields.integer("signal"),
    };
    if test.expected.is_none() && test.actual.is_none() {
        let message = "the object has neither `expected` nor `actual`";
        return Err(Halt::Damaged(Warning::new(raw.place, message)));
    }
    let read = BugReport::standing_at(raw.place, &raw.bytes);
    let mut report =
        BugReport { provenance: read.provenance, text: read.text, ..BugReport::from_test(test) };
    report.title = fields.text("title").or(report.title);
    report.location.path = fields.text("file");
    report.location.line = fields.number("line");
    report.location.function = fields.text("function");
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    report.extra = fields.rest();
    sink.report(report)
}
