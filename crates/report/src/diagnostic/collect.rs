//! The lines of a compiler's output, put together into reports.

use super::ansi::plain;
use super::flag::split_flags;
use super::kind::{Head, Kind, is_caret, kind};
use crate::text::{Line, lines};
use crate::{BugReport, ColumnUnit, Format, Language, Level, Location, Note, Place, Warning};

/// Every diagnostic in `input`.
pub(super) fn collect(input: &str) -> Vec<BugReport> {
    let mut collector = Collector::default();
    let mut lines = lines(input).map(|line| (line, plain(line.text))).peekable();
    let mut below_caret = false;
    while let Some((line, text)) = lines.next() {
        let source = lines.peek().is_some_and(|(_, next)| is_caret(next)) && !below_caret;
        let caret = is_caret(&text);
        let kind = match kind(&text) {
            _ if collector.open && (source || caret) => Kind::Body,
            Kind::Other | Kind::Unreadable(_) if collector.open && below_caret => Kind::Body,
            kind => kind,
        };
        below_caret = caret;
        collector.line(line, kind);
    }
    collector.finish(input)
}

#[derive(Default)]
struct Collector {
    reports: Vec<BugReport>,
    /// Whether the next line may still belong to the last report.
    open: bool,
    /// Lines above the next diagnostic that belong to it.
    context: Vec<Note>,
    /// Where those lines begin.
    context_start: Option<usize>,
    /// The function that the compiler said it is in.
    function: Location,
    /// Warnings from before the first report.
    early: Vec<Warning>,
    evidence: Evidence,
}

/// Signs of the tool that wrote the whole input.
#[derive(Default)]
struct Evidence {
    gcc: bool,
    clang: bool,
}

impl Collector {
    fn line(&mut self, line: Line<'_>, kind: Kind<'_>) {
        match kind {
            Kind::Diagnostic(head) if head.severity == "note" && !self.reports.is_empty() => {
                self.note(line, head);
            }
            Kind::Diagnostic(head) => self.diagnostic(line, head),
            Kind::Context(location, message) => {
                self.context.push(Note::new(location, message));
                self.open_context(line);
            }
            Kind::Function(function) => {
                self.function = function;
                self.evidence.gcc = true;
                self.open_context(line);
            }
            Kind::Body => self.extend(line),
            Kind::Unreadable(why) => {
                self.warn(line.place, why);
                self.open = false;
            }
            Kind::Footer => {
                self.evidence.clang |= line.text.contains(" generated");
                self.evidence.gcc |= line.text.contains("compilation terminated");
                self.open = false;
            }
            Kind::Blank | Kind::Other => self.open = false,
        }
    }

    fn open_context(&mut self, line: Line<'_>) {
        self.context_start.get_or_insert(line.place.byte);
        self.open = false;
    }

    /// Takes a line into the text of the last report.
    fn extend(&mut self, line: Line<'_>) {
        if let Some(report) = self.reports.last_mut().filter(|_| self.open) {
            report.provenance.span.end = line.end;
        }
    }

    fn note(&mut self, line: Line<'_>, head: Head<'_>) {
        let context = std::mem::take(&mut self.context);
        self.context_start = None;
        let Some(report) = self.reports.last_mut() else { return };
        report.related.extend(context);
        report.related.push(Note::new(head.location, head.message));
        report.provenance.span.end = line.end;
        self.open = true;
        self.check_line(line.place, head.bad_line);
    }

    fn diagnostic(&mut self, line: Line<'_>, head: Head<'_>) {
        let mut report = BugReport::default();
        report.provenance.format = Some(Format::Diagnostic);
        report.provenance.span = self.context_start.take().unwrap_or(line.place.byte)..line.end;
        report.related = std::mem::take(&mut self.context);
        report.severity.raw = Some(head.severity.to_owned());
        report.severity.level = Some(Level::from_word(head.severity).unwrap_or(Level::Error));

        let (title, flags) = split_flags(head.message);
        report.title = Some(title.to_owned());
        report.provenance.tool = flags.rule.id.as_deref().and_then(tool).map(str::to_owned);
        report.rule = flags.rule;
        report.extra = flags.aliases.into_iter().map(|name| ("check".to_owned(), name)).collect();

        report.language = head.location.path.as_deref().and_then(Language::from_path);
        report.location = head.location;
        let here = self.function.path.is_none() || self.function.path == report.location.path;
        if here || report.location.path.is_none() {
            report.location.function.clone_from(&self.function.function);
        }
        let placeless = report.location.path.is_none();
        self.reports.push(report);
        self.open = true;
        if placeless {
            self.warn(line.place, "the compiler gives no file and line");
        }
        self.check_line(line.place, head.bad_line);
    }

    fn check_line(&mut self, place: Place, bad: Option<&str>) {
        if let Some(number) = bad {
            self.warn(place, &format!("`{number}` is no line number"));
        }
    }

    fn warn(&mut self, place: Place, message: &str) {
        let warnings = self.reports.last_mut().map_or(&mut self.early, |last| &mut last.warnings);
        warnings.push(Warning::new(place, message));
    }

    fn finish(mut self, input: &str) -> Vec<BugReport> {
        if let Some(first) = self.reports.first_mut() {
            self.early.append(&mut first.warnings);
            first.warnings = self.early;
        }
        let whole = match (self.evidence.gcc, self.evidence.clang) {
            (true, false) => Some("gcc"),
            (false, true) => Some("clang"),
            _ => None,
        };
        for report in &mut self.reports {
            let text = input[report.provenance.span.clone()].trim_start_matches('\u{feff}');
            report.text = plain(text).into_owned();
            let tool = &mut report.provenance.tool;
            *tool = tool.take().or_else(|| whole.map(str::to_owned));
            let unit = match tool.as_deref() {
                Some("clang" | "clang-tidy") => Some(ColumnUnit::Byte),
                Some("gcc") => Some(ColumnUnit::Display),
                _ => None,
            };
            let notes = report.related.iter_mut().map(|note| &mut note.location);
            for location in notes.chain([&mut report.location]).filter(|l| l.column.is_some()) {
                location.column_unit = unit;
            }
        }
        self.reports
    }
}

/// The tool that a rule can only come from.
fn tool(rule: &str) -> Option<&'static str> {
    if rule.starts_with("-Wanalyzer-") {
        Some("gcc")
    } else if rule.starts_with('-') {
        None
    } else if rule.contains('-') {
        Some("clang-tidy")
    } else {
        Some("clang")
    }
}
