//! The way to a defect as gcc's analyser draws it below a diagnostic (gcc 10 to 15).
//!
//! ```text
//!   ‘main’: events 1-2
//!     |
//!     |   27 |     struct buf *b = buf_new(8);
//!     |      |                     ~~~~~~~~~~
//!     |      |                     |
//!     |      |                     (2) calling ‘buf_new’ from ‘main’
//!     |
//!     +--> ‘buf_new’: events 3-4
//! ```
//!
//! A place in another file than the diagnostic's has a line `|other.h:2:20:` above it. gcc 14 and later may leave
//! out the outer bar and may draw arrows, in ASCII or in box characters, from one event to another.

use crate::position::{Position, digits_ahead};
use crate::reference::{function_name, number};
use crate::{Location, Step};

/// What has been read of a drawing.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    steps: Vec<(u32, Step)>,
    /// The path that the drawing names, if it has named one.
    path: Option<String>,
    /// The source line above, and the character in which its bar stands.
    source: Option<(u32, usize)>,
    function: Option<String>,
    /// The columns of the headings that led here, outermost first.
    depth: Vec<usize>,
}

impl Drawing {
    /// Reads one line; `file` is the path of the diagnostic.
    pub(super) fn read(&mut self, line: &str, file: Option<&str>) {
        let line = line.trim_end();
        if self.heading(line) {
            return;
        }
        let content = line.trim_start_matches([' ', '|', '│']);
        if let Some(rest) = source_line(content) {
            let bar = line.chars().count() - rest.chars().count() - 1;
            self.source = number(digits_ahead(content).0).map(|line| (line, bar));
        } else if let Some(label) = Label::find(line) {
            self.event(&label, file);
        } else if let Some(place) = content.strip_suffix(':').filter(|place| !place.contains(' ')) {
            self.path = Some(Position::whole(place).map_or(place, |p| p.path).to_owned());
            self.source = None;
        }
    }

    /// The steps in their order.
    pub(super) fn into_steps(mut self) -> Vec<Step> {
        self.steps.sort_by_key(|(number, _)| *number);
        self.steps.into_iter().map(|(_, step)| step).collect()
    }

    /// `‘f’: events 1-5`.
    fn heading(&mut self, line: &str) -> bool {
        let Some((before, _)) = line.rsplit_once(": event").filter(|(_, counted)| {
            counted.trim_start_matches('s').starts_with(' ')
                && counted[1..].bytes().all(|b| b.is_ascii_digit() || b" -".contains(&b))
        }) else {
            return false;
        };
        let quotes = ['‘', '\'', '`'];
        let Some(open) = before.find(quotes) else { return false };
        let column = before[..open].chars().count();
        self.function =
            function_name(before[open..].trim_matches(['‘', '’', '\'', '`'])).map(str::to_owned);
        while self.depth.last().is_some_and(|&outer| outer >= column) {
            self.depth.pop();
        }
        self.depth.push(column);
        (self.path, self.source) = (None, None);
        true
    }

    fn event(&mut self, label: &Label<'_>, file: Option<&str>) {
        let mut location = Location { function: self.function.clone(), ..Location::default() };
        if let Some((line, bar)) = self.source {
            location.path = self.path.as_deref().or(file).map(str::to_owned);
            location.line = Some(line);
            let column = label.at.filter(|&at| at > bar + 1).map(|at| at - bar - 1);
            location.column = column.and_then(|column| u32::try_from(column).ok());
        }
        let mut step = Step::new(location, label.message);
        step.nesting = u32::try_from(self.depth.len().saturating_sub(1)).unwrap_or(u32::MAX);
        self.steps.push((label.number, step));
    }
}

/// What follows the bar in `13 |     if (x)`.
fn source_line(content: &str) -> Option<&str> {
    let (digits, rest) = digits_ahead(content);
    let rest = rest.strip_prefix(" |").or_else(|| rest.strip_prefix(" │"))?;
    (!digits.is_empty()).then_some(rest)
}

/// `(7) what happens`, with nothing but bars and arrows before it.
struct Label<'a> {
    number: u32,
    message: &'a str,
    /// The character in which it begins, where no arrow moves it.
    at: Option<usize>,
}

impl<'a> Label<'a> {
    fn find(line: &'a str) -> Option<Self> {
        let (before, rest) = line.split_once('(')?;
        let drawn = |c: char| " |+-<>".contains(c) || ('\u{2500}'..='\u{257f}').contains(&c);
        let (digits, rest) = digits_ahead(rest);
        if !before.chars().all(drawn) {
            return None;
        }
        let message = rest.strip_prefix(") ").or_else(|| rest.strip_prefix("): "))?;
        let arrowless = before.chars().all(|c| " |│".contains(c));
        let at = arrowless.then(|| before.chars().count());
        Some(Self { number: number(digits)?, message: without_arrow(message), at })
    }
}

/// A message without the arrow that leaves it: `->-+`, `─>─┐`.
fn without_arrow(message: &str) -> &str {
    let arrow = ["->-+", "─>─┐", "─>─┘", "->-'"].iter().find_map(|end| message.strip_suffix(end));
    arrow.map_or(message, |before| before.trim_end_matches(['-', '─', ' ']))
}
