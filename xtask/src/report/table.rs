//! Reports as lines for people, in columns.

use std::io::{self, Write};

use fixwright_report::{BugReport, Level};

use super::Printer;

/// Rows whose columns are aligned with each other; more are not held back.
const PAGE: usize = 500;
/// Wider cells do not widen their column.
const WIDEST: usize = 48;

/// Where, how bad, which rule, what.
type Row = [String; 4];

/// A table that is printed page by page.
pub(super) struct Table<W> {
    out: W,
    rows: Vec<Row>,
}

impl<W: Write> Table<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, rows: Vec::new() }
    }
}

impl<W: Write> Printer for Table<W> {
    fn report(&mut self, report: &BugReport) -> io::Result<()> {
        self.rows.push(row(report));
        if self.rows.len() < PAGE { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> io::Result<()> {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.filter(|width| *width <= WIDEST).max().unwrap_or_default()
        };
        let [place, level, rule] = [width(0), width(1), width(2)];
        for row in self.rows.drain(..) {
            let line =
                format!("{:place$}  {:level$}  {:rule$}  {}", row[0], row[1], row[2], row[3]);
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.flush()?;
        self.out.flush()
    }
}

fn row(report: &BugReport) -> Row {
    let level = match report.severity.level {
        Some(Level::Error) => "error",
        Some(Level::Warning) => "warning",
        Some(Level::Note) => "note",
        _ => report.severity.raw.as_deref().unwrap_or("-"),
    };
    let rule = &report.rule;
    let id = rule.id.as_deref().or(rule.kind.as_deref()).unwrap_or("-");
    let cwe: String = rule.cwe.iter().map(|number| format!(" CWE-{number}")).collect();
    let first_line = |text: &str| text.trim().lines().next().unwrap_or_default().to_owned();
    let title = report.title.as_deref().or(report.description.as_deref()).unwrap_or(&report.text);
    [report.location.to_string(), level.to_owned(), format!("{id}{cwe}"), first_line(title)]
        .map(|cell| printable(&cell))
}

/// The text without what would steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_harmless() {
        let mut out = Vec::new();
        let mut table = Table::new(&mut out);
        let log = "a.c:3:1: warning: unused \u{1b}]0;x\u{7}variable [-Wunused]\nlonger/b.c:12: error: no\n";
        for report in fixwright_report::parse(log).expect("two diagnostics").reports {
            table.report(&report).expect("a vector takes all");
        }
        table.flush().expect("a vector takes all");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(!text.contains(['\u{1b}', '\u{7}']), "{text:?}");
        let starts: Vec<_> =
            text.lines().map(|line| line.find("warning").or(line.find("error"))).collect();
        assert_eq!(starts, [Some(15), Some(15)], "{text}");
    }
}
