//! The XML that valgrind's tools write (memcheck, helgrind, drd).
//!
//! The form is described in `docs/internals/xml-output-protocol4.txt` of valgrind's sources: an error has a text,
//! and then stacks, each behind a text that says what it is.

mod stack;

use self::stack::Frame;
use crate::detect::Head;
use crate::input::Input;
use crate::stream::{Halt, Sink};
use crate::valgrind_text::{cwe, level};
use crate::xml::{Element, Kind, Record, Tag, Xml};
use crate::{BugReport, Language, Location, Note};

/// Whether an input is what valgrind writes.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    head.root.as_deref() == Some("valgrindoutput")
}

/// Reads every error, and the signal that ended the program.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut xml = Xml::new(input);
    let mut run = Run::default();
    while let Some(tag) = xml.tag(sink)? {
        if tag.starts("valgrindoutput") {
            sink.recognised();
            run = Run::default();
        } else if ["tool", "preamble"].iter().any(|name| tag.starts(name)) {
            if let Some(record) = xml.record(&tag, again, sink)? {
                run.take(&record.root);
            }
        } else if ["error", "fatal_signal"].iter().any(|name| tag.starts(name)) {
            if let Some(record) = xml.record(&tag, again, sink)? {
                sink.report(error(record, &run))?;
            }
        } else if tag.kind == Kind::Open && tag.name != "args" {
            // Announced threads, suppressions and the like, with what is inside of them.
            xml.record(&tag, again, sink)?;
        }
    }
    Ok(())
}

/// An error is inside of nothing but the document.
fn again(tag: &Tag, inner: &Tag) -> bool {
    inner.kind != Kind::Close
        && (inner.name == tag.name || ["error", "fatal_signal"].contains(&&*inner.name))
}

/// What the document says of the run.
#[derive(Default)]
struct Run {
    tool: Option<String>,
    version: Option<String>,
}

impl Run {
    fn take(&mut self, element: &Element) {
        if element.name == "tool" {
            self.tool = Some(format!("valgrind {}", element.text.trim()));
        }
        for line in &element.children {
            let using = line.text.trim().strip_prefix("Using Valgrind-");
            let version = using.and_then(|rest| rest.split(' ').next());
            self.version = version.map(str::to_owned).or(self.version.take());
        }
    }
}

fn error(record: Record, run: &Run) -> BugReport {
    let Record { mut root, mut report } = record;
    report.provenance.tool = run.tool.clone().or(Some("valgrind".to_owned()));
    report.provenance.tool_version.clone_from(&run.version);
    report.native_id = root.text_of("unique");
    report.rule.id = root.text_of("kind").or_else(|| root.text_of("signame"));
    let mut reading = Reading { report, caption: None, flow: 0 };
    for part in std::mem::take(&mut root.children) {
        reading.part(part);
    }
    let mut report = reading.finish();
    if report.title.is_none() {
        let event = report.extra.iter().position(|(name, _)| name == "event");
        report.title = event.map(|at| report.extra.remove(at).1);
    }
    if let Some(class) = &report.rule.id {
        let tags = report.steps.iter().filter_map(|step| step.tag.as_deref());
        let about = report.related.iter().map(|note| note.message.as_str()).chain(tags);
        report.rule.cwe = cwe(class, &about.collect::<Vec<_>>().join("\n")).to_vec();
        report.severity.level = Some(level(class));
    }
    report.language = report.location.path.as_deref().and_then(Language::from_path);
    report
}

/// A report in the making.
struct Reading {
    report: BugReport,
    /// What the next stack is.
    caption: Option<Note>,
    /// The number of the next stack.
    flow: u32,
}

impl Reading {
    fn part(&mut self, mut part: Element) {
        match part.name.as_str() {
            "what" => self.report.title = Some(part.text.trim().to_owned()),
            "xwhat" => {
                self.report.title = part.text_of("text");
                self.report.extra.extend(part.rest());
            }
            "auxwhat" => self.aux(Note::new(Location::default(), part.text.trim())),
            "xauxwhat" => {
                let text = part.text_of("text").unwrap_or_default();
                self.aux(Note::new(stack::place(&mut part), text));
                self.report.extra.extend(part.rest());
            }
            "stack" => {
                let tag = self.caption.take().map(|note| note.message);
                let frames = part.children.into_iter().filter(|child| child.name == "frame");
                let frame = |frame| Frame::new(frame, tag.as_deref(), self.flow);
                let frames: Vec<_> = frames.map(frame).collect();
                if self.flow == 0 {
                    self.report.location = stack::culprit(&frames);
                }
                self.report.steps.extend(frames.into_iter().map(|frame| frame.step));
                self.flow += 1;
            }
            // A ready-made suppression says nothing new.
            "suppression" => {}
            _ if part.children.iter().any(|child| child.name == "stack") => {
                let name = part.name.replace('_', " ");
                self.aux(Note::new(Location::default(), name));
                part.children.into_iter().for_each(|inner| self.part(inner));
            }
            _ => self.report.extra.push((part.name.clone(), part.gist())),
        }
    }

    /// A text about the stack that follows, or one of its own if none does.
    fn aux(&mut self, note: Note) {
        self.report.related.extend(self.caption.replace(note));
    }

    fn finish(mut self) -> BugReport {
        self.report.related.extend(self.caption.take());
        self.report
    }
}
