//! A report that is put together from a trace, line by line.

use crate::lines::Line;
use crate::{BugReport, Language, Location, Place, Step, Warning};

/// As much of one report's text is kept, in bytes; a stack of 256 frames needs a fortieth of it.
const MAX_TEXT: usize = 1 << 20;

/// How well a frame serves as the place of the defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// It lies in what watches over the program, or in the system's libraries.
    Runtime,
    /// It is not known to lie there, but has no source line.
    Unplaced,
    /// It lies in the program's own code.
    Own,
}

/// A report in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) report: BugReport,
    begin: Place,
    /// The length of the text up to the last line that belongs to the report.
    kept: usize,
    /// Whether the text became too long, after which nothing more is read.
    full: bool,
    /// The stack that frames belong to, if frames may follow.
    stack: Option<Stack>,
    /// How many stacks have frames.
    flows: u32,
    /// The rank of each step.
    ranks: Vec<Rank>,
}

/// A stack whose frames are being read.
#[derive(Debug)]
struct Stack {
    tag: String,
    message: String,
    frames: u32,
}

impl Draft {
    /// A report that begins at `begin`; its lines are yet to be taken.
    pub(crate) fn new(begin: Place) -> Self {
        let mut report = BugReport::default();
        report.provenance.line = begin.line;
        report.provenance.span = begin.byte..begin.byte;
        let (kept, full, stack, flows, ranks) = (0, false, None, 0, Vec::new());
        Self { report, begin, kept, full, stack, flows, ranks }
    }

    /// Takes the text of a line, of which [`Draft::keep`] says later whether it belongs to the report.
    ///
    /// `false` if there is no room for it; nothing is to be made of such a line.
    pub(crate) fn take(&mut self, line: &Line<'_>) -> bool {
        if self.full {
            return false;
        }
        let room = MAX_TEXT.saturating_sub(self.report.text.len());
        let end = line.whole.floor_char_boundary(room);
        self.report.text.push_str(&line.whole[..end]);
        if end < line.whole.len() {
            self.full = true;
            self.keep(line);
            self.warn(
                line.place,
                format!("the report is longer than {MAX_TEXT} bytes; the rest of it is left out"),
            );
        }
        true
    }

    /// Says that the line taken last belongs to the report, and with it all above it.
    pub(crate) fn keep(&mut self, line: &Line<'_>) {
        self.kept = self.report.text.len();
        self.report.provenance.span.end = line.end;
    }

    /// Where the report begins.
    pub(crate) fn begin(&self) -> Place {
        self.begin
    }

    /// Begins a stack.
    pub(crate) fn stack(&mut self, tag: impl Into<String>, message: impl Into<String>) {
        self.stack = Some(Stack { tag: tag.into(), message: message.into(), frames: 0 });
    }

    /// Says that no frame follows before the next stack begins.
    pub(crate) fn end_stack(&mut self) {
        self.stack = None;
    }

    /// Whether a stack has begun that has a frame already.
    pub(crate) fn inside_stack(&self) -> bool {
        self.stack.as_ref().is_some_and(|stack| stack.frames > 0)
    }

    /// Whether a stack has begun.
    pub(crate) fn in_stack(&self) -> bool {
        self.stack.is_some()
    }

    /// Whether a stack has begun that has no frame yet.
    pub(crate) fn awaits_frames(&self) -> bool {
        self.stack.as_ref().is_some_and(|stack| stack.frames == 0)
    }

    /// Adds a frame to the stack that was begun last; a frame outside of stacks is passed over.
    pub(crate) fn frame(&mut self, location: Location, rank: Rank) {
        let Some(stack) = &mut self.stack else { return };
        let mut step = Step::new(location, "");
        if stack.frames == 0 {
            self.flows += 1;
            step.message.clone_from(&stack.message);
        }
        step.tag = Some(stack.tag.clone());
        step.nesting = stack.frames;
        step.flow = self.flows - 1;
        stack.frames += 1;
        self.report.steps.push(step);
        self.ranks.push(rank);
    }

    /// Adds a line of prose to the description.
    pub(crate) fn say(&mut self, sentence: &str) {
        let description = self.report.description.get_or_insert_default();
        if !description.is_empty() {
            description.push('\n');
        }
        description.push_str(sentence);
    }

    /// Adds a value under a name of its own, unless the name has one already.
    pub(crate) fn extra(&mut self, name: &str, value: &str) {
        if !self.report.extra.iter().any(|(other, _)| other == name) {
            self.report.extra.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Adds a warning.
    pub(crate) fn warn(&mut self, place: Place, message: impl Into<String>) {
        self.report.warnings.push(Warning::new(place, message));
    }

    /// The report, its place taken from its first stack where no line named it.
    pub(crate) fn finish(mut self) -> BugReport {
        self.place();
        let mut report = self.report;
        report.text.truncate(self.kept);
        report.language = report.location.path.as_deref().and_then(Language::from_path);
        report
    }

    fn place(&mut self) {
        let report = &mut self.report;
        let frames = report.steps.iter().zip(&self.ranks).take_while(|(step, _)| step.flow == 0);
        let best = frames.map(|(_, &rank)| rank).max().filter(|&rank| rank > Rank::Runtime);
        let key = self.ranks.iter().position(|&rank| Some(rank) == best);
        let Some(key) = key.map(|at| &mut report.steps[at]) else { return };
        if report.location.path.is_none() {
            report.location = key.location.clone();
        } else if report.location.function.is_none() {
            report.location.function.clone_from(&key.location.function);
        }
        key.is_key = true;
    }
}
