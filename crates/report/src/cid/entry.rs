//! A key of one report with all the text that belongs to it.

use super::item::{Item, KeyLine, Kind};
use super::key::Key;
use crate::Place;

/// A key, and the lines below it up to the next key.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) place: Place,
    pub(super) line: KeyLine<'a>,
    body: &'a [Item<'a>],
}

/// The lines above the first key, and the keys.
pub(super) fn entries<'a>(items: &'a [Item<'a>]) -> (&'a [Item<'a>], Vec<Entry<'a>>) {
    let is_key = |item: &Item<'_>| matches!(item.kind, Kind::Key(_));
    let first = items.iter().position(is_key).unwrap_or(items.len());
    let (free, mut rest) = items.split_at(first);
    let mut entries = Vec::new();
    while let [Item { line, kind: Kind::Key(key) }, below @ ..] = rest {
        let (body, next) = below.split_at(below.iter().position(is_key).unwrap_or(below.len()));
        entries.push(Entry { place: line.place, line: *key, body });
        rest = next;
    }
    (free, entries)
}

impl Entry<'_> {
    /// The whole value of a key that running text may follow.
    pub(super) fn text(&self) -> String {
        let block = block(self.body);
        match (self.line.value.is_empty(), block.is_empty()) {
            (true, _) => block,
            (false, true) => self.line.value.to_owned(),
            // The gap shows whether the first line is a paragraph of its own.
            (false, false) => {
                let apart = matches!(self.body.first(), Some(item) if is_void(item));
                format!("{}{}{block}", self.line.value, if apart { "\n\n" } else { "\n" })
            }
        }
    }

    /// The value as one line, and the text below that does not belong to it.
    pub(super) fn value(&self) -> (String, String) {
        let continues = |item: &Item<'_>| {
            matches!(item.kind, Kind::Text)
                && (self.line.key == Key::Title
                    || self.line.value.is_empty()
                    || indent(item.line.text) > self.line.indent)
        };
        let empty_text = self.line.value.is_empty() && self.line.key.is_text();
        let below = if empty_text { after_void(self.body) } else { self.body };
        let taken = below.iter().take_while(|item| continues(item)).count();
        let lines = below[..taken].iter().map(|item| item.line.text.trim());
        let parts: Vec<_> = [self.line.value].into_iter().chain(lines).collect();
        (parts.join(" ").trim().to_owned(), block(&below[taken..]))
    }

    /// Whether all text below stands deeper than the key.
    pub(super) fn is_indented(&self) -> bool {
        let mut filled = self.body.iter().filter(|item| !matches!(item.kind, Kind::Blank));
        filled.all(|item| indent(item.line.text) > self.line.indent)
    }
}

/// Running text: without the indentation that all its lines share, trailing space, and blank lines and
/// rules around it.
pub(super) fn block(items: &[Item<'_>]) -> String {
    let items = after_void(items);
    let trailing = items.iter().rev().take_while(|item| is_void(item)).count();
    let items = &items[..items.len() - trailing];
    let filled = items.iter().filter(|item| !matches!(item.kind, Kind::Blank));
    let shared = filled.map(|item| item.line.text).reduce(shared_indent).map_or(0, indent);
    let lines = items.iter().map(|item| item.line.text.get(shared..).unwrap_or("").trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

fn after_void<'a, 'b>(items: &'a [Item<'b>]) -> &'a [Item<'b>] {
    &items[items.iter().take_while(|item| is_void(item)).count()..]
}

fn is_void(item: &Item<'_>) -> bool {
    matches!(item.kind, Kind::Blank | Kind::Rule)
}

fn indent(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The white space that both lines begin with.
fn shared_indent<'a>(one: &'a str, other: &str) -> &'a str {
    let pairs = one.char_indices().zip(other.chars());
    let end = pairs.take_while(|((_, a), b)| a == b && a.is_whitespace()).last();
    end.map_or("", |((at, c), _)| &one[..at + c.len_utf8()])
}
