//! Findings of semgrep as it prints them to a terminal.
//!
//! ```text
//!     strings.c
//!    ❯❯❱ insecure-strcpy
//!           strcpy does not bound the copy
//!
//!             7┆ strcpy(buf, "hello, ");
//!             ⋮┆----------------------------------------
//!             8┆ strcat(buf, name);
//! ```
//!
//! Findings of one rule in one file that follow one another share the rule's lines; each is a report.

use crate::draft::{Draft, Room};
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::position::digits_ahead;
use crate::reference::number;
use crate::stream::{Halt, Sink};
use crate::{Fix, Language, Level, Location};

/// What stands before a line of source.
const BAR: char = '┆';

/// Whether `input` has a rule and source as semgrep draws them.
pub(crate) fn is_like(input: &str) -> bool {
    input.contains(BAR) && input.lines().any(|line| rule(line).is_some())
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
    path: Option<String>,
    /// The lines of the rule, and what they say.
    rule: Option<Draft>,
    /// Whether the message of the rule may go on.
    in_message: bool,
    open: Option<Draft>,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let text = line.text();
        if let Some((marks, id)) = rule(text) {
            self.close(sink)?;
            self.rule = Some(self.begin(line, marks, id));
            self.in_message = true;
        } else if let Some((before, source)) = text.split_once(BAR) {
            self.in_message = false;
            self.source(line, before.trim(), source.strip_prefix(' ').unwrap_or(source), sink)?;
        } else if text.trim().is_empty() {
            self.in_message &= self.rule.as_ref().is_some_and(|rule| rule.report.title.is_none());
        } else if self.in_message {
            self.message(line, text.trim());
        } else if text.starts_with("  ") && !text.contains(['│', '─']) {
            self.close(sink)?;
            self.path = Some(text.trim().to_owned());
        }
        Ok(())
    }

    fn begin(&self, line: &Line<'_>, marks: &str, id: &str) -> Draft {
        let mut draft = Draft::new(line);
        let report = &mut draft.report;
        report.provenance.tool = Some("semgrep".to_owned());
        report.rule.id = Some(id.to_owned());
        report.severity.raw = Some(marks.to_owned());
        report.severity.level = match marks.chars().count() {
            1 => Some(Level::Note),
            2 => Some(Level::Warning),
            _ => Some(Level::Error),
        };
        report.language = self.path.as_deref().and_then(Language::from_path);
        draft
    }

    fn message(&mut self, line: &Line<'_>, said: &str) {
        let Some(rule) = self.rule.as_mut() else { return };
        if rule.take(line) == Room::None || said.starts_with('❰') {
            return;
        }
        let report = &mut rule.report;
        if let Some(uri) = said.strip_prefix("Details: ") {
            report.rule.help_uri = Some(uri.to_owned());
            return;
        }
        let title = report.title.get_or_insert_default();
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(said);
    }

    fn source(
        &mut self,
        line: &Line<'_>,
        before: &str,
        code: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), Halt> {
        if before.starts_with('⋮') {
            return self.close(sink);
        }
        let Some(rule) = &self.rule else {
            return sink.warn(line.place, "source without a rule above it is skipped");
        };
        let draft = self.open.get_or_insert_with(|| {
            let mut draft = Draft::new(line);
            let span = draft.report.provenance.clone();
            draft.report = crate::BugReport {
                provenance: span,
                text: draft.report.text,
                ..rule.report.clone()
            };
            draft.report.provenance.tool.clone_from(&rule.report.provenance.tool);
            draft.report.location = Location { path: self.path.clone(), ..Location::default() };
            draft
        });
        if draft.report.provenance.span.end < line.end && draft.take(line) == Room::None {
            return Ok(());
        }
        if before.starts_with('▶') {
            let fix = code.trim_start_matches("Autofix ▶ ").trim();
            draft.report.suggested_fix = Some(fix.to_owned());
            draft.report.fixes.push(Fix { description: Some(fix.to_owned()), edits: Vec::new() });
        } else if let Some(number) = number(digits_ahead(before).0) {
            let location = &mut draft.report.location;
            let first = *location.line.get_or_insert(number);
            location.end_line = (first < number).then_some(number);
            let snippet = location.snippet.get_or_insert_default();
            if !snippet.is_empty() {
                snippet.push('\n');
            }
            snippet.push_str(code);
        }
        Ok(())
    }

    fn close(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        self.open.take().map_or(Ok(()), |draft| sink.report(draft.report))
    }
}

/// `❯❯❱ rule`: how bad, and which rule.
fn rule(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let end = text.find(|c| !matches!(c, '❯' | '❱')).filter(|&end| end > 0)?;
    let id = text[end..].strip_prefix(' ')?;
    text[..end].ends_with('❱').then_some((&text[..end], id.trim()))
}
