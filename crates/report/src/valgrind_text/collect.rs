//! The lines of valgrind, put together into reports.

use super::class::{class, cwe, level};
use super::line::{Kind, content, kind};
use crate::lines::Line;
use crate::trace::{Draft, rank};
use crate::{BugReport, Step};

/// As many frames of announced threads are kept for the error that follows them.
const MAX_ANNOUNCED: usize = 1024;

/// Puts reports together; at most one is open.
#[derive(Default)]
pub(super) struct Collector {
    tool: Option<String>,
    version: Option<String>,
    process: String,
    open: Option<Draft>,
    /// Whether a blank line came since the open report's last line.
    parted: bool,
    /// Where threads were made, for the next report.
    announced: Vec<Step>,
}

impl Collector {
    /// Whether the name of a tool was read: then there may as well be no error at all.
    pub(super) fn is_valgrind(&self) -> bool {
        self.tool.is_some()
    }

    /// Takes a line; gives the report that ends above it.
    pub(super) fn line(&mut self, line: &Line<'_>) -> Option<BugReport> {
        let Some((process, content)) = content(line.text()) else {
            self.pass(line);
            return None;
        };
        let done = if process == self.process { None } else { self.finish_open() };
        if process != self.process {
            process.clone_into(&mut self.process);
        }
        let kind = kind(content);
        done.or_else(|| self.content(line, kind))
    }

    /// Ends the last report.
    pub(super) fn finish(mut self) -> Option<BugReport> {
        self.finish_open()
    }

    fn content(&mut self, line: &Line<'_>, kind: Kind<'_>) -> Option<BugReport> {
        match kind {
            Kind::Tool(name) => self.tool = Some(name.to_owned()),
            Kind::Version(version) => self.version = Some(version.to_owned()),
            Kind::Blank => {
                self.parted = true;
                self.pass(line);
            }
            Kind::Rule => return self.finish_open(),
            Kind::Text(text) => return self.text(line, text),
            Kind::Aside(text) => self.inside(line, |draft| aside(draft, text)),
            Kind::Frame(location) => self.inside(line, |draft| {
                let rank = rank(&location);
                draft.frame(location, rank);
            }),
        }
        None
    }

    /// Takes a line that may stand inside of a report.
    fn pass(&mut self, line: &Line<'_>) {
        if let Some(draft) = &mut self.open {
            draft.take(line);
        }
    }

    fn inside(&mut self, line: &Line<'_>, add: impl FnOnce(&mut Draft)) {
        if let Some(draft) = &mut self.open
            && draft.take(line)
        {
            add(draft);
            draft.keep(line);
        }
    }

    /// A line that is not indented: the first of an error, or one more of the same.
    fn text(&mut self, line: &Line<'_>, text: &str) -> Option<BugReport> {
        let goes_on = !self.parted && self.open.as_ref().is_some_and(|draft| !names_thread(draft));
        if let Some(tag) = continued(text).filter(|_| self.open.is_some()) {
            self.inside(line, |draft| {
                draft.say(text);
                draft.stack(tag, text);
            });
        } else if goes_on {
            self.inside(line, |draft| draft.say(text));
        } else {
            let done = self.finish_open();
            self.open = Some(self.begin(line, text));
            return done;
        }
        self.parted = false;
        None
    }

    fn begin(&mut self, line: &Line<'_>, text: &str) -> Draft {
        self.parted = false;
        let mut draft = Draft::new(line.place);
        draft.report.title = Some(text.to_owned());
        let announced = text.starts_with("Thread #") && text.ends_with(" was created");
        let tag = match class(text) {
            _ if announced => "thread created",
            Some(class) if class.starts_with("Leak_") => "allocated by",
            _ => "access",
        };
        draft.stack(tag, text);
        draft.take(line);
        draft.keep(line);
        draft
    }

    /// Ends the open report: gives it if it has a stack, and keeps the stacks of threads for the next one.
    fn finish_open(&mut self) -> Option<BugReport> {
        self.parted = false;
        let draft = self.open.take()?;
        if draft.report.steps.is_empty() {
            return None;
        }
        if draft.report.steps[0].tag.as_deref() == Some("thread created") {
            let flows = self.announced.last().map_or(0, |step| step.flow + 1);
            let room = MAX_ANNOUNCED.saturating_sub(self.announced.len());
            let steps = draft.report.steps.into_iter().take(room);
            self.announced.extend(steps.map(|step| Step { flow: flows, ..step }));
            return None;
        }
        Some(self.report(draft))
    }

    fn report(&mut self, mut draft: Draft) -> BugReport {
        let head = draft.report.title.clone().unwrap_or_default();
        describe(&mut draft, &head);
        let mut report = draft.finish();
        report.provenance.tool = Some(self.tool.clone().unwrap_or_else(|| "valgrind".to_owned()));
        report.provenance.tool_version.clone_from(&self.version);
        let flows = report.steps.last().map_or(0, |step| step.flow + 1);
        let announced = std::mem::take(&mut self.announced).into_iter();
        report.steps.extend(announced.map(|step| Step {
            flow: step.flow + flows,
            is_key: false,
            ..step
        }));
        report
    }
}

/// Whether all that is there yet is `Thread 2:`, which memcheck puts above an error.
fn names_thread(draft: &Draft) -> bool {
    let title = draft.report.title.as_deref().unwrap_or_default();
    title.starts_with("Thread ") && title.ends_with(':')
}

/// The tag of a stack that belongs to the error above, although it stands apart.
fn continued(text: &str) -> Option<&'static str> {
    const BEGINS: &[(&str, &str)] = &[
        ("This conflicts with a previous", "previous access"),
        ("Other segment ", "previous access"),
        ("Observed (incorrect) order", "lock"),
        ("followed by a later acquisition", "lock"),
        ("Required order was established", "lock"),
        ("Lock at ", "lock"),
    ];
    BEGINS.iter().find(|(begin, _)| text.starts_with(begin)).map(|(_, tag)| *tag)
}

/// A line about the error above it, with or without a stack below it.
fn aside(draft: &mut Draft, text: &str) {
    let tag = match text {
        _ if text.ends_with("free'd") => "freed by",
        _ if text.ends_with("alloc'd") || text.starts_with("Block was alloc'd") => "allocated by",
        _ if text.starts_with("Uninitialised value was created") => "created by",
        _ => continued(text).unwrap_or("stack"),
    };
    draft.say(text);
    // What stands above the first frame says more of that stack.
    if draft.inside_stack() || tag != "stack" {
        draft.stack(tag, text);
    }
}

/// The rule, the weakness and what else the first line says.
fn describe(draft: &mut Draft, head: &str) {
    let Some(class) = class(head) else { return };
    let about = draft.report.description.clone().unwrap_or_default();
    draft.report.severity.level = Some(level(class));
    draft.report.rule.id = Some(class.to_owned());
    draft.report.rule.cwe = cwe(class, &about).to_vec();
    for (name, before) in [("size", "of size "), ("address", " at 0x")] {
        let after = head.split_once(before).map(|(_, after)| after);
        let value =
            after.and_then(|after| after.split(|c: char| !c.is_ascii_alphanumeric()).next());
        if let Some(value) = value {
            draft.extra(name, &format!("{}{value}", if name == "address" { "0x" } else { "" }));
        }
    }
    if let Some(after) = about.split_once("Address 0x").map(|(_, after)| after) {
        let value = after.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        draft.extra("address", &format!("0x{value}"));
    }
}
