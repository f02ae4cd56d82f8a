//! Findings of smatch, and the mails in which they go to the authors of the kernel.
//!
//! ```text
//! ipc/mqueue.c:907 mqueue_file_open() [smatch.check_zero_to_err_ptr] warn: passing zero to 'ERR_PTR'
//! ```
//!
//! In a mail the finding stands on two lines, and the source with remarks between it follows. The remarks are
//! [`BugReport::description`](crate::BugReport::description).

use crate::draft::{Draft, Room};
use crate::folders::Folders;
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::mail::{Mail, MailLine, unquoted};
use crate::position::{Position, digits_ahead};
use crate::stream::{Halt, Sink};
use crate::{Language, Level, Location};

const SEVERITIES: [&str; 6] = ["warn", "error", "info", "warning", "parse error", "debug"];

/// Whether `input` has a finding.
pub(crate) fn is_like(input: &str) -> bool {
    if !input.contains("()") {
        return false;
    }
    let mut lines = input.lines().map(|line| unquoted(line).trim_start()).peekable();
    while let Some(line) = lines.next() {
        let Some((_, rest)) = place(line) else { continue };
        let mut below = || lines.peek().is_some_and(|next| finding(next).is_some());
        if finding(rest).is_some() || (rest.is_empty() && below()) {
            return true;
        }
    }
    false
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
    /// Whether what follows in a mail belongs to the report.
    in_mail: bool,
    /// A place whose finding is on the next line.
    place: Option<(Line<'static>, Location)>,
    remarks: Vec<String>,
    mail: Mail,
    folders: Folders,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let text = unquoted(line.text());
        let above = self.place.take();
        if let Some((above, location)) = above {
            if let Some(finding) = finding(text.trim_start()) {
                self.close(sink)?;
                let mut draft = Draft::new(&above);
                draft.take(line);
                self.begin(draft, location, &finding);
                self.in_mail = true;
                return Ok(());
            }
            sink.warn(above.place, "a place without a finding below it is skipped")?;
        }
        match place(text.trim_start()) {
            Some((location, "")) => self.place = Some((line.clone().into_owned(), location)),
            Some((location, rest)) if finding(rest).is_some() => {
                self.close(sink)?;
                self.in_mail = false;
                finding(rest)
                    .into_iter()
                    .for_each(|found| self.begin(Draft::new(line), location.clone(), &found));
            }
            _ => self.other(line, text, sink)?,
        }
        Ok(())
    }

    fn begin(&mut self, mut draft: Draft, mut location: Location, finding: &Finding<'_>) {
        self.folders.resolve(&mut location);
        let report = &mut draft.report;
        report.provenance.tool = Some("smatch".to_owned());
        report.rule.id = finding.check.map(str::to_owned);
        report.severity.raw = Some(finding.severity.to_owned());
        report.severity.level = Level::from_word(finding.severity).or(Some(Level::Error));
        report.title = Some(finding.message.to_owned());
        report.language = location.path.as_deref().and_then(Language::from_path);
        report.location = location;
        self.open = Some(draft);
    }

    /// A line that is no finding: of a mail, or of a build.
    fn other(&mut self, line: &Line<'_>, text: &str, sink: &mut Sink<'_>) -> Result<(), Halt> {
        match self.mail.read(text) {
            MailLine::Header => {
                self.close(sink)?;
                self.in_mail = false;
            }
            MailLine::End => self.in_mail = false,
            _ if text.starts_with("regards") => self.in_mail = false,
            _ if self.in_mail => self.excerpt(line, text),
            _ => drop(self.folders.read(text)),
        }
        Ok(())
    }

    /// A line of source, or a remark on it.
    fn excerpt(&mut self, line: &Line<'_>, text: &str) {
        let Some(draft) = self.open.as_mut() else { return };
        if draft.take(line) == Room::None {
            return;
        }
        let (arrow, source) = match text.strip_prefix("-->") {
            Some(source) => (true, source),
            None => (false, text),
        };
        let (number, code) = digits_ahead(source.trim_start());
        let marks = text.trim_start().starts_with('^');
        if arrow && !number.is_empty() {
            draft.report.location.snippet = Some(code.trim().to_owned());
        } else if number.is_empty()
            && !marks
            && draft.report.location.path.as_deref() != Some(text.trim())
        {
            self.remarks.push(text.trim_end().to_owned());
        }
    }

    fn close(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let Some(mut draft) = self.open.take() else { return Ok(()) };
        self.mail.describe(&mut draft.report);
        let mut remarks = std::mem::take(&mut self.remarks);
        remarks.dedup_by(|one, other| one.is_empty() && other.is_empty());
        let remarks = remarks.join("\n");
        draft.report.description = Some(remarks.trim().to_owned()).filter(|text| !text.is_empty());
        sink.report(draft.report)
    }
}

/// `path:line function()` and what follows.
fn place(text: &str) -> Option<(Location, &str)> {
    let end = memchr::memmem::find(text.as_bytes(), b"()")?;
    let (place, function) = text[..end].rsplit_once(' ')?;
    let position = Position::whole(place)?;
    let location = position.location();
    let named = location.line.is_some() && !function.is_empty();
    let location = if function == "(null)" { location } else { location.in_function(function) };
    named.then(|| (location, text[end + 2..].trim()))
}

struct Finding<'a> {
    check: Option<&'a str>,
    severity: &'a str,
    message: &'a str,
}

/// `[smatch.check] warn: message`, the check optional.
fn finding(text: &str) -> Option<Finding<'_>> {
    let (check, text) = match text.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((check, rest)) => (Some(check), rest),
        None => (None, text),
    };
    let (severity, message) = text.split_once(": ")?;
    let message = message.trim_end();
    SEVERITIES.contains(&severity).then_some(Finding { check, severity, message })
}
