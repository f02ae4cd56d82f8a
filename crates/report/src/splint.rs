//! Findings of splint.
//!
//! ```text
//! strings.c: (in function main)
//! strings.c:40:2: Buffer overflow possible with sprintf.  Recommend using
//!                    snprintf instead: sprintf
//!   Use of function that may lead to buffer overflow. (Use -bufferoverflowhigh to
//!   inhibit warning)
//! ```
//!
//! The rule is the flag that would silence the finding.

use crate::draft::{Draft, Room};
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::position::Position;
use crate::stream::{Halt, Sink};
use crate::{Language, Location, Step};

/// Whether `input` begins as splint does.
pub(crate) fn is_like(input: &str) -> bool {
    input.lines().take(32).any(|line| version(line).is_some())
        || (input.contains(" to inhibit\n  warning)") || input.contains("to\n  inhibit warning)"))
}

/// Reads every finding in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let (mut reader, mut lines) = (Reader::default(), Lines::new(input));
    while let Some(line) = lines.next(sink)? {
        reader.line(&line, sink)?;
    }
    reader.close(sink)
}

#[derive(Default)]
struct Reader {
    open: Option<Draft>,
    version: Option<String>,
    function: Location,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let text = line.text();
        if text.starts_with(' ') {
            if let Some(draft) = &mut self.open {
                below(draft, line, text);
            }
        } else if let Some((path, said)) = text.split_once(": (in ") {
            self.close(sink)?;
            let name = said.trim_end_matches(')').rsplit(' ').next();
            self.function.path = Some(path.to_owned());
            self.function.function =
                name.map(str::to_owned).filter(|_| said.starts_with("function "));
        } else if let Some((position, message)) = Position::leading(text) {
            self.close(sink)?;
            self.begin(line, &position, message.trim());
        } else if let Some(version) = version(text) {
            self.close(sink)?;
            self.version = Some(version.to_owned());
            sink.recognised();
        } else if !text.trim().is_empty() {
            self.close(sink)?;
            if !text.starts_with("Finished checking") && !text.starts_with("*** Cannot continue") {
                sink.warn(line.place, "the line is no finding and is skipped")?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, line: &Line<'_>, position: &Position<'_>, message: &str) {
        let mut draft = Draft::new(line);
        let report = &mut draft.report;
        report.provenance.tool = Some("splint".to_owned());
        report.provenance.tool_version.clone_from(&self.version);
        report.title = Some(message.to_owned());
        report.language = Language::from_path(position.path);
        report.location = position.location();
        if self.function.path.as_deref() == Some(position.path) {
            report.location.function.clone_from(&self.function.function);
        }
        if let Some(number) = position.bad_line() {
            draft.warn(line, format!("`{number}` is no line number"));
        }
        self.open = Some(draft);
    }

    fn close(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let Some(mut draft) = self.open.take() else { return Ok(()) };
        let report = &mut draft.report;
        report.rule.id = report.description.as_deref().and_then(flag);
        sink.report(draft.report)
    }
}

/// A line below a finding: more of the message, an explanation, or another place.
fn below(draft: &mut Draft, line: &Line<'_>, text: &str) {
    if draft.take(line) == Room::None {
        return;
    }
    let report = &mut draft.report;
    let said = text.trim();
    let indent = text.len() - text.trim_start().len();
    if let Some((position, message)) =
        Position::leading(said).filter(|(p, _)| !p.path.contains(' '))
    {
        report.steps.push(Step::new(position.location(), message.trim()));
        return;
    }
    // An explanation stands at 2, the rest of a message or of another place deeper.
    let slot = match report.steps.last_mut() {
        Some(step) if indent > 3 => &mut step.message,
        _ if indent > 3 && report.description.is_none() => report.title.get_or_insert_default(),
        _ => report.description.get_or_insert_default(),
    };
    if !slot.is_empty() {
        slot.push(' ');
    }
    slot.push_str(said);
}

/// The flag in `(Use -formatcode to inhibit warning)`.
fn flag(explanation: &str) -> Option<String> {
    let (_, rest) = explanation.rsplit_once("(Use ")?;
    let flag = rest.split(' ').next()?;
    flag.strip_prefix(['-', '+']).map(str::to_owned)
}

fn version(line: &str) -> Option<&str> {
    let (version, _) = line.strip_prefix("Splint ")?.split_once(" --- ")?;
    Some(version)
}
