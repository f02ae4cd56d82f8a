//! Defects of Coverity as text: blocks of events, and the mails of Coverity Scan.
//!
//! ```text
//! Error: RESOURCE_LEAK (CWE-772):
//! a.c:12: alloc_fn: Storage is returned from allocation function "malloc".
//! a.c:19: leaked_storage: Variable "p" going out of scope leaks the storage it points to.
//! ```
//!
//! ```text
//! *** CID 1475954:  Error handling issues  (CHECKED_RETURN)
//! /net/x.c: 233 in f()
//! 232         int n;
//! >>>     CID 1475954:  Error handling issues  (CHECKED_RETURN)
//! >>>     Calling "g" without checking return value.
//! 233         g();
//! ```
//!
//! `cov-format-errors` writes the blocks, and so does csdiff for other tools. Which event is the key one, where the
//! defect shows, is not in the text: it is the one with the arrow in the source below it, or else the one whose tag
//! is the checker's name, or else the last one that is no note, remedy or example.

mod events;
mod scan;

use crate::draft::Draft;
use crate::input::Input;
use crate::lines::{Line, Lines};
use crate::mail::{Mail, MailLine, unquoted};
use crate::stream::{Halt, Sink};
use crate::{BugReport, Language};

/// Whether `input` has a defect.
pub(crate) fn is_like(input: &str) -> bool {
    let may = input.contains("*** CID ") || input.contains("Error: ") || input.contains("  Type: ");
    let mut emacs = false;
    may && input.lines().map(unquoted).any(|line| {
        let typed = std::mem::replace(&mut emacs, events::place_alone(line).is_some())
            && events::kind_of(line).is_some();
        typed || scan::heading(line).is_some() || events::heading(line).is_some()
    })
}

/// Reads every defect in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let (mut reader, mut lines) = (Reader::default(), Lines::new(input));
    while let Some(line) = lines.next(sink)? {
        reader.line(&line, sink)?;
    }
    reader.close(sink)
}

#[derive(Default)]
struct Reader {
    open: Option<Open>,
    /// The place on the line above, in the style for Emacs.
    place: Option<(Line<'static>, crate::Location)>,
    mail: Mail,
}

/// The defect that is being read.
enum Open {
    Events(events::Block),
    Scan(scan::Excerpt),
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let text = unquoted(line.text());
        let above = self.place.take();
        if let Some(heading) = scan::heading(text) {
            self.close(sink)?;
            self.open = Some(Open::Scan(scan::Excerpt::new(Draft::new(line), &heading)));
            return Ok(());
        }
        if let Some(heading) = events::heading(text) {
            self.close(sink)?;
            self.open = Some(Open::Events(events::Block::new(Draft::new(line), &heading)));
            return Ok(());
        }
        if let Some((above, location)) = above {
            return self.emacs(&above, location, line, text, sink);
        }
        if let Some(location) = events::place_alone(text) {
            self.place = Some((line.clone().into_owned(), location));
            return Ok(());
        }
        if self.mail.read(text) == MailLine::Header {
            return self.close(sink);
        }
        match &mut self.open {
            Some(Open::Events(block)) => block.line(line, text),
            Some(Open::Scan(excerpt)) => excerpt.line(line, text),
            None => {}
        }
        Ok(())
    }

    /// Two lines in the style for Emacs: a place, and indented below it what is there.
    fn emacs(
        &mut self,
        above: &Line<'_>,
        location: crate::Location,
        line: &Line<'_>,
        text: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), Halt> {
        if let Some(kind) = events::kind_of(text) {
            self.close(sink)?;
            let mut draft = Draft::new(above);
            draft.take(line);
            draft.report.location = location;
            self.open = Some(Open::Events(events::Block::new(draft, &kind)));
        } else if let (Some(Open::Events(block)), true) = (&mut self.open, text.starts_with(' ')) {
            block.placed(above, location, line, text);
        } else {
            sink.warn(above.place, "a place without an event below it is skipped")?;
        }
        Ok(())
    }

    fn close(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let mut report = match self.open.take() {
            Some(Open::Events(block)) => block.finish(),
            Some(Open::Scan(excerpt)) => excerpt.finish(),
            None => return Ok(()),
        };
        self.mail.describe(&mut report);
        report.language = report.location.path.as_deref().and_then(Language::from_path);
        sink.report(report)
    }
}

/// What the first line of a defect says.
struct Heading<'a> {
    checker: &'a str,
    /// What the brackets behind the checker say, or the kind of defect.
    rest: &'a str,
    cid: Option<&'a str>,
}

fn begin(draft: &mut Draft, heading: &Heading<'_>) {
    let report: &mut BugReport = &mut draft.report;
    report.rule.id = Some(heading.checker.to_owned());
    report.native_id = heading.cid.map(str::to_owned);
}
