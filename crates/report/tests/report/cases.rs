//! Key/value reports in `tests/data/cid`: each `.txt` with the fields that must be read from it.

use std::path::Path;

use fixwright_report::{Error, Format, detect, parse, parse_as};
use serde_json::Value;

/// Whether `found` has everything that `expected` names; lists must be equally long.
fn check(expected: &Value, found: &Value, at: &str) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                check(value, &found[key], &format!("{at}.{key}"));
            }
        }
        (Value::Array(expected), Value::Array(list)) => {
            assert_eq!(expected.len(), list.len(), "{at}: {found:#}");
            for (index, (expected, found)) in expected.iter().zip(list).enumerate() {
                check(expected, found, &format!("{at}[{index}]"));
            }
        }
        _ => assert_eq!(expected, found, "{at}"),
    }
}

#[test]
fn every_case_reads_as_written_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cid");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy();
        let expected = std::fs::read_to_string(path.with_extension("json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let found = parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let reports = found.reports;
        assert!(reports.iter().all(|r| r.provenance.format == Some(Format::Cid)), "{name}");
        check(&expected, &serde_json::to_value(&reports).unwrap(), &name);
        seen += 1;
    }
    assert!(seen >= 18, "{seen} cases found");
}

#[test]
fn the_text_is_kept_as_it_stood() {
    let text = "\u{feff}File: a.c \r\nLine: 3\r\n\r\nFile: b.c\r\nLine: 4\r\n";
    let reports = parse(text).unwrap().reports;
    let texts: Vec<_> = reports.iter().map(|report| report.text.as_str()).collect();
    assert_eq!(texts, ["File: a.c \r\nLine: 3\r\n\r\n", "File: b.c\r\nLine: 4\r\n"]);
    let spans: Vec<_> = reports.iter().map(|report| report.provenance.span.clone()).collect();
    assert_eq!(spans, [0..26, 26..text.len()]);
}

#[test]
fn what_is_no_report_is_refused_with_a_hint() {
    for text in ["", "\n", "Fix: crmd: check the result", "hello\nworld\n", "a = b ? c : d;\n"] {
        assert_eq!(detect(text), None, "{text}");
        let error = parse(text).unwrap_err();
        assert!(matches!(error, Error::Unrecognised));
        assert!(error.to_string().contains("`File:`"));
    }
    assert_eq!(detect(""), None);
    let none = parse_as(Format::Cid, "hello");
    assert!(matches!(none, Err(Error::NoReport { format: Format::Cid })));
}

#[test]
fn nothing_found_is_no_error_where_a_tool_then_writes_nothing() {
    for format in [Format::Diagnostic, Format::Sparse, Format::Sanitizer, Format::GccJson] {
        for blank in ["", "\n", " \n\t\r\n"] {
            assert_eq!(parse_as(format, blank).unwrap().reports, [], "{format} {blank:?}");
        }
    }
    for format in [Format::GccJson, Format::Infer, Format::Semgrep, Format::PvsStudio] {
        let found = parse_as(format, " []\n").unwrap();
        assert_eq!((found.reports, found.warnings), (vec![], vec![]), "{format}");
    }
    assert_eq!(parse("[]").unwrap().reports, []);
    // A document that is not there is damage.
    for format in [Format::Sarif, Format::CppcheckXml, Format::Plist, Format::Infer] {
        assert!(matches!(parse_as(format, "\n"), Err(Error::NoReport { .. })), "{format}");
    }
}

#[test]
fn a_bracket_in_the_middle_of_a_log_is_not_json() {
    let line = "[ 12%] Building C object x.o\n";
    let quiet = line.repeat(3 * (1 << 20) / line.len());
    let log = format!("{quiet}a.c:3:1: warning: unused variable [-Wunused-variable]\n{quiet}");
    let found = parse(&log).unwrap();
    assert_eq!(found.format, Format::Diagnostic);
    assert_eq!(found.reports.len(), 1);
    assert_eq!(found.reports[0].provenance.span.start, quiet.len());
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_and_said() {
    let found = parse(b"File: a.c\nLine: 3\nDescription: caf\xe9\n").unwrap();
    assert_eq!(found.reports[0].description.as_deref(), Some("caf\u{fffd}"));
    let lines: Vec<_> = found.warnings.iter().map(|warning| warning.place.line).collect();
    assert_eq!(lines, [3]);
}

#[test]
fn too_large_an_input_is_refused() {
    let text = "File: a.c\n".repeat(fixwright_report::MAX_BYTES / 10 + 1);
    assert!(matches!(parse(&text), Err(Error::TooLarge { .. })));
    assert!(matches!(parse_as(Format::Cid, &text), Err(Error::TooLarge { .. })));
}

/// The first page and the table of readers name the same formats.
#[test]
fn the_first_page_lists_every_format() {
    let page = include_str!("../../src/lib.rs");
    let rows = page.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let mut listed: Vec<&str> = rows
        .filter_map(|row| row.split_once(" | "))
        .flat_map(|(names, _)| names.split(", ").map(|name| name.trim_matches('`')))
        .collect();
    let mut names: Vec<&str> = Format::all().map(Format::name).collect();
    listed.sort_unstable();
    names.sort_unstable();
    assert_eq!(listed, names);
}
