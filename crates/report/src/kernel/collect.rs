//! The lines of a kernel's log, put together into reports.

use super::head::Head;
use super::line::{Kind, kind, without_prefix};
use crate::lines::Line;
use crate::trace::{Access, Draft, Rank, weaknesses};
use crate::{BugReport, Level, Location};

/// A report ends at so many lines that have nothing of one.
const MAX_NOISE: u32 = 64;

/// Puts reports together; at most one is open.
#[derive(Default)]
pub(crate) struct Collector {
    open: Option<Open>,
}

struct Open {
    draft: Draft,
    /// The function that the first line names, for a report without a stack.
    frame: Option<Location>,
    access: Option<Access>,
    state: State,
    noise: u32,
}

/// How far a report got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Only its first lines were read.
    Named,
    /// The instruction was read, which the call trace continues.
    Instruction,
    /// There are stacks.
    Stacks,
    /// Its end was marked; registers may follow.
    Ended,
}

impl Collector {
    /// Takes a line; gives the report that ends above or with it.
    pub(crate) fn line(&mut self, line: &Line<'_>) -> Option<BugReport> {
        let text = without_prefix(line.text());
        let kind = kind(text);
        if let Kind::Head(head) = kind {
            return self.head(line, text.trim(), *head);
        }
        let open = self.open.as_mut()?;
        let begun = open.state != State::Named;
        let ended = match &kind {
            Kind::Rule => begun,
            Kind::Frame(..) | Kind::Stack(_) | Kind::CallTrace | Kind::Other => {
                open.state == State::Ended
            }
            _ => false,
        };
        if ended || open.noise > MAX_NOISE {
            return self.finish_open();
        }
        if open.draft.take(line) {
            open.add(line, text, kind);
        }
        None
    }

    /// Ends the last report.
    pub(crate) fn finish(mut self) -> Option<BugReport> {
        self.finish_open()
    }

    fn finish_open(&mut self) -> Option<BugReport> {
        self.open.take().map(Open::finish)
    }

    /// A line that names a defect: a new one, or once more the one whose report it stands in.
    fn head(&mut self, line: &Line<'_>, text: &str, head: Head) -> Option<BugReport> {
        let again =
            self.open.as_mut().filter(|open| open.state == State::Named && open.is_about(&head));
        if let Some(open) = again {
            if open.draft.take(line) {
                open.name_again(text, head);
                open.draft.keep(line);
            }
            return None;
        }
        let done = self.finish_open();
        let mut open = Open::new(line, text, head);
        open.draft.take(line);
        open.draft.keep(line);
        self.open = Some(open);
        done
    }
}

impl Open {
    fn new(line: &Line<'_>, text: &str, head: Head) -> Self {
        let mut draft = Draft::new(line.place);
        let report = &mut draft.report;
        report.title = Some(text.to_owned());
        report.provenance.tool = head.tool.map(str::to_owned);
        report.severity.raw = Some(head.word.to_owned());
        report.severity.level = Some(if head.word == "BUG" || head.word == "Oops" {
            Level::Error
        } else {
            Level::Warning
        });
        report.rule.id = Some(head.rule);
        report.location = head.place;
        if let Some(address) = &head.address {
            draft.extra("address", address);
        }
        Self { draft, frame: head.frame, access: head.access, state: State::Named, noise: 0 }
    }

    /// Whether a line that names a defect speaks of this one: the same again, or the oops that it ends in.
    fn is_about(&self, head: &Head) -> bool {
        head.rule == "oops"
            || (self.draft.report.rule.id.as_deref() == Some(&head.rule)
                && head.tool.is_some_and(|tool| tool.starts_with('K')))
            || (head.rule == "WARNING"
                && self.draft.report.rule.id.as_deref() == Some("WARNING")
                && self.draft.report.location == head.place)
    }

    fn name_again(&mut self, text: &str, head: Head) {
        if head.rule != "oops" {
            self.draft.report.title = Some(text.to_owned());
            self.frame = head.frame;
        }
    }

    /// What the stack is that the report begins with.
    fn first_tag(&self) -> &'static str {
        match self.draft.report.provenance.tool.as_deref() {
            Some("KASAN" | "KCSAN" | "KMSAN" | "KFENCE") => "access",
            _ => "call trace",
        }
    }

    fn add(&mut self, line: &Line<'_>, text: &str, kind: Kind<'_>) {
        let text = text.trim();
        self.noise += 1;
        match kind {
            Kind::Frame(location, rank) => self.frame(location, rank),
            Kind::Instruction(location, rank) => self.instruction(location, rank),
            Kind::CallTrace => self.call_trace(),
            Kind::Stack(tag) => self.draft.stack(tag, text.trim_end_matches(':')),
            Kind::Access { access, size, address, task } => {
                self.access(access, size, address, task, text);
            }
            Kind::Prose => self.prose(text),
            Kind::EndTrace => {
                self.state = State::Ended;
                self.draft.end_stack();
            }
            Kind::Body if text.contains(" held by ") => self.draft.end_stack(),
            Kind::UserSpace | Kind::Body => {}
            Kind::Head(_) | Kind::Rule | Kind::Blank | Kind::Other => return,
        }
        self.noise = 0;
        self.draft.keep(line);
    }

    fn frame(&mut self, location: Location, rank: Rank) {
        if !self.draft.in_stack() && self.state == State::Named {
            let tag = self.first_tag();
            self.draft.stack(tag, "");
        }
        self.state = State::Stacks;
        self.draft.frame(location, rank);
    }

    /// The instruction that failed is the innermost frame; inside of a stack it is where an interrupt came.
    fn instruction(&mut self, location: Location, rank: Rank) {
        if self.state == State::Ended {
            return;
        }
        if self.state == State::Named {
            self.state = State::Instruction;
            let tag = self.first_tag();
            self.draft.stack(tag, "");
        }
        self.draft.frame(location, rank);
    }

    fn call_trace(&mut self) {
        let continues = self.state == State::Instruction || self.draft.awaits_frames();
        self.state = State::Stacks;
        if !continues {
            let tag = self.first_tag();
            self.draft.stack(tag, "");
        }
    }

    fn access(&mut self, access: Access, size: &str, address: &str, task: &str, text: &str) {
        let first = self.access.is_none();
        self.access.get_or_insert(access);
        let name = if access == Access::Read { "read" } else { "write" };
        let task = task.strip_prefix("task ").unwrap_or(task);
        for (key, value) in [("access", name), ("size", size), ("address", address), ("task", task)]
        {
            if !value.is_empty() {
                self.draft.extra(key, value);
            }
        }
        let text = text.trim_end_matches(':');
        self.draft.say(text);
        // Only KCSAN puts the stack right below the access; elsewhere the call trace is yet to come.
        self.draft.stack(if first { "access" } else { "concurrent access" }, text);
    }

    fn prose(&mut self, text: &str) {
        if text.starts_with("KASAN: null-ptr-deref") {
            self.draft.report.rule.cwe = weaknesses("null-ptr-deref", None).to_vec();
        }
        if !text.ends_with(':') {
            self.draft.say(text);
        }
    }

    fn finish(mut self) -> BugReport {
        let rule = &mut self.draft.report.rule;
        let class = rule.id.as_deref().unwrap_or_default();
        for &cwe in weaknesses(class, self.access) {
            if !rule.cwe.contains(&cwe) {
                rule.cwe.push(cwe);
            }
        }
        if self.draft.report.steps.is_empty() {
            let begin = self.draft.begin();
            self.draft.warn(begin, "no call trace follows; the log may be cut");
        }
        let frame = self.frame;
        let mut report = self.draft.finish();
        if let Some(frame) = frame.filter(|_| report.location.is_empty()) {
            report.location = frame;
        }
        report
    }
}
