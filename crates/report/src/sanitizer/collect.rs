//! The lines of a log, put together into reports.

use super::class::{check, class};
use super::line::{Kind, kind, without_prefix};
use crate::lines::Line;
use crate::trace::{Access, Draft, bare_name, place, rank, weaknesses};
use crate::{BugReport, Level, Location, Note};

/// A report ends at so many lines that have nothing of a trace.
const MAX_NOISE: u32 = 200;

/// Puts reports together; at most one is open.
#[derive(Default)]
pub(super) struct Collector {
    open: Option<Open>,
}

struct Open {
    draft: Draft,
    shape: Shape,
    access: Option<Access>,
    /// Lines in a row that have nothing of a trace.
    noise: u32,
    /// The last of them, which may say what the stack below it is.
    last: String,
}

/// What the report is, and how far it got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A defect that is named in a line of its own, its summary yet to come.
    Trace,
    /// One leak of several.
    Leak,
    /// Undefined behaviour, which needs no summary.
    Undefined,
    /// Anything, its summary read.
    Summed,
}

impl Collector {
    /// Takes a line; gives the report that ends above or with it.
    pub(super) fn line(&mut self, line: &Line<'_>) -> Option<BugReport> {
        let text = without_prefix(line.text());
        let kind = kind(text);
        let done = match &kind {
            Kind::Head { .. } | Kind::Undefined { .. } => self.close(Cause::Begin),
            Kind::Leak { .. } => self.close(Cause::Leak),
            _ => None,
        };
        match kind {
            Kind::Head { word, tool, message } => self.open(Open::trace(line, word, tool, message)),
            Kind::Undefined { place, message } => self.open(Open::undefined(line, place, message)),
            Kind::Leak { message, size } => self.open(Open::leak(line, message, size)),
            Kind::Summary { tool, message } if self.open.is_none() => {
                self.open(Open::summary_alone(line, tool, message));
            }
            kind => return self.inside(line, text, kind),
        }
        if let Some(open) = &mut self.open {
            open.draft.take(line);
            open.draft.keep(line);
        }
        done
    }

    /// Ends the last report.
    pub(super) fn finish(mut self) -> Option<BugReport> {
        self.close(Cause::End)
    }

    fn open(&mut self, open: Open) {
        self.open = Some(open);
    }

    fn inside(&mut self, line: &Line<'_>, text: &str, kind: Kind<'_>) -> Option<BugReport> {
        let open = self.open.as_mut()?;
        let ended = match (open.shape, &kind) {
            (_, Kind::End) => {
                let rule = text.starts_with("====");
                if open.shape == Shape::Summed && open.draft.take(line) && !rule {
                    open.draft.keep(line);
                }
                open.shape == Shape::Summed
            }
            (Shape::Summed, Kind::Body) => false,
            (Shape::Summed, _) => true,
            (Shape::Undefined, Kind::Blank | Kind::Other(_)) => true,
            _ => open.noise >= MAX_NOISE,
        };
        if ended {
            return self.close(Cause::Noise);
        }
        if open.draft.take(line) {
            open.add(line, text, kind);
        } else if let Kind::Summary { .. } = kind {
            open.shape = Shape::Summed;
        }
        None
    }

    fn close(&mut self, cause: Cause) -> Option<BugReport> {
        let mut open = self.open.take()?;
        let leaks = open.draft.report.title.as_deref() == Some("detected memory leaks");
        if cause == Cause::Leak && leaks {
            return None;
        }
        let cut = match open.shape {
            Shape::Trace => true,
            Shape::Leak => cause != Cause::Leak,
            Shape::Undefined | Shape::Summed => false,
        };
        if cut {
            let message = "the report has no SUMMARY line below it and may be cut";
            open.draft.warn(open.draft.begin(), message);
        }
        Some(open.finish())
    }
}

/// Why a report ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// Another begins.
    Begin,
    /// A leak begins.
    Leak,
    /// What follows has nothing of a trace.
    Noise,
    /// The input ends.
    End,
}

impl Open {
    fn new(line: &Line<'_>, shape: Shape, tool: &str, word: &str, title: &str) -> Self {
        let mut draft = Draft::new(line.place);
        let report = &mut draft.report;
        report.provenance.tool = Some(tool.to_owned());
        report.severity.raw = Some(word.to_owned());
        report.severity.level = Some(Level::from_word(word).unwrap_or(Level::Error));
        report.title = Some(title.trim_end().to_owned());
        Self { draft, shape, access: None, noise: 0, last: String::new() }
    }

    fn trace(line: &Line<'_>, word: &str, tool: &str, message: &str) -> Self {
        let mut open = Self::new(line, Shape::Trace, tool, word, message);
        open.draft.report.rule.id = class(message);
        open.draft.stack("access", message);
        if let Some(address) = address(message) {
            open.draft.extra("address", address);
        }
        open
    }

    fn undefined(line: &Line<'_>, place: Location, message: &str) -> Self {
        let tool = "UndefinedBehaviorSanitizer";
        let mut open = Self::new(line, Shape::Undefined, tool, "runtime error", message);
        open.draft.report.location = place;
        if let Some((id, kind)) = check(message) {
            open.draft.report.rule.id = Some(id.to_owned());
            open.draft.report.rule.kind = Some(kind.to_owned());
        }
        open.draft.stack("access", message);
        open
    }

    fn leak(line: &Line<'_>, message: &str, size: &str) -> Self {
        let mut open = Self::new(line, Shape::Leak, "LeakSanitizer", "ERROR", message);
        open.draft.report.rule.id = Some("memory-leak".to_owned());
        let kind = message.split(" of ").next().unwrap_or_default();
        open.draft.report.rule.kind = Some(kind.to_owned());
        open.draft.extra("size", size);
        open.draft.stack("allocated by", message.trim_end_matches(':'));
        open
    }

    /// A summary without the report above it, which was cut away.
    fn summary_alone(line: &Line<'_>, tool: &str, message: &str) -> Self {
        let mut open = Self::new(line, Shape::Summed, tool, "SUMMARY", message);
        open.draft.report.severity.raw = None;
        let (class, rest) = message.split_once(' ').unwrap_or((message, ""));
        open.draft.report.rule.id = Some(class.to_owned());
        let rest = rest.strip_suffix(" in").unwrap_or(rest);
        let (at, function) = rest.rsplit_once(" in ").unwrap_or((rest, ""));
        if at.contains(':') {
            open.draft.report.location = place(at);
        }
        open.draft.report.location.function = bare_name(function);
        open.draft.warn(
            line.place,
            "only the summary of this report is there; what stood above it is missing",
        );
        open
    }

    /// Adds a line of the report.
    fn add(&mut self, line: &Line<'_>, text: &str, kind: Kind<'_>) {
        self.noise += 1;
        match kind {
            Kind::Frame { first, location } => self.frame(first, location),
            Kind::Access { access, previous, size, address, message } => {
                self.access(access, previous, size, address, message);
            }
            Kind::Stack { tag, message } => {
                if !message.ends_with(" here") {
                    self.draft.say(message);
                }
                self.draft.stack(tag, message);
            }
            Kind::Prose(sentence) => self.prose(sentence),
            Kind::Note { place, message } => {
                self.draft.report.related.push(Note::new(place, message));
            }
            Kind::Body => self.shadow(text),
            Kind::Summary { message, .. } => self.summary(message),
            Kind::Other(text) => {
                self.last = text.to_owned();
                return;
            }
            _ => return,
        }
        self.noise = 0;
        self.draft.keep(line);
    }

    fn frame(&mut self, first: bool, location: Location) {
        if first && self.draft.inside_stack() {
            self.draft.stack("stack", std::mem::take(&mut self.last));
        }
        let rank = rank(&location);
        self.draft.frame(location, rank);
    }

    fn access(&mut self, access: Access, previous: bool, size: &str, address: &str, message: &str) {
        if !previous {
            self.access = Some(access);
            let name = if access == Access::Read { "read" } else { "write" };
            self.draft.extra("access", name);
            self.draft.extra("size", size);
            self.draft.extra("address", address);
        }
        self.draft.say(message);
        self.draft.stack(if previous { "previous access" } else { "access" }, message);
    }

    fn prose(&mut self, sentence: &str) {
        if let Some(caused) = sentence.strip_prefix("The signal is caused by a ") {
            let read = caused.starts_with("READ");
            self.draft.extra("access", if read { "read" } else { "write" });
        }
        if sentence.contains("address points to the zero page") {
            self.draft.report.rule.cwe = weaknesses("null", None).to_vec();
        }
        self.draft.say(sentence);
    }

    /// The shadow byte of the address, in brackets in its row.
    fn shadow(&mut self, text: &str) {
        let byte = text.strip_prefix("=>").and_then(|row| row.split_once('['));
        if let Some((byte, _)) = byte.and_then(|(_, after)| after.split_once(']')) {
            self.draft.extra("shadow byte", byte);
        }
    }

    fn summary(&mut self, message: &str) {
        let rule = &mut self.draft.report.rule;
        if rule.id.is_none() && self.shape == Shape::Trace {
            rule.id = message.split(' ').next().map(str::to_owned);
        }
        self.draft.extra("summary", message);
        self.shape = Shape::Summed;
    }

    fn finish(mut self) -> BugReport {
        let rule = &mut self.draft.report.rule;
        let class = rule.id.as_deref().unwrap_or_default();
        for &cwe in weaknesses(class, self.access) {
            if !rule.cwe.contains(&cwe) {
                rule.cwe.push(cwe);
            }
        }
        if self.draft.report.location.path.is_none() && self.draft.report.steps.is_empty() {
            let begin = self.draft.begin();
            self.draft.warn(begin, "the report has no stack");
        }
        self.draft.finish()
    }
}

/// The address that a message names: `on address 0x12`, `double-free on 0x12`, `not malloc()-ed: 0x12`.
fn address(message: &str) -> Option<&str> {
    let after = ["address 0x", " on 0x", "-ed: 0x"]
        .iter()
        .find_map(|before| message.find(before).map(|at| &message[at + before.len() - 2..]))?;
    after.split(|c: char| !c.is_ascii_alphanumeric()).next()
}
