//! Findings of sparse, and the mails of the kernel's test robot that quote them.
//!
//! ```text
//! a.c:31:16: warning: incorrect type in assignment (different base types)
//! a.c:31:16:    expected restricted __le32 [usertype] reg
//! a.c:31:16:    got int v
//! ```
//!
//! What is said further of a finding begins with a space and is [`BugReport::related`](crate::BugReport::related). The
//! robot marks what is new with `>>`, in [`Status::baseline`](crate::Status::baseline), and leaves out how bad it is.

use crate::draft::{Draft, Room};
use crate::folders::Folders;
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::mail::{Mail, MailLine};
use crate::position::Position;
use crate::stream::{Halt, Sink};
use crate::{Language, Level, Location, Note};

/// Messages of which no compiler has the like.
const SIGNS: [&str; 14] = [
    "was not declared. Should it be static?",
    " (different address spaces)",
    " (different base types)",
    " (different modifiers)",
    " (different signedness)",
    ": context imbalance in ",
    " degrades to integer",
    ": Using plain integer as NULL pointer",
    ": dereference of noderef expression",
    ": cast removes address space ",
    ": cast to restricted ",
    ": cast from restricted ",
    ": incorrect type in ",
    ": sparse: ",
];

/// Whether `input` has a finding.
pub(crate) fn is_like(input: &str) -> bool {
    let has_sign = |text: &str| SIGNS.iter().any(|sign| text.contains(sign));
    has_sign(input)
        && input
            .lines()
            .any(|line| has_sign(line) && matches!(kind(marked(line).1), Kind::Head(..)))
}

/// Reads every finding in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let (mut reader, mut lines) = (Reader::default(), Lines::new(input));
    while let Some(line) = lines.next(sink)? {
        reader.line(&line, sink)?;
    }
    reader.close(sink)
}

#[derive(Default)]
struct Reader {
    open: Option<Draft>,
    /// `note: in included file` above a finding.
    context: Option<(Line<'static>, Note)>,
    mail: Mail,
    folders: Folders,
}

enum Kind<'a> {
    Head(Location, Option<&'a str>, &'a str),
    /// Something further that is said of the last finding.
    More(Location, &'a str),
    Context(Location, &'a str),
    /// Begins like a finding.
    Cut,
    Other,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let (is_new, text) = marked(line.text());
        match kind(text) {
            Kind::Head(location, severity, message) => {
                self.close(sink)?;
                self.begin(line, location, severity, message);
                if let Some(draft) = self.open.as_mut().filter(|_| is_new) {
                    draft.report.status.baseline = Some("new".to_owned());
                }
            }
            Kind::More(location, message) => self.more(line, location, message, sink)?,
            Kind::Context(mut location, message) => {
                self.folders.resolve(&mut location);
                self.context = Some((line.clone().into_owned(), Note::new(location, message)));
            }
            Kind::Cut => sink.warn(
                line.place,
                "a line that begins like a finding has no message and is skipped",
            )?,
            Kind::Other => {
                if self.mail.read(text) == MailLine::Header {
                    self.close(sink)?;
                } else {
                    self.folders.read(text);
                }
            }
        }
        Ok(())
    }

    fn more(
        &mut self,
        line: &Line<'_>,
        mut location: Location,
        message: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), Halt> {
        let Some(draft) = &mut self.open else {
            return sink.warn(line.place, "what is said of a finding that is not there is skipped");
        };
        if draft.take(line) == Room::Left {
            self.folders.resolve(&mut location);
            draft.report.related.push(Note::new(location, message));
        }
        Ok(())
    }

    fn begin(
        &mut self,
        line: &Line<'_>,
        mut location: Location,
        severity: Option<&str>,
        message: &str,
    ) {
        self.folders.resolve(&mut location);
        let mut draft = match self.context.take() {
            Some((above, note)) => {
                let mut draft = Draft::new(&above);
                draft.take(line);
                draft.report.related.push(note);
                draft
            }
            None => Draft::new(line),
        };
        let report = &mut draft.report;
        report.provenance.tool = Some("sparse".to_owned());
        report.severity.raw = severity.map(str::to_owned);
        report.severity.level = severity.and_then(Level::from_word);
        // In the log of a build a compiler speaks too.
        match message.strip_suffix(']').and_then(|text| text.rsplit_once(" [-W")) {
            Some((message, option)) => {
                report.provenance.tool = None;
                report.rule.id = Some(format!("-W{option}"));
                report.title = Some(message.to_owned());
            }
            None => report.title = Some(message.to_owned()),
        }
        report.language = location.path.as_deref().and_then(Language::from_path);
        report.location = location;
        self.open = Some(draft);
    }

    fn close(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let Some(mut draft) = self.open.take() else { return Ok(()) };
        self.mail.describe(&mut draft.report);
        sink.report(draft.report)
    }
}

/// Whether the robot marks a line as new, and the line without its margin.
fn marked(text: &str) -> (bool, &str) {
    match text.strip_prefix(">> ") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix("   ").unwrap_or(text)),
    }
}

fn kind(text: &str) -> Kind<'_> {
    if let Some((path, said)) = text.split_once(": note: in included file") {
        let location = Location { path: Some(path.to_owned()), ..Location::default() };
        return Kind::Context(
            location,
            text[text.len() - said.len() - "in included file".len()..].trim_end_matches(':'),
        );
    }
    let Some((position, rest)) = Position::leading(text) else { return Kind::Other };
    if text.starts_with([' ', '\t']) || position.path.contains(": ") {
        return Kind::Other;
    }
    let (mut message, mut robot) = (rest.strip_prefix(' ').unwrap_or(rest), false);
    while let Some(rest) = message.strip_prefix("sparse: ") {
        (message, robot) = (rest, true);
    }
    let location = position.location();
    let severity = ["warning", "error"]
        .into_iter()
        .find_map(|word| Some((word, message.strip_prefix(word)?.strip_prefix(": ")?)));
    match severity {
        Some((word, message)) => Kind::Head(location, Some(word), message.trim_end()),
        None if message.trim().is_empty() => Kind::Cut,
        None if message.starts_with(' ') => Kind::More(location, message.trim()),
        None if robot => Kind::Head(location, None, message.trim_end()),
        None => Kind::Cut,
    }
}
