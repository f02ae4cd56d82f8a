//! Reading failing tests from text.

use super::key::{Key, key};
use super::{INDENT, NO_NEWLINE, json};
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::reference::number;
use crate::stream::{Halt, Sink};
use crate::trace::Draft;
use crate::{BugReport, TestFailure};

/// Reads every failing test in `input`, be it text or JSON.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    if json::begins(input)? {
        return json::read(input, sink);
    }
    let mut lines = Lines::new(input);
    let mut open: Option<Open> = None;
    while let Some(line) = lines.next(sink)? {
        let next = key(line.text());
        let goes_on =
            open.as_ref().is_some_and(|open| next.is_none_or(|(key, _)| !open.ends_at(key)));
        if !goes_on && next.is_some() {
            give(open.take(), sink)?;
            open = Some(Open::new(&line));
        }
        if let Some(open) = &mut open {
            open.line(&line, next);
        }
    }
    give(open, sink)
}

/// Gives a report that has an output; other keys alone are none.
fn give(open: Option<Open>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    open.and_then(Open::finish).map_or(Ok(()), |report| sink.report(report))
}

struct Open {
    draft: Draft,
    test: TestFailure,
    seen: Vec<Key>,
    block: Option<Block>,
}

/// A text below its key.
struct Block {
    key: Key,
    shape: Shape,
    text: String,
    /// Blank lines that belong to it if more of it follows.
    blank: usize,
    /// Whether lines end with carriage return and newline.
    crlf: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// No line of it was read.
    Unknown,
    Indented,
    Plain,
    /// It has ended, the key being the last to be read.
    Ended,
}

impl Open {
    fn new(line: &Line<'_>) -> Self {
        let (draft, test) = (Draft::new(line.place), TestFailure::default());
        Self { draft, test, seen: Vec::new(), block: None }
    }

    /// Whether the report with this key is the next one.
    fn ends_at(&self, key: Key) -> bool {
        let has_output = self.seen.contains(&Key::Expected) || self.seen.contains(&Key::Actual);
        self.seen.contains(&key) || (key == Key::Test && has_output)
    }

    fn line(&mut self, line: &Line<'_>, next: Option<(Key, &str)>) {
        if !self.draft.take(line) {
            return;
        }
        if let Some((key, value)) = next {
            self.end_block();
            self.seen.push(key);
            self.value(line, key, value);
        } else if let Some(block) = &mut self.block {
            block.line(line);
        }
        if !line.text().is_empty() {
            self.draft.keep(line);
        }
    }

    fn value(&mut self, line: &Line<'_>, key: Key, value: &str) {
        if key.is_text() && value.is_empty() {
            let crlf = line.whole.ends_with("\r\n");
            self.block =
                Some(Block { key, shape: Shape::Unknown, text: String::new(), blank: 0, crlf });
            return;
        }
        let whole = Some(value.to_owned()).filter(|value| !value.is_empty());
        let report = &mut self.draft.report;
        let word = value.split_whitespace().next().unwrap_or_default();
        match key {
            Key::Test => self.test.name = whole,
            Key::Title => report.title = whole,
            Key::File => report.location.path = whole,
            Key::Function => report.location.function = whole,
            Key::Line => report.location.line = number(word),
            Key::ExitStatus => self.test.exit_status = word.parse().ok(),
            Key::Signal => self.test.signal = word.parse().ok(),
            Key::Input | Key::Expected | Key::Actual => *self.text(key) = whole,
        }
        let numbers = [
            (Key::Line, self.draft.report.location.line.is_none()),
            (Key::ExitStatus, self.test.exit_status.is_none()),
            (Key::Signal, self.test.signal.is_none()),
        ];
        if numbers.contains(&(key, true)) {
            self.draft.warn(line.place, format!("`{value}` is not a number that fits here"));
        }
    }

    fn text(&mut self, key: Key) -> &mut Option<String> {
        match key {
            Key::Input => &mut self.test.input,
            Key::Expected => &mut self.test.expected,
            _ => &mut self.test.actual,
        }
    }

    fn end_block(&mut self) {
        if let Some(block) = self.block.take() {
            *self.text(block.key) = Some(block.text);
        }
    }

    fn finish(mut self) -> Option<BugReport> {
        self.end_block();
        if self.test.expected.is_none() && self.test.actual.is_none() {
            return None;
        }
        let read = self.draft.finish();
        let report = BugReport::from_test(self.test);
        let title = read.title.or(report.title);
        Some(BugReport { title, severity: report.severity, test: report.test, ..read })
    }
}

impl Block {
    fn line(&mut self, line: &Line<'_>) {
        let text = if self.crlf {
            line.text()
        } else {
            line.whole.strip_suffix('\n').unwrap_or(&line.whole)
        };
        if self.shape == Shape::Ended {
            return;
        }
        if let Some(text) = text.strip_prefix(INDENT).filter(|_| self.shape != Shape::Plain) {
            self.shape = Shape::Indented;
            self.push(text);
            self.text.push('\n');
        } else if text.trim().is_empty() {
            self.blank += 1;
        } else if self.shape == Shape::Indented {
            self.shape = Shape::Ended;
            if text.trim_end() == NO_NEWLINE {
                self.text.pop();
            }
        } else {
            if self.shape == Shape::Plain {
                self.text.push('\n');
            } else {
                self.blank = 0;
            }
            self.shape = Shape::Plain;
            self.push(line.text());
        }
    }

    /// Adds a line, the blank ones above it first.
    fn push(&mut self, text: &str) {
        for _ in 0..std::mem::take(&mut self.blank) {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }
}
