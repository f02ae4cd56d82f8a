//! The keys of one report, put into the fields of a [`BugReport`].

mod place;

use super::entry::{Entry, block, entries};
use super::item::{Item, Kind};
use super::key::Key;
use super::suggestion::take_suggestion;
use super::value;
use crate::reference::collect_cwe;
use crate::{BugReport, Language, Level, Location, Place, Warning};

/// Reads one report from its lines, which are `text`.
pub(super) fn report(items: &[Item<'_>], text: &str) -> BugReport {
    let mut fill = Fill::default();
    let start = items.first().map_or(Place::START, |item| item.line.place);
    let end = items.last().map_or(start.byte, |item| item.line.end);
    fill.report.provenance.span = start.byte..end;
    fill.report.provenance.line = start.line;
    text.clone_into(&mut fill.report.text);

    let (free, entries) = entries(items);
    for entry in &entries {
        fill.entry(entry);
    }
    fill.free_lines(free);
    fill.finish(start)
}

/// A report in the making.
#[derive(Default)]
struct Fill {
    report: BugReport,
    /// Texts for the description, in order.
    texts: Vec<String>,
    /// Whether the last of them may end with a suggestion, and may be nothing else.
    ending: Option<Ending>,
    /// Places that count only where no key of their own says otherwise.
    hints: Vec<(Place, Location)>,
    fixes: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Described,
    Free,
}

impl Fill {
    fn entry(&mut self, entry: &Entry<'_>) {
        self.ending = None;
        match entry.line.key {
            Key::Description => {
                self.texts.push(entry.text());
                self.ending = (!entry.is_indented()).then_some(Ending::Described);
            }
            Key::Fix => self.fixes.push(entry.text()),
            Key::Path => self.path(entry),
            Key::Other if entry.line.value.is_empty() => {
                self.report.extra.push((entry.line.label.to_owned(), entry.text()));
            }
            _ => self.one_line(entry),
        }
    }

    /// A key whose value is one line; what stands below it is description.
    fn one_line(&mut self, entry: &Entry<'_>) {
        let (value, below) = entry.value();
        if let Some(value) = value::present(&value) {
            self.field(entry, value);
        }
        if !below.is_empty() {
            self.texts.push(below);
            self.ending = Some(Ending::Free);
        }
    }

    fn field(&mut self, entry: &Entry<'_>, value: &str) {
        if is_rule_text(entry.line.key) {
            collect_cwe(value, &mut self.report.rule.cwe);
        }
        match entry.line.key {
            Key::File | Key::Line | Key::Column | Key::Function | Key::Location => {
                self.place(entry, value);
            }
            Key::Cwe => self.cwe(entry, value),
            Key::Language => match Language::from_name(value) {
                Some(language) => self.report.language = Some(language),
                None => self.extra(entry, value),
            },
            Key::Title if self.report.title.is_some() => self.texts.push(value.to_owned()),
            key => match slot(&mut self.report, key) {
                Some(slot) if slot.is_none() => *slot = Some(value.to_owned()),
                Some(slot) if slot.as_deref() == Some(value) => {}
                Some(_) => {
                    self.warn(
                        entry,
                        format!("`{}` comes again; the first is kept", entry.line.label),
                    );
                    self.extra(entry, value);
                }
                None => self.extra(entry, value),
            },
        }
    }

    fn cwe(&mut self, entry: &Entry<'_>, value: &str) {
        let before = self.report.rule.cwe.len();
        for word in value.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty()) {
            collect_cwe(&format!("CWE-{word}"), &mut self.report.rule.cwe);
        }
        if self.report.rule.cwe.len() == before {
            self.extra(entry, value);
        }
    }

    /// The lines above the first key: a title and perhaps more.
    fn free_lines(&mut self, items: &[Item<'_>]) {
        let Some(at) = items.iter().position(|item| matches!(item.kind, Kind::Text)) else {
            return;
        };
        let title = items[at].line.text.trim().trim_matches(['#', '*', '=']).trim();
        let rest = block(&items[at + 1..]);
        if !rest.is_empty() {
            self.texts.insert(0, rest);
        }
        if self.report.title.is_none() {
            self.report.title = Some(title.to_owned());
        } else {
            self.texts.insert(0, title.to_owned());
        }
    }

    fn finish(mut self, start: Place) -> BugReport {
        for (place, hint) in std::mem::take(&mut self.hints) {
            self.merge(place, hint);
        }
        self.closing_suggestion();
        let mut report = self.report;
        report.description = joined(self.texts);
        report.suggested_fix = joined(self.fixes);
        let word = report.severity.raw.as_ref().or(report.severity.impact.as_ref());
        report.severity.level = word.and_then(|word| Level::from_word(word));
        let path = report.location.path.as_deref();
        report.language = report.language.or_else(|| Language::from_path(path?));
        for (missing, key) in [(path.is_none(), "File"), (report.location.line.is_none(), "Line")] {
            if missing {
                report.warnings.push(Warning::new(start, format!("the report has no `{key}`")));
            }
        }
        report.warnings.sort_by_key(|warning| warning.place.byte);
        report
    }

    fn closing_suggestion(&mut self) {
        let (Some(ending), true, Some(last)) =
            (self.ending, self.fixes.is_empty(), self.texts.last_mut())
        else {
            return;
        };
        if let Some((rest, suggestion)) = take_suggestion(last, ending == Ending::Free) {
            self.fixes.push(suggestion.to_owned());
            *last = rest.to_owned();
        }
    }

    fn extra(&mut self, entry: &Entry<'_>, value: &str) {
        self.report.extra.push((entry.line.label.to_owned(), value.to_owned()));
    }

    fn warn(&mut self, entry: &Entry<'_>, message: String) {
        self.report.warnings.push(Warning::new(entry.place, message));
    }
}

/// The field that a key fills with its value as it stands.
fn slot(report: &mut BugReport, key: Key) -> Option<&mut Option<String>> {
    Some(match key {
        Key::Cid => &mut report.native_id,
        Key::Checker => &mut report.rule.id,
        Key::Kind => &mut report.rule.kind,
        Key::Category => &mut report.rule.category,
        Key::Classification => &mut report.rule.classification,
        Key::Severity => &mut report.severity.raw,
        Key::Impact => &mut report.severity.impact,
        Key::Certainty => &mut report.severity.certainty,
        Key::Status => &mut report.status.raw,
        Key::Tool => &mut report.provenance.tool,
        Key::Title => &mut report.title,
        _ => return None,
    })
}

/// Whether a weakness number in the value is that of the rule.
fn is_rule_text(key: Key) -> bool {
    matches!(key, Key::Checker | Key::Kind | Key::Category | Key::Classification | Key::Title)
}

/// The texts that are not empty, as paragraphs.
fn joined(texts: Vec<String>) -> Option<String> {
    let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}
