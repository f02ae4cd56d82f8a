//! The lines of a compiler's output, put together into reports.

use super::dialect::Dialect;
use super::evidence::{Evidence, tool};
use super::flag::split_flags;
use super::head::Head;
use super::kind::{Kind, is_caret, kind};
use super::open::Open;
use crate::draft::{MAX_TEXT, Room};
use crate::folders::Folders;
use crate::lines::Line;
use crate::stream::{Halt, Sink};
use crate::{Level, Location, Note};

/// What has been read and not yet been given away.
pub(super) struct Collector {
    dialect: Dialect,
    report: Option<Open>,
    /// Whether the next line may still belong to the report.
    attached: bool,
    /// Whether the last line was one of markers.
    below_caret: bool,
    /// A line below the report that is source if the next one is of markers.
    held: Option<Line<'static>>,
    context: Context,
    folders: Folders,
    /// Signs of the compiler so far.
    seen: Evidence,
}

/// Lines above the next diagnostic that belong to it.
#[derive(Default)]
struct Context {
    notes: Vec<Note>,
    /// The first line, with the text of all.
    lines: Option<Line<'static>>,
    /// The function that the compiler said it is in.
    function: Location,
    gcc: bool,
}

impl Collector {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            report: None,
            attached: false,
            below_caret: false,
            held: None,
            context: Context::default(),
            folders: Folders::default(),
            seen: Evidence::default(),
        }
    }

    pub(super) fn line(&mut self, line: Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let caret = self.attached && is_caret(line.text());
        if let Some(held) = self.held.take() {
            if caret {
                self.body(&held);
            } else {
                self.take(&held, kind(held.text(), self.dialect), sink)?;
            }
        }
        let below_caret = std::mem::replace(&mut self.below_caret, caret);
        if caret && self.attached {
            self.body(&line);
            return Ok(());
        }
        let kind = kind(line.text(), self.dialect);
        match kind {
            Kind::Other | Kind::Unreadable(_) if self.attached && below_caret => self.body(&line),
            Kind::Body | Kind::Blank => self.take(&line, kind, sink)?,
            _ if self.attached && !below_caret => self.held = Some(line.into_owned()),
            kind => self.take(&line, kind, sink)?,
        }
        Ok(())
    }

    /// Gives the last report away.
    pub(super) fn finish(mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        if let Some(held) = self.held.take() {
            self.take(&held, kind(held.text(), self.dialect), sink)?;
        }
        self.close(sink)
    }

    fn take(&mut self, line: &Line<'_>, kind: Kind<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        self.attached &= matches!(kind, Kind::Body);
        match kind {
            Kind::Diagnostic(head) if head.severity == "note" && self.report.is_some() => {
                self.note(line, *head);
            }
            Kind::Diagnostic(head) => {
                self.close(sink)?;
                self.diagnostic(line, *head);
            }
            Kind::Context(mut location, message) => {
                self.folders.resolve(&mut location);
                self.context.add(line, Some(Note::new(location, message)));
            }
            Kind::Function(function) => {
                self.context.function = function;
                self.context.gcc = true;
                self.seen.gcc = true;
                self.context.add(line, None);
            }
            Kind::Body => self.body(line),
            Kind::Unreadable(why) => sink.warn(line.place, why)?,
            Kind::Footer => self.seen.footer(line.text()),
            Kind::Other => drop(self.folders.read(line.text())),
            Kind::Blank => {}
        }
        Ok(())
    }

    fn body(&mut self, line: &Line<'_>) {
        if let Some(report) = self.report.as_mut().filter(|_| self.attached) {
            report.body(line);
        }
    }

    fn note(&mut self, line: &Line<'_>, mut head: Head<'_>) {
        self.folders.resolve(&mut head.location);
        let context = std::mem::take(&mut self.context.notes);
        let above = self.context.lines.take();
        let Some(report) = self.report.as_mut() else { return };
        let taken = above.is_none_or(|above| report.draft.take(&above) == Room::Left);
        if taken && report.draft.take(line) == Room::Left {
            report.draft.report.related.extend(context);
            report.note(line, head);
        }
        self.attached = true;
    }

    fn diagnostic(&mut self, line: &Line<'_>, mut head: Head<'_>) {
        self.folders.resolve(&mut head.location);
        let mut open = Open::new(self.context.lines.take().as_ref(), line, self.dialect);
        let report = &mut open.draft.report;
        report.related = std::mem::take(&mut self.context.notes);
        let (title, flags) = split_flags(head.message, self.dialect);
        report.rule = flags.rule;
        if let Some(code) = head.code {
            report.rule.id.get_or_insert_with(|| code.to_owned());
        }
        report.extra = flags.aliases.into_iter().map(|name| ("check".to_owned(), name)).collect();
        report.provenance.tool =
            self.dialect.tool().or(report.rule.id.as_deref().and_then(tool)).map(str::to_owned);
        report.severity.raw = Some(head.severity.to_owned());
        report.severity.level = Some(Level::from_word(head.severity).unwrap_or(Level::Error));
        let inconclusive =
            title.strip_prefix("inconclusive: ").filter(|_| self.dialect == Dialect::Cppcheck);
        let certainty = inconclusive.map(|_| "inconclusive").or(head.certainty);
        report.severity.certainty = certainty.map(str::to_owned);
        let title = inconclusive.unwrap_or(title);
        report.title = Some(title.to_owned());
        let function = &self.context.function;
        let here = function.path.is_none() || function.path == head.location.path;
        if here || head.location.path.is_none() {
            head.location.function.clone_from(&function.function);
        }
        open.evidence.gcc |= std::mem::take(&mut self.context.gcc);
        open.head(line, head);
        self.report = Some(open);
        self.attached = true;
    }

    /// Gives the report away, if there is one.
    fn close(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        self.attached = false;
        let Some(open) = self.report.take() else { return Ok(()) };
        self.seen = self.seen.or(open.evidence);
        sink.report(open.finish(self.seen))
    }
}

impl Context {
    /// Takes a line; too many of them without a diagnostic are none of one's.
    fn add(&mut self, line: &Line<'_>, note: Option<Note>) {
        let full = self
            .lines
            .as_ref()
            .is_some_and(|lines| lines.whole.len() + line.whole.len() > MAX_TEXT);
        if full {
            (self.lines, self.notes) = (None, Vec::new());
        }
        match &mut self.lines {
            Some(lines) => {
                lines.whole.to_mut().push_str(&line.whole);
                lines.end = line.end;
            }
            None => self.lines = Some(line.clone().into_owned()),
        }
        self.notes.extend(note);
    }
}
