//! The elements of the list, found by their indentation.

use crate::Place;
use crate::lines::Line;

/// One element: a list of its own, with one element.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) place: Place,
    pub(super) text: String,
}

/// Collects lines into elements.
#[derive(Default)]
pub(super) struct Split {
    state: State,
    item: Option<Item>,
    /// The quote that is open at the end of the line that was read last.
    quote: Option<u8>,
    /// Whether something was read that is neither blank nor a mark of a document.
    has_text: bool,
    /// Whether there was a list.
    has_list: bool,
}

/// Where the lines are.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Outside,
    /// In the list, whose elements are indented so far, once the first has come.
    Inside(Option<usize>),
}

/// A longer element is cut, in bytes.
const MAX_BYTES: usize = 32 << 20;

impl Split {
    /// Takes a line; returns the element that ends before it.
    pub(super) fn line(&mut self, line: &Line<'_>) -> Option<Item> {
        let text = line.text();
        let indent = text.len() - text.trim_start_matches(' ').len();
        let content = &text[indent..];
        if let State::Inside(own) = self.state {
            let starts = own.is_none_or(|own| own == indent) && is_element(content);
            if starts && (self.quote.is_none() || has_key(content)) {
                self.state = State::Inside(Some(indent));
                let item = Item { place: line.place, text: line.whole.to_string() };
                self.quote = open_quote(content, None);
                return self.item.replace(item);
            }
            let inside = content.is_empty() || own.is_none_or(|own| indent > own);
            if self.quote.is_some() || inside {
                self.continue_item(line, content);
                return None;
            }
            self.state = State::Outside;
        }
        self.outside(text);
        self.item.take()
    }

    fn continue_item(&mut self, line: &Line<'_>, content: &str) {
        let Some(item) = &mut self.item else { return };
        if item.text.len() + line.whole.len() <= MAX_BYTES {
            item.text.push_str(&line.whole);
            self.quote = open_quote(content, self.quote);
        }
    }

    fn outside(&mut self, text: &str) {
        let text = text.trim_end();
        self.has_text |= !matches!(text, "" | "---" | "...");
        if let Some(rest) = text.strip_prefix("Diagnostics:") {
            self.has_list = true;
            if rest.trim().is_empty() {
                self.state = State::Inside(None);
            }
        }
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
