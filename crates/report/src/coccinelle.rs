//! Findings that semantic patches of Coccinelle print, as reports or for Emacs' org mode.
//!
//! ```text
//! ./files/sample.c:5:13-14: WARNING comparing pointer to 0
//! * TODO [[view:sample.c::face=ovl-face1::linb=5::colb=13::cole=14][WARNING comparing pointer to 0]]
//! ```
//!
//! The rule is the semantic patch, which stands above its findings as `Processing NAME.cocci`. Columns are as
//! they are written; Coccinelle counts them from 0.

use crate::draft::{Draft, Room};
use crate::folders::Folders;
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::position::{Position, digits_ahead};
use crate::reference::number;
use crate::stream::{Halt, Sink};
use crate::{Language, Level, Location, Note};

/// Whether `input` has a finding.
pub(crate) fn is_like(input: &str) -> bool {
    input.lines().any(|line| report(line).is_some() || line.starts_with("* TODO [[view:"))
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
    rule: Option<String>,
    folders: Folders,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let text = line.text();
        if let Some(patch) =
            text.strip_prefix("Processing ").and_then(|path| path.trim().strip_suffix(".cocci"))
        {
            self.close(sink)?;
            self.rule = patch.rsplit(['/', '\\']).next().map(str::to_owned);
        } else if let Some((location, message)) = report(text) {
            self.close(sink)?;
            self.begin(line, location, message);
        } else if text.contains("[[view:") {
            self.org(line, text, sink)?;
        } else if !self.folders.read(text)
            && Position::leading(text).is_some()
            && !text.starts_with(' ')
        {
            sink.warn(
                line.place,
                "a line that begins like a finding has no columns and is skipped",
            )?;
        }
        Ok(())
    }

    fn org(&mut self, line: &Line<'_>, text: &str, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let Some((location, message)) = link(text) else {
            return sink.warn(line.place, "a link without a line is skipped");
        };
        if text.starts_with("* ") {
            self.close(sink)?;
            self.begin(line, location, message);
        } else if let Some(draft) = &mut self.open
            && draft.take(line) == Room::Left
        {
            draft.report.related.push(Note::new(location, message));
        }
        Ok(())
    }

    fn begin(&mut self, line: &Line<'_>, mut location: Location, message: &str) {
        self.folders.resolve(&mut location);
        let mut draft = Draft::new(line);
        let report = &mut draft.report;
        report.provenance.tool = Some("coccinelle".to_owned());
        report.rule.id.clone_from(&self.rule);
        let word = message.split([' ', ':']).next().unwrap_or_default();
        report.severity.level = Level::from_word(word);
        report.severity.raw = report.severity.level.map(|_| word.to_owned());
        report.title = Some(message.to_owned());
        report.language = location.path.as_deref().and_then(Language::from_path);
        report.location = location;
        self.open = Some(draft);
    }

    fn close(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        self.open.take().map_or(Ok(()), |draft| sink.report(draft.report))
    }
}

/// `path:line:column-column: message`.
fn report(text: &str) -> Option<(Location, &str)> {
    let (position, rest) = Position::leading(text)?;
    let (from, rest) = digits_ahead(rest);
    let (to, rest) = digits_ahead(rest.strip_prefix('-')?);
    let message = rest.strip_prefix(": ")?.trim();
    let spaced = text.starts_with([' ', '\t']);
    let complete = position.column.is_none() && !from.is_empty() && !to.is_empty() && !spaced;
    let mut location = position.location();
    (location.column, location.end_column) = (number(from), number(to));
    (complete && !message.is_empty()).then_some((location, message))
}

/// `[[view:path::face=f::linb=5::colb=13::cole=14][message]]`.
fn link(text: &str) -> Option<(Location, &str)> {
    let (target, message) = text.split_once("[[view:")?.1.split_once("][")?;
    let mut parts = target.split("::");
    let mut location = Location { path: parts.next().map(str::to_owned), ..Location::default() };
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        match key {
            "linb" => location.line = number(value),
            "colb" => location.column = number(value),
            "cole" => location.end_column = number(value),
            _ => {}
        }
    }
    location.line.is_some().then(|| (location, message.trim().trim_end_matches("]]")))
}
