//! The elements of the list, found by their indentation.

use std::borrow::Cow;

use crate::Place;
use crate::lines::Line;

/// One element: a list of its own, with one element.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) place: Place,
    pub(super) text: String,
    /// Where the lines begin that go on with a text in quotes.
    continued: Vec<usize>,
}

/// As far as lines that go on with a text in quotes are indented at least.
const INDENT: &str = "                                ";

impl Item {
    /// The element as a parser takes it.
    ///
    /// Up to version 8, clang-tidy did not indent the lines of a text in quotes. How far they are indented
    /// does not matter to what they say.
    pub(super) fn yaml(&self) -> Cow<'_, str> {
        if self.continued.is_empty() {
            return Cow::Borrowed(&self.text);
        }
        let mut yaml = String::new();
        let mut done = 0;
        for &at in &self.continued {
            yaml.push_str(&self.text[done..at]);
            yaml.push_str(INDENT);
            done = at;
        }
        yaml.push_str(&self.text[done..]);
        Cow::Owned(yaml)
    }
}

/// Collects lines into elements.
#[derive(Default)]
pub(super) struct Split {
    item: Option<Item>,
    /// How far the elements are indented.
    indent: Option<usize>,
    /// Whether the line that was read last is in the list.
    is_inside: bool,
    /// The quote that is open at the end of that line.
    quote: Option<u8>,
    /// Whether something was read that is neither blank nor a mark of a document.
    has_text: bool,
    /// Whether there was a list.
    has_list: bool,
    /// Whether lines of the list are being passed over, and where that is still to be said.
    is_lost: bool,
    odd: Option<Place>,
}

/// A longer element is cut, in bytes.
const MAX_BYTES: usize = 32 << 20;

impl Split {
    /// Takes a line; returns the element that ends before it.
    pub(super) fn line(&mut self, line: &Line<'_>) -> Option<Item> {
        let text = line.text();
        let indent = text.len() - text.trim_start_matches(' ').len();
        let content = &text[indent..];
        let own = self.indent.is_none_or(|own| own == indent);
        let sure = self.quote.is_none() && self.is_inside;
        if own && self.has_list && is_element(content) && (sure || has_key(content)) {
            return self.start_item(line, indent, content);
        }
        let deeper = content.is_empty() || self.indent.is_none_or(|own| indent > own);
        if self.is_inside && (self.quote.is_some() || deeper) {
            self.continue_item(line, content);
            return None;
        }
        self.is_inside = false;
        self.outside(line.place, text.trim_end());
        self.item.take()
    }

    fn start_item(&mut self, line: &Line<'_>, indent: usize, content: &str) -> Option<Item> {
        self.indent = Some(indent);
        self.is_inside = true;
        self.is_lost = false;
        self.quote = open_quote(content, None);
        let text = line.whole.to_string();
        self.item.replace(Item { place: line.place, text, continued: Vec::new() })
    }

    fn continue_item(&mut self, line: &Line<'_>, content: &str) {
        let Some(item) = &mut self.item else { return };
        if item.text.len() + line.whole.len() <= MAX_BYTES {
            if self.quote.is_some() && !content.is_empty() {
                item.continued.push(item.text.len());
            }
            item.text.push_str(&line.whole);
            self.quote = open_quote(content, self.quote);
        }
    }

    /// A line that is in no element.
    fn outside(&mut self, place: Place, text: &str) {
        self.has_text |= !matches!(text, "" | "---" | "...");
        self.quote = None;
        if let Some(rest) = text.strip_prefix("Diagnostics:") {
            self.has_list = true;
            self.is_inside = rest.trim().is_empty();
            self.indent = None;
        } else if self.has_list && !self.is_lost && !is_top(text) {
            self.is_lost = true;
            self.odd = Some(place);
        }
    }

    /// Where lines begin that are of the list, but in none of its elements, if that has not been said yet.
    pub(super) fn take_odd(&mut self) -> Option<Place> {
        self.odd.take()
    }

    /// The last element.
    pub(super) fn end(&mut self) -> Option<Item> {
        self.item.take()
    }

    /// Whether there was a list, or nothing at all, which clang-tidy writes if it finds nothing.
    pub(super) fn is_list(&self) -> bool {
        self.has_list || !self.has_text
    }
}

/// Whether a line may stand outside of the list.
fn is_top(text: &str) -> bool {
    let key = text.split_once(':').map_or("", |(key, _)| key);
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    matches!(text, "" | "---" | "...") || text.starts_with('#') || is_key
}

fn is_element(content: &str) -> bool {
    content == "-" || content.starts_with("- ")
}

/// Whether an element of the list begins with a key, which no text in quotes is likely to do.
fn has_key(content: &str) -> bool {
    let keys = ["DiagnosticName:", "DiagnosticMessage:", "BuildDirectory:", "Level:", "Notes:"];
    let rest = content.trim_start_matches(['-', ' ']);
    keys.iter().any(|key| rest.starts_with(key))
}

/// The quote that is open behind a line, if one was open before it.
fn open_quote(content: &str, open: Option<u8>) -> Option<u8> {
    let (quote, rest) = match open {
        Some(quote) => (quote, content),
        None => {
            let entry = content.trim_start_matches(['-', ' ']);
            let value = entry.split_once(':').map_or("", |(_, value)| value.trim_start());
            let quote = value.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''))?;
            (quote, &value[1..])
        }
    };
    let mut bytes = rest.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (b'"', b'\\') => drop(bytes.next()),
            (b'\'', b'\'') if bytes.peek() == Some(&b'\'') => drop(bytes.next()),
            _ if byte == quote => return None,
            _ => {}
        }
    }
    Some(quote)
}
