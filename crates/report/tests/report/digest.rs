//! What was read, in a form that people can check by eye; kept beside each file of some folders.

use std::fmt::Write as _;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use fixwright_report::{BugReport, Event, Format, Reports, parse, parse_as, stream};
use proptest::prelude::*;

/// Reads every `.txt` of a folder of `tests/data` and compares it with the `.expected` beside it.
///
/// The format must be detected, and reading byte by byte must give the same. With the environment variable
/// `FIXWRIGHT_BLESS` set, the `.expected` are written, to be checked by eye.
pub(crate) fn check_folder(name: &str, format: Format) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let found = parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(found.format, format, "{}", path.display());
        check_spans(&bytes, &found);
        assert_eq!(slowly(&bytes), (found.reports.clone(), found.warnings.clone()));
        let digest = digest(&found);
        let expected = path.with_extension("expected");
        if std::env::var_os("FIXWRIGHT_BLESS").is_some() {
            std::fs::write(&expected, &digest).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap();
        assert!(digest == expected, "{}: read was\n{digest}", path.display());
        seen += 1;
    }
    assert!(seen > 0, "no files in {name}");
}

/// The reports and warnings of an input that comes one byte at a time.
fn slowly(bytes: &[u8]) -> (Vec<BugReport>, Vec<fixwright_report::Warning>) {
    let (mut reports, mut warnings) = (Vec::new(), Vec::new());
    stream(BufReader::with_capacity(1, bytes), None, &mut |event| {
        match event {
            Event::Report(report) => reports.push(*report),
            Event::Warning(warning) => warnings.push(warning),
            _ => {}
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    (reports, warnings)
}

/// The text of a report is what stands at its span.
fn check_spans(bytes: &[u8], found: &Reports) {
    for report in &found.reports {
        let span = report.provenance.span.clone();
        assert_eq!(report.text, String::from_utf8_lossy(&bytes[span.clone()]));
        let line = 1 + bytes[..span.start].iter().filter(|&&byte| byte == b'\n').count();
        assert_eq!(report.provenance.line, line);
    }
}

/// Everything of note in what was read.
pub(crate) fn digest(found: &Reports) -> String {
    let mut out = String::new();
    for warning in &found.warnings {
        writeln!(out, "warning {warning}").unwrap();
    }
    for report in &found.reports {
        one(&mut out, report).unwrap();
    }
    out
}

fn one(out: &mut String, report: &BugReport) -> std::fmt::Result {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let place = &report.location;
    writeln!(out, "[{}] {}", text(&report.rule.id), text(&report.title))?;
    writeln!(out, "  at {place} in {}", text(&place.function))?;
    writeln!(
        out,
        "  lines from {}, ending {:?}",
        report.provenance.line,
        report.text.lines().last().unwrap_or("")
    )?;
    writeln!(
        out,
        "  tool {} {}, severity {} {:?}",
        text(&report.provenance.tool),
        text(&report.provenance.tool_version),
        text(&report.severity.raw),
        report.severity.level
    )?;
    if report.rule.kind.is_some() || !report.rule.cwe.is_empty() || report.native_id.is_some() {
        writeln!(
            out,
            "  kind {}, CWE {:?}, id {}",
            text(&report.rule.kind),
            report.rule.cwe,
            text(&report.native_id)
        )?;
    }
    for (name, value) in &report.extra {
        writeln!(out, "  {name} = {value}")?;
    }
    for line in report.description.iter().flat_map(|text| text.lines()) {
        writeln!(out, "  | {line}")?;
    }
    if let Some(test) = &report.test {
        writeln!(out, "  {test:?}")?;
    }
    for note in &report.related {
        writeln!(out, "  note {} {}", note.location, note.message)?;
    }
    for step in &report.steps {
        if step.nesting == 0 {
            writeln!(out, "  stack {}: {} -- {}", step.flow, text(&step.tag), step.message)?;
        }
        let mark = if step.is_key { '*' } else { ' ' };
        writeln!(
            out,
            "   {mark}{} {} {}",
            step.nesting,
            step.location,
            text(&step.location.function)
        )?;
    }
    for warning in &report.warnings {
        writeln!(out, "  warning {warning}")?;
    }
    Ok(())
}

/// Every file of the folders above.
fn files() -> Vec<String> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let folders = ["sanitizer", "kernel", "syzbot", "valgrind-text", "failing-test"];
    let entries = folders.iter().flat_map(|name| std::fs::read_dir(data.join(name)).unwrap());
    entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_files_never_panic(
        file in any::<prop::sample::Index>(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..200usize, "[ -~\n]{0,12}"), 1..8),
    ) {
        let files = files();
        let mut text: Vec<char> = file.get(&files).chars().collect();
        for (at, removed, inserted) in cuts {
            let at = at.index(text.len() + 1);
            let end = text.len().min(at + removed);
            text.splice(at..end, inserted.chars());
        }
        let text: String = text.into_iter().collect();
        for format in Format::all() {
            if let Ok(found) = parse_as(format, &text) {
                prop_assert!(found.reports.iter().all(|report| report.provenance.span.end <= text.len()));
            }
        }
    }
}
