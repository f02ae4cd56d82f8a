//! Lines on their way to becoming reports: kept until it is known where the next report begins.

use super::block::block_start;
use super::fill;
use super::item::{Item, Kind, Line, Open, classify};
use super::key::Key;
use crate::draft::MAX_TEXT;
use crate::lines;
use crate::stream::{Halt, Sink};
use crate::{Place, Warning};

/// The lines of the report that is being read.
#[derive(Default)]
pub(super) struct Gather {
    /// Whole lines, one after another.
    text: String,
    lines: Vec<Held>,
    /// What the next line is read against.
    open: Open,
    /// The labels that have come and can come only once in a report.
    seen: Vec<&'static str>,
    /// Whether one of the lines has a key that is known.
    keyed: bool,
    /// Where lines began to be left out.
    cut: Option<Place>,
}

/// A line of the text.
#[derive(Clone, Copy)]
struct Held {
    place: Place,
    end: usize,
    /// Where in the text it begins.
    at: usize,
    sort: Sort,
}

/// What a line is, without what is in it.
#[derive(Clone, Copy)]
enum Sort {
    Blank,
    Rule,
    Text,
    Key,
}

impl Gather {
    /// Takes a line; gives a report away if the line shows that it is over.
    ///
    /// A report begins where a key such as `File` comes a second time, or rather at the beginning of
    /// the block that this key stands in.
    pub(super) fn line(&mut self, line: &lines::Line<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let text = line.text().trim_end_matches('\r');
        let kind = classify(text, &mut self.open);
        let label = opening_label(&kind);
        if let Some(label) = label
            && (self.seen.contains(&label) || (self.cut.is_some() && !self.keyed))
        {
            self.split(label, sink)?;
        }
        let room = self.lines.is_empty() || self.text.len() + line.whole.len() <= MAX_TEXT;
        if !room || self.cut.is_some() {
            self.cut.get_or_insert(line.place);
            return Ok(());
        }
        self.keyed |= matches!(kind, Kind::Key(line) if line.key != Key::Other);
        self.seen.extend(label.filter(|label| !self.seen.contains(label)));
        let sort = match kind {
            Kind::Blank => Sort::Blank,
            Kind::Rule => Sort::Rule,
            Kind::Text => Sort::Text,
            Kind::Key(_) => Sort::Key,
        };
        self.lines.push(Held { place: line.place, end: line.end, at: self.text.len(), sort });
        self.text.push_str(&line.whole);
        Ok(())
    }

    /// Gives away what is left.
    pub(super) fn finish(self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        self.give(&self.items(), sink)
    }

    /// Ends the report above the block of the key that comes next.
    fn split(&mut self, label: &str, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let items = self.items();
        let next = match self.cut {
            Some(_) => items.len(),
            None => block_start(&items, label),
        };
        let (over, rest) = items.split_at(next);
        self.give(over, sink)?;
        let seen = rest.iter().filter_map(|item| opening_label(&item.kind)).collect();
        let keyed = rest.iter().any(|item| is_known(&item.kind));
        (self.seen, self.keyed, self.cut) = (seen, keyed, None);
        self.drop(next);
        Ok(())
    }

    /// Gives the first lines away as a report.
    fn give(&self, items: &[Item<'_>], sink: &mut Sink<'_>) -> Result<(), Halt> {
        let Some(first) = items.first() else { return Ok(()) };
        if !items.iter().any(|item| is_known(&item.kind)) {
            return self.cut.map_or(Ok(()), |place| {
                let message = format!("text without a key is left out up to {place}");
                sink.warn(first.line.place, message)
            });
        }
        let end = self.lines.get(items.len()).map_or(self.text.len(), |line| line.at);
        let mut report = fill::report(items, &self.text[..end]);
        report.warnings.extend(self.cut.map(|place| {
            let message =
                format!("the report is longer than {MAX_TEXT} bytes; the rest is left out");
            Warning::new(place, message)
        }));
        sink.report(report)
    }

    /// Forgets the first lines.
    fn drop(&mut self, count: usize) {
        let length = self.lines.get(count).map_or(self.text.len(), |line| line.at);
        self.text.drain(..length);
        self.lines.drain(..count);
        self.lines.iter_mut().for_each(|line| line.at -= length);
    }

    fn items(&self) -> Vec<Item<'_>> {
        let ends = self.lines.iter().skip(1).map(|line| line.at).chain([self.text.len()]);
        let item = |(held, end): (&Held, usize)| {
            let text = self.text[held.at..end].trim_end_matches(['\n', '\r']);
            let line = Line { place: held.place, end: held.end, text };
            Item { line, kind: held.kind(text) }
        };
        self.lines.iter().zip(ends).map(item).collect()
    }
}

impl Held {
    fn kind<'a>(&self, text: &'a str) -> Kind<'a> {
        match self.sort {
            Sort::Blank => Kind::Blank,
            Sort::Rule => Kind::Rule,
            Sort::Text => Kind::Text,
            Sort::Key => super::item::key_line(text).map_or(Kind::Text, Kind::Key),
        }
    }
}

fn is_known(kind: &Kind<'_>) -> bool {
    matches!(kind, Kind::Key(line) if line.key != Key::Other)
}

/// The label of a key that can come only once in a report.
pub(super) fn opening_label(kind: &Kind<'_>) -> Option<&'static str> {
    match kind {
        Kind::Key(line) if line.key.opens_report() => Some(line.name),
        _ => None,
    }
}
