//! Hits of flawfinder as text.
//!
//! ```text
//! strings.c:9:  [4] (format) printf:
//!   If format strings can be influenced by an attacker, they can be exploited
//!   (CWE-134). Use a constant for the format specification.
//! ```
//!
//! The rule is the name of the function that is warned of; what follows the weakness is the suggestion.

use crate::draft::{Draft, Room};
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::position::Position;
use crate::reference::collect_cwe;
use crate::stream::{Halt, Sink};
use crate::{Language, Level};

/// Whether `input` begins as flawfinder does, or has a hit.
pub(crate) fn is_like(input: &str) -> bool {
    version(input.lines().find(|line| !line.is_empty()).unwrap_or_default()).is_some()
        || (input.contains(":  [") && input.lines().any(|line| hit(line).is_some()))
}

/// Reads every hit in `input`.
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
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let text = line.text();
        if let Some(hit) = hit(text) {
            self.close(sink)?;
            self.begin(line, &hit);
        } else if text.starts_with(' ') || text.starts_with('\t') {
            if let Some(draft) = &mut self.open
                && draft.take(line) == Room::Left
            {
                join(draft.report.description.get_or_insert_default(), text.trim());
            }
        } else {
            self.close(sink)?;
            if let Some(version) = version(text) {
                self.version = Some(version.to_owned());
                sink.recognised();
            } else if Position::leading(text).is_some_and(|(_, rest)| rest.starts_with("  [")) {
                sink.warn(line.place, "a line that begins like a hit is cut and is skipped")?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, line: &Line<'_>, hit: &Hit<'_>) {
        let mut draft = Draft::new(line);
        let report = &mut draft.report;
        report.provenance.tool = Some("flawfinder".to_owned());
        report.provenance.tool_version.clone_from(&self.version);
        report.severity.raw = Some(hit.level.to_owned());
        report.severity.level = level(hit.level);
        report.rule.category = Some(hit.category.to_owned());
        report.rule.id = Some(hit.name.to_owned());
        report.language = Language::from_path(hit.position.path);
        report.location = hit.position.location();
        report.description = Some(hit.message.trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(number) = hit.position.bad_line() {
            draft.warn(line, format!("`{number}` is no line number"));
        }
        self.open = Some(draft);
    }

    fn close(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let Some(mut draft) = self.open.take() else { return Ok(()) };
        let report = &mut draft.report;
        let said = report.description.take().unwrap_or_default();
        collect_cwe(&said, &mut report.rule.cwe);
        let end = said.find("(CWE").and_then(|at| Some(at + said[at..].find(").")? + 2));
        let (warning, suggestion) = said.split_at(end.unwrap_or(said.len()));
        report.title = Some(warning.trim().to_owned()).filter(|text| !text.is_empty());
        report.suggested_fix = Some(suggestion.trim().to_owned()).filter(|text| !text.is_empty());
        sink.report(draft.report)
    }
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

struct Hit<'a> {
    position: Position<'a>,
    level: &'a str,
    category: &'a str,
    name: &'a str,
    message: &'a str,
}

/// `path:line:  [4] (buffer) strcat: message`.
fn hit(text: &str) -> Option<Hit<'_>> {
    let (position, rest) = Position::leading(text)?;
    let (level, rest) = rest.strip_prefix("  [")?.split_once("] (")?;
    let (category, rest) = rest.split_once(") ")?;
    let (name, message) = rest.split_once(':')?;
    level.parse::<u8>().ok().filter(|level| *level <= 5)?;
    Some(Hit { position, level, category, name, message })
}

/// The level as flawfinder's own SARIF has it.
pub(crate) fn level(risk: &str) -> Option<Level> {
    match risk {
        "0" | "1" | "2" => Some(Level::Note),
        "3" => Some(Level::Warning),
        "4" | "5" => Some(Level::Error),
        _ => None,
    }
}

fn version(line: &str) -> Option<&str> {
    line.strip_prefix("Flawfinder version ")?.split(',').next()
}
