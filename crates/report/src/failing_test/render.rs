//! Writing a failing test as text.

use super::{INDENT, NO_NEWLINE};
use crate::BugReport;

/// The failing test of a report as text that reads back as the same test at the same place.
///
/// Names, paths and the title are brought into one line each. What else the report says is left out.
pub fn render(report: &BugReport) -> String {
    let test = report.test.clone().unwrap_or_default();
    let place = &report.location;
    let title = report.title.clone().filter(|title| Some(title) != test.name.as_ref());
    let number = |number: Option<i32>| number.map(|number| number.to_string());
    let mut out = String::new();
    line(&mut out, "Test", test.name);
    line(&mut out, "Title", title);
    line(&mut out, "File", place.path.clone());
    line(&mut out, "Function", place.function.clone());
    line(&mut out, "Line", place.line.map(|line| line.to_string()));
    text(&mut out, "Input", test.input.as_deref());
    text(&mut out, "Expected", test.expected.as_deref());
    text(&mut out, "Actual", test.actual.as_deref());
    line(&mut out, "Exit status", number(test.exit_status));
    line(&mut out, "Signal", number(test.signal));
    out
}

fn line(out: &mut String, key: &str, value: Option<String>) {
    let value = value.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "));
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        *out += &format!("{key}: {value}\n");
    }
}

fn text(out: &mut String, key: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    let fits_a_line = value.trim() == value && !value.contains(['\n', '\r']);
    if fits_a_line && !value.is_empty() {
        *out += &format!("{key}: {value}\n");
        return;
    }
    *out += &format!("{key}:\n");
    for line in value.split_inclusive('\n') {
        *out += INDENT;
        *out += line;
    }
    if !value.is_empty() && !value.ends_with('\n') {
        *out += &format!("\n{NO_NEWLINE}\n");
    }
}
