//! A defect in a mail of Coverity Scan: an excerpt of the source with the events drawn into it.

use super::{Heading, begin};
use crate::draft::{Draft, Room};
use crate::lines::Line;
use crate::position::digits_ahead;
use crate::reference::{function_name, number};
use crate::{BugReport, Location, Step};

/// `*** CID 1475954:  Error handling issues  (CHECKED_RETURN)`.
pub(super) fn heading(text: &str) -> Option<Heading<'_>> {
    let (cid, rest) = digits_ahead(text.trim_start().strip_prefix("*** CID ")?);
    let rest = rest.strip_prefix(':')?.trim();
    let (kind, checker) = rest.strip_suffix(')')?.rsplit_once('(')?;
    (!cid.is_empty()).then_some(Heading { checker, rest: kind.trim(), cid: Some(cid) })
}

/// A defect with its source.
pub(super) struct Excerpt {
    draft: Draft,
    /// Events that the next line of source is at.
    pending: Vec<String>,
    /// Whether what comes may still be the excerpt.
    inside: bool,
}

impl Excerpt {
    pub(super) fn new(mut draft: Draft, heading: &Heading<'_>) -> Self {
        begin(&mut draft, heading);
        draft.report.provenance.tool = Some("Coverity".to_owned());
        draft.report.rule.kind = Some(heading.rest.to_owned()).filter(|kind| !kind.is_empty());
        Self { draft, pending: Vec::new(), inside: true }
    }

    /// Takes a line below the heading.
    pub(super) fn line(&mut self, line: &Line<'_>, text: &str) {
        let (digits, code) = digits_ahead(text);
        let marker = marked(text);
        let place = if self.draft.report.location.is_empty() { place(text) } else { None };
        let ours =
            marker.is_some() || place.is_some() || !digits.is_empty() || text.trim().is_empty();
        self.inside &= ours;
        if !self.inside || self.draft.take(line) == Room::None {
            return;
        }
        if let Some(location) = place {
            self.draft.report.location = location;
        } else if let Some(event) = marker {
            if !event.starts_with("CID ") {
                self.pending.push(event.to_owned());
            }
        } else if !digits.is_empty() && !self.pending.is_empty() {
            self.events(number(digits), code);
        }
    }

    /// Puts the events above a line of source there.
    fn events(&mut self, number: Option<u32>, code: &str) {
        let report = &mut self.draft.report;
        for event in std::mem::take(&mut self.pending) {
            let mut location = report.location.clone();
            location.line = number;
            location.snippet = Some(code.trim().to_owned());
            let mut step = Step::new(location, event);
            step.is_key = number == report.location.line;
            report.steps.push(step);
        }
    }

    pub(super) fn finish(mut self) -> BugReport {
        let line = self.draft.report.location.line;
        self.events(line, "");
        let mut report = self.draft.report;
        let main = report.steps.iter().find(|step| step.is_key).or(report.steps.last());
        report.title = main.map(|step| step.message.clone()).or_else(|| report.rule.kind.clone());
        report.location.snippet = main.and_then(|step| step.location.snippet.clone());
        report
    }
}

/// `/net/x.c: 233 in f()`, without the space in mails of robots.
fn place(text: &str) -> Option<Location> {
    let (place, function) = text.trim().rsplit_once(" in ")?;
    let (path, line) = place.rsplit_once(':')?;
    let location = Location::new(path, number(line.trim())?);
    Some(match function_name(function) {
        Some(name) => location.in_function(name),
        None => location,
    })
}

/// What follows the mark of an event: `>>>` or `vvv`.
fn marked(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("vvv").or_else(|| {
        let marks = text.bytes().take_while(|&b| b == b'>').count();
        (marks >= 3).then(|| &text[marks..])
    })?;
    rest.starts_with("  ").then(|| rest.trim())
}
