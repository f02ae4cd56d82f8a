//! A block of events under `Error: CHECKER (CWE-476):`, or in the style for Emacs.

use super::{Heading, begin};
use crate::draft::{Draft, Room};
use crate::lines::Line;
use crate::position::{Position, digits_ahead};
use crate::reference::collect_cwe;
use crate::{BugReport, Location, Step};

/// Events that only explain the others.
const SIDE: [&str; 9] = [
    "remediation",
    "note",
    "caretline",
    "scope_hint",
    "included_from",
    "example_assign",
    "example_checked",
    "example_access",
    "path",
];

/// `Error: CHECKER (CWE-476):`, and what csdiff may put behind the checker.
pub(super) fn heading(text: &str) -> Option<Heading<'_>> {
    let said = text.strip_prefix("Error: ")?.trim_end();
    let end = said.find(|c: char| !c.is_ascii_alphanumeric() && !"_.".contains(c))?;
    let (checker, rest) = said.split_at(end);
    let rest = rest.trim_start();
    let complete = rest.starts_with(':') || (rest.starts_with('(') && rest.contains("):"));
    let named = checker.starts_with(|c: char| c.is_ascii_uppercase()) && checker.len() > 2;
    (complete && named).then_some(Heading { checker, rest, cid: None })
}

/// `  Type: Resource leak (RESOURCE_LEAK)`.
pub(super) fn kind_of(text: &str) -> Option<Heading<'_>> {
    let (kind, checker) =
        text.strip_prefix("  Type: ")?.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    Some(Heading { checker, rest: kind, cid: None })
}

/// `path:line:` and nothing more.
pub(super) fn place_alone(text: &str) -> Option<Location> {
    let position = Position::whole(text.trim_end().strip_suffix(':')?)?;
    (!text.starts_with([' ', '\t', '#'])).then(|| position.location())
}

/// A defect with its events.
pub(super) struct Block {
    draft: Draft,
    /// Whether the source below the last event has an arrow.
    arrow: Option<usize>,
}

impl Block {
    pub(super) fn new(mut draft: Draft, heading: &Heading<'_>) -> Self {
        begin(&mut draft, heading);
        let report = &mut draft.report;
        report.provenance.tool = Some(tool(heading.checker).to_owned());
        if heading.rest.starts_with(['(', ':']) {
            collect_cwe(heading.rest, &mut report.rule.cwe);
            let impact =
                heading.rest.split(['(', ')', ',', ' ']).find(|word| word.starts_with("IMP-"));
            report.severity.impact = impact.map(str::to_owned);
        } else {
            report.rule.kind = Some(heading.rest.to_owned());
        }
        Self { draft, arrow: None }
    }

    /// Takes a line below the heading.
    pub(super) fn line(&mut self, line: &Line<'_>, text: &str) {
        if self.draft.take(line) == Room::None || text.trim().is_empty() {
            return;
        }
        if let Some(source) = text.strip_prefix('#') {
            self.source(source);
            return;
        }
        let event = Position::leading(text).and_then(|(position, rest)| {
            let (tag, message) = rest.strip_prefix(' ')?.split_once(": ")?;
            Some((position, tag, message))
        });
        match event {
            Some((position, tag, message)) if !tag.contains(char::is_whitespace) => {
                self.push(position.location(), tag, message);
                if let Some(number) = position.bad_line() {
                    self.draft.warn(line, format!("`{number}` is no line number"));
                }
            }
            _ => self.draft.warn(line, "the line is no event"),
        }
    }

    /// Takes an event in the style for Emacs: `  1. tag: message`.
    pub(super) fn placed(
        &mut self,
        above: &Line<'_>,
        location: Location,
        line: &Line<'_>,
        text: &str,
    ) {
        if self.draft.take(above) == Room::None || self.draft.take(line) == Room::None {
            return;
        }
        let (_, rest) = digits_ahead(text.trim());
        let event = rest.strip_prefix(". ").unwrap_or(text.trim());
        match event.split_once(": ") {
            Some((tag, message)) => self.push(location, tag, message),
            None => self.draft.warn(line, "the line is no event"),
        }
    }

    fn push(&mut self, location: Location, tag: &str, message: &str) {
        let mut step = Step::new(location, message.trim_end());
        // csdiff marks events of little weight: `path[unimportant]`.
        let (tag, importance) = match tag.strip_suffix(']').and_then(|tag| tag.split_once('[')) {
            Some((tag, importance)) => (tag, Some(importance.to_owned())),
            None => (tag, None),
        };
        (step.tag, step.importance) = (Some(tag.to_owned()), importance);
        self.draft.report.steps.push(step);
    }

    /// A line of source, `  12|-> code` where the defect is.
    fn source(&mut self, source: &str) {
        let Some((_, code)) = source.split_once("|->") else { return };
        if let Some(step) = self.draft.report.steps.last_mut() {
            step.location.snippet = Some(code.trim().to_owned());
            self.arrow.get_or_insert(self.draft.report.steps.len() - 1);
        }
    }

    pub(super) fn finish(self) -> BugReport {
        let mut report = self.draft.report;
        let checker = report.rule.id.as_deref().unwrap_or_default().to_ascii_lowercase();
        let tag = |step: &Step| step.tag.clone().unwrap_or_default();
        let steps = &report.steps;
        let at = report.location.clone();
        let same = |step: &Step| (&step.location.path, step.location.line) == (&at.path, at.line);
        let key = self
            .arrow
            .or_else(|| steps.iter().rposition(|step| !at.is_empty() && same(step)))
            .or_else(|| steps.iter().rposition(|step| tag(step) == checker))
            .or_else(|| steps.iter().rposition(|step| !SIDE.contains(&&*tag(step))));
        if let Some(step) = key.and_then(|key| report.steps.get_mut(key)) {
            step.is_key = true;
            report.location = step.location.clone();
            report.title = Some(step.message.clone());
        }
        let remedy = report.steps.iter().find(|step| step.tag.as_deref() == Some("remediation"));
        report.suggested_fix = remedy.map(|step| step.message.clone());
        report
    }
}

/// The tool behind a checker, as csdiff names those of other tools.
fn tool(checker: &str) -> &'static str {
    match checker {
        "CPPCHECK_WARNING" => "cppcheck",
        "COMPILER_WARNING" | "GCC_ANALYZER_WARNING" => "gcc",
        "CLANG_WARNING" => "clang",
        "SHELLCHECK_WARNING" => "shellcheck",
        "SMATCH_WARNING" => "smatch",
        _ => "Coverity",
    }
}
