//! What gcc writes with `-fdiagnostics-format=json`.
//!
//! Each translation unit gives an array of diagnostics, on standard error, where a build puts several of
//! them between lines of other programs. The form is described under that option in gcc's manual.

mod diagnostic;

use crate::detect::Head;
use crate::fields::Fields;
use crate::input::Input;
use crate::json::{Json, Marks, Raw};
use crate::lines::Lines;
use crate::stream::{Halt, Sink};
use crate::{BugReport, Level};

const MARKS: Marks = Marks { element: &[&["kind"], &["message"], &["locations"]], around: &[] };
/// As far as the inside of an array is looked at to tell it from other text in brackets.
const AHEAD: usize = 512;

/// Whether an input has an array of gcc's diagnostics in it.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    if let Some(outline) = &head.json
        && outline.is_array
        && !outline.names.is_empty()
    {
        return outline.has("kind") && (outline.has("locations") || outline.has("column-origin"));
    }
    let text = &head.text;
    text.trim() == "[]"
        || text.lines().any(|line| opens(line.as_bytes()))
            && ["\"kind\"", "\"locations\"", "\"message\""].iter().all(|name| text.contains(name))
}

/// Whether `bytes` begin with a list of objects, or one that is empty and alone on its line.
fn opens(bytes: &[u8]) -> bool {
    let Some(inside) = bytes.strip_prefix(b"[") else { return false };
    let inside = inside.trim_ascii_start();
    match inside.first() {
        None => true,
        Some(b'{') => matches!(inside[1..].trim_ascii_start().first(), None | Some(b'"')),
        Some(b']') => inside[1..].trim_ascii_start().first() != Some(&b':'),
        Some(_) => false,
    }
}

/// Reads every array of diagnostics.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut held = Held::default();
    let mut blank = true;
    loop {
        let mut json = Json::new(input)?;
        let next = json.peek()?;
        blank &= next.is_none();
        match next {
            None => {
                // Without diagnostics gcc may write nothing.
                if blank {
                    sink.recognised();
                }
                break;
            }
            Some(b'[') if opens(input.ahead(AHEAD)?) => {
                sink.recognised();
                let mut json = Json::new(input)?;
                let ended = json.elements(sink, &MARKS, &mut |raw, sink| held.take(raw, sink));
                if let Err(Halt::Damaged(damage)) = ended {
                    sink.warn(damage.place, damage.message)?;
                } else {
                    ended?;
                }
                held.send(sink)?;
            }
            Some(_) => pass(input, sink)?,
        }
    }
    Ok(())
}

/// Passes over a line that is not JSON, which is worth a word if it complains.
fn pass(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines = Lines::new(input);
    let Some(line) = lines.next(sink)? else { return Ok(()) };
    if [" error: ", " warning: "].iter().any(|word| line.text().contains(word)) {
        sink.warn(line.place, "a message outside of the JSON is left out")?;
    }
    Ok(())
}

/// A diagnostic that waits for notes, which gcc may put beside it.
#[derive(Default)]
struct Held(Option<BugReport>);

impl Held {
    fn take(&mut self, raw: &Raw, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let mut report = diagnostic::report(Fields::of(raw)?, raw);
        if report.severity.level == Some(Level::Note)
            && let Some(head) = &mut self.0
            && raw.place.byte.saturating_sub(head.provenance.span.end) < AHEAD
        {
            head.provenance.span.end = raw.span().end;
            head.text.push_str(", ");
            head.text.push_str(&report.text);
            head.related.push(diagnostic::note(&mut report));
            head.related.append(&mut report.related);
            head.fixes.append(&mut report.fixes);
            head.extra.append(&mut report.extra);
            return Ok(());
        }
        self.send(sink)?;
        self.0 = Some(report);
        Ok(())
    }

    fn send(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        self.0.take().map_or(Ok(()), |report| sink.report(report))
    }
}
