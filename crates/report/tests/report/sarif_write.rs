//! Written SARIF: it reads back as what was written, and it is what the schema of the standard wants.

use std::io::Write as _;
use std::process::{Command, Stdio};

use fixwright_report::{BugReport, Format, parse, parse_as, sarif};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::{Value, json};

use crate::corpus::corpus;

pub(crate) fn write(reports: &[BugReport]) -> String {
    let mut writer = sarif::Writer::new(Vec::new());
    reports.iter().for_each(|report| writer.report(report).unwrap());
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// A report without what depends on where it was read.
fn bare(report: &BugReport) -> BugReport {
    let mut report = report.clone();
    report.provenance.format = None;
    report.provenance.file = None;
    report.provenance.span = 0..0;
    report.provenance.line = 0;
    report.text = String::new();
    report
}

/// Checks that reports read back, and gives the log.
fn round(reports: &[BugReport]) -> String {
    let log = write(reports);
    let read = parse_as(Format::Sarif, &log).unwrap();
    assert_eq!(read.warnings, []);
    assert_eq!(read.reports.len(), reports.len());
    for (read, report) in read.reports.iter().zip(reports) {
        assert_eq!(bare(read), bare(report), "{}", read.text);
    }
    log
}

/// What the schema has against each of some logs, one line each; none where the validator is not installed.
fn violations(logs: &[String]) -> Option<Vec<String>> {
    let program = "import json, sys\n\
                   from sarif_kit.validate import validation_errors\n\
                   for at, log in enumerate(sys.stdin):\n\
                   \x20   for error in validation_errors(json.loads(json.loads(log))):\n\
                   \x20       print(at, error)\n";
    let mut python = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let lines: String = logs.iter().map(|log| json!(log).to_string() + "\n").collect();
    // A validator that is not there closes its input.
    let _ = python.stdin.take().unwrap().write_all(lines.as_bytes());
    let output = python.wait_with_output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    if errors.contains("No module named") {
        println!("skipped: python3 has no sarif_kit");
        return None;
    }
    assert!(output.status.success(), "{errors}");
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn the_validator_finds_faults() {
    let Some(found) =
        violations(&[r#"{"version": "2.1.0", "runs": [{"results": []}]}"#.to_owned()])
    else {
        return;
    };
    assert_eq!(found, ["0 runs/0: 'tool' is a required property"]);
}

#[test]
fn no_reports_are_an_empty_log() {
    let log = round(&[]);
    assert!(violations(&[log]).is_none_or(|found| found.is_empty()));
}

#[test]
fn reports_of_all_formats_read_back_and_are_valid() {
    let Some(corpus) = corpus() else { return };
    let (mut logs, mut formats) = (Vec::new(), std::collections::BTreeSet::new());
    for file in files(&corpus.join("reports")) {
        let Ok(read) = parse(std::fs::read(&file).unwrap()) else { continue };
        formats.insert(read.format.name());
        logs.push(round(&read.reports));
    }
    assert!(formats.len() >= 8 && logs.len() > 100, "{formats:?} in {} files", logs.len());
    assert_eq!(violations(&logs).unwrap_or_default(), [""; 0]);
}

/// All files below a folder.
pub(crate) fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        any::<String>(),
        prop::sample::select(
            &[
                "a.c",
                "src/a b.c",
                "/x/y.c",
                "C:\\a.c",
                "C:/a.c",
                "//h/s.c",
                "%SRCROOT%",
                "folder 1",
                "file:///a",
                "https://e.org/",
                "x[1](0)",
                "{0}",
                "a\nb",
                "none",
                "warning",
                "CWE-79",
                "[\"t\"]",
                "fixwright",
                "tags",
                "correlationGuid",
                "50.5",
                "12345678-1234-1234-9234-123456789abc",
                "/base",
                "a/b",
                "fail",
                "new",
            ][..]
        )
        .prop_map(str::to_owned),
    ]
}

fn maybe(value: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop_oneof![2 => Just(Value::Null), 1 => value]
}

fn word() -> impl Strategy<Value = Value> {
    maybe(text().prop_map(Value::from))
}

fn number() -> impl Strategy<Value = Value> {
    maybe(prop_oneof![0..50_u32, any::<u32>()].prop_map(Value::from))
}

fn span() -> impl Strategy<Value = Value> {
    let edge = || prop_oneof![0..50_u64, any::<u64>()];
    maybe((edge(), edge()).prop_map(|(from, to)| json!([from, to])))
}

fn location() -> impl Strategy<Value = Value> {
    let unit = prop::sample::select(&["byte", "display", "utf16", "code_point"][..]);
    let words = (word(), word(), word(), word(), word());
    let numbers = (number(), number(), number(), number(), span(), span());
    (words, numbers, maybe(unit.prop_map(Value::from))).prop_map(|(words, numbers, unit)| {
        let (path, base, function, mangled, snippet) = words;
        let (line, end_line, column, end_column, bytes, chars) = numbers;
        json!({
            "path": path, "base": base, "function": function, "mangled": mangled, "snippet": snippet,
            "line": line, "end_line": end_line, "column": column, "end_column": end_column,
            "bytes": bytes, "chars": chars, "column_unit": unit,
        })
    })
}

fn several(value: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop::collection::vec(value, 0..3).prop_map(Value::from)
}

fn pairs() -> impl Strategy<Value = Value> {
    several((text(), text()).prop_map(|(name, value)| json!([name, value])))
}

fn note() -> impl Strategy<Value = Value> {
    (location(), text())
        .prop_map(|(location, message)| json!({"location": location, "message": message}))
}

fn step() -> impl Strategy<Value = Value> {
    (note(), word(), word(), 0..3_u32, any::<bool>(), 0..3_u32).prop_map(
        |(mut step, tag, importance, nesting, is_key, flow)| {
            step["tag"] = tag;
            step["importance"] = importance;
            step["nesting"] = nesting.into();
            step["is_key"] = is_key.into();
            step["flow"] = flow.into();
            step
        },
    )
}

fn fix() -> impl Strategy<Value = Value> {
    let edit = (location(), text())
        .prop_map(|(location, text)| json!({"location": location, "text": text}));
    (word(), several(edit))
        .prop_map(|(description, edits)| json!({"description": description, "edits": edits}))
}

fn suppression() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![Just("inSource".to_owned()), Just("external".to_owned()), text()];
    (kind, word(), word()).prop_map(|(kind, status, justification)| {
        json!({"kind": kind, "status": status, "justification": justification})
    })
}

fn rule() -> impl Strategy<Value = Value> {
    let cwe = prop::collection::vec(prop_oneof![0..100_u32, any::<u32>()], 0..3);
    (word(), word(), word(), word(), word(), cwe).prop_map(|(id, name, kind, category, help, cwe)| {
        json!({"id": id, "name": name, "kind": kind, "category": category, "help_uri": help, "cwe": cwe})
    })
}

fn report() -> impl Strategy<Value = BugReport> {
    let level = prop::sample::select(&["note", "warning", "error"][..]).prop_map(Value::from);
    let severity = (word(), maybe(level), word(), word()).prop_map(|(raw, level, impact, certainty)| {
        json!({"raw": raw, "level": level, "impact": impact, "certainty": certainty})
    });
    let status = (word(), word(), word(), word(), several(suppression())).prop_map(
        |(raw, kind, baseline, triage, suppressions)| {
            json!({"raw": raw, "kind": kind, "baseline": baseline, "triage": triage, "suppressions": suppressions})
        },
    );
    let tool =
        (word(), word()).prop_map(|(tool, version)| json!({"tool": tool, "tool_version": version}));
    let warning =
        text().prop_map(|message| json!({"place": {"line": 3, "byte": 7}, "message": message}));
    let heads = (tool, word(), pairs(), rule(), severity, status, location());
    let lists = (several(step()), several(note()), several(fix()), pairs(), several(warning));
    let words = (word(), word(), word());
    (heads, lists, words).prop_map(|(heads, lists, words)| {
        let (tool, native_id, fingerprints, rule, severity, status, location) = heads;
        let (steps, related, fixes, extra, warnings) = lists;
        let (title, description, suggested_fix) = words;
        let report = json!({
            "provenance": tool, "native_id": native_id, "fingerprints": fingerprints, "rule": rule,
            "severity": severity, "status": status, "location": location, "steps": steps, "related": related,
            "fixes": fixes, "extra": extra, "warnings": warnings, "title": title, "description": description,
            "suggested_fix": suggested_fix,
        });
        serde_json::from_value(report).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").map_or(200, |cases| cases.parse().unwrap())
    ))]

    #[test]
    fn any_reports_read_back(reports in prop::collection::vec(report(), 1..4)) {
        round(&reports);
    }
}

#[test]
fn any_reports_are_valid() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut logs = Vec::new();
    for _ in 0..100 {
        let reports = prop::collection::vec(report(), 1..4);
        logs.push(write(&reports.new_tree(&mut runner).unwrap().current()));
    }
    assert_eq!(violations(&logs).unwrap_or_default(), [""; 0]);
}
