//! The keys that say where the defect is.

use super::Fill;
use crate::cid::entry::Entry;
use crate::cid::key::Key;
use crate::cid::value;
use crate::reference::{function_name, number};
use crate::{Location, Place, Warning};

impl Fill {
    /// A key that names a place; what it says beside its own part is a hint.
    pub(super) fn place(&mut self, entry: &Entry<'_>, value: &str) {
        let found = match entry.line.key {
            Key::File => value::file(value),
            Key::Line => value::line(value),
            Key::Column => {
                number(value).map(|n| Location { column: Some(n), ..Location::default() })
            }
            Key::Function => function_name(value).map(|name| Location::default().in_function(name)),
            _ => value::location(value),
        };
        let Some(mut found) = found else {
            self.warn(entry, format!("cannot read `{}` in `{value}`", entry.line.label));
            self.extra(entry, value);
            return;
        };
        match entry.line.key {
            Key::Function if value.ends_with('(') => {
                self.warn(entry, format!("the function `{value}` is cut off"));
            }
            Key::Line if value::has_more_lines(value) => {
                self.warn(entry, format!("only the first line of `{value}` is used"));
            }
            Key::File => {
                let path = found.path.take();
                self.hints.push((entry.place, found));
                found = Location { path, ..Location::default() };
            }
            Key::Location => {
                self.hints.push((entry.place, found));
                return;
            }
            _ => {}
        }
        self.merge(entry.place, found);
    }

    /// `Path:` is the way to the defect, or just another name for the file.
    pub(super) fn path(&mut self, entry: &Entry<'_>) {
        let text = entry.text();
        if !text.contains(char::is_whitespace)
            && let Some(file) = value::file(&text)
        {
            self.hints.push((entry.place, file));
        } else {
            self.report.steps.extend(value::steps(entry));
        }
    }

    /// Takes over what is known of the place; what is there already stays.
    pub(super) fn merge(&mut self, place: Place, from: Location) {
        let to = &mut self.report.location;
        let mut clash = None;
        match (&to.path, from.path) {
            (Some(kept), Some(path)) if !value::same_file(kept, &path) => clash = Some(path),
            (None, path) => to.path = path,
            _ => {}
        }
        match (to.line, from.line) {
            (Some(kept), Some(line)) if kept != line => clash = Some(format!("line {line}")),
            (None, Some(_)) => (to.line, to.end_line) = (from.line, from.end_line),
            _ => {}
        }
        to.column = to.column.or(from.column);
        to.function = to.function.take().or(from.function);
        if let Some(other) = clash {
            let message = format!("the report also names {other}; {to} is kept");
            self.report.warnings.push(Warning::new(place, message));
        }
    }
}
