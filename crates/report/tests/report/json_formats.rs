//! What the readers of JSON formats make of what the formats can say.

use fixwright_report::{BugReport, ColumnUnit, Format, Level, detect, parse, parse_as};

fn reports(format: Format, text: &str) -> Vec<BugReport> {
    assert_eq!(detect(text), Some(format), "{text}");
    let found = parse(text).unwrap();
    assert_eq!(found.warnings, [], "{text}");
    found.reports
}

#[test]
fn gcc_may_write_several_arrays_between_other_lines() {
    let one = r#"[{"kind": "warning", "message": "m", "option": "-Werror=x", "children": [], "column-origin": 1, "locations": [{"caret": {"file": "a.c", "line": 3, "column": 2}}]}]"#;
    let log = format!(
        "make: Entering directory '/x'\n[]\n{one}\ngcc -c b.c\n{one}{one}\ncompilation terminated.\n[ 50%] done\n"
    );
    let found = reports(Format::GccJson, &log);
    assert_eq!(found.len(), 3);
    assert_eq!(found[2].location.to_string(), "a.c:3:2");
    assert_eq!(found[0].rule.id.as_deref(), Some("-Wx"));
    assert_eq!(found[0].provenance.line, 3);
    let complaining = parse(format!("{one}\ncc1: error: no such option\n")).unwrap();
    assert_eq!(complaining.warnings[0].place.line, 2);
    assert_eq!(parse("[]\n").unwrap().reports, []);
}

#[test]
fn gcc_counts_columns_as_it_was_told() {
    let report = |origin: u32, columns: &str| {
        let text = format!(
            r#"[{{"kind": "error", "message": "m", "column-origin": {origin}, "locations": [{{"caret": {{"file": "a.c", "line": 1, {columns}}}}}]}}]"#
        );
        let place = reports(Format::GccJson, &text)[0].location.clone();
        (place.column, place.column_unit)
    };
    let both = |column| format!(r#""byte-column": 2, "display-column": 9, "column": {column}"#);
    assert_eq!(report(1, &both(9)), (Some(9), Some(ColumnUnit::Display)));
    assert_eq!(report(1, &both(2)), (Some(2), Some(ColumnUnit::Byte)));
    assert_eq!(report(0, r#""column": 0"#), (Some(1), Some(ColumnUnit::Byte)));
    assert_eq!(report(1, r#""column": 0"#), (None, None));
    assert_eq!(report(1, r#""column": -3"#), (None, None));
}

#[test]
fn gcc_fix_its_children_paths_and_labels() {
    let text = r#"[{"kind": "error", "message": "m", "metadata": {"cwe": 401}, "unknown": {"a": [1]}, "column-origin": 1,
        "locations": [{"caret": {"file": "a.c", "line": 1, "column": 5, "byte-column": 5, "display-column": 5},
                       "start": {"file": "a.c", "line": 1, "column": 3, "byte-column": 3, "display-column": 3},
                       "finish": {"file": "a.c", "line": 2, "column": 7, "byte-column": 7, "display-column": 7}},
                      {"caret": {"file": "a.c", "line": 9, "column": 1}, "label": "here"}],
        "fixits": [{"start": {"file": "a.c", "line": 1, "column": 3, "byte-column": 3}, "next": {"file": "a.c", "line": 1, "column": 4, "byte-column": 4}, "string": ""}],
        "path": [{"location": {"file": "a.c", "line": 1, "column": 5}, "description": "d", "function": "f", "depth": 2}],
        "children": [{"kind": "note", "message": "n", "locations": [], "children": [{"kind": "note", "message": "nn", "locations": []}]}]}]"#;
    let report = &reports(Format::GccJson, text)[0];
    assert_eq!((report.location.end_line, report.location.end_column), (Some(2), Some(8)));
    assert_eq!(report.location.function.as_deref(), Some("f"));
    assert_eq!(report.rule.cwe, [401]);
    let notes: Vec<_> = report.related.iter().map(|note| &*note.message).collect();
    assert_eq!(notes, ["here", "n", "nn"]);
    let edit = &report.fixes[0].edits[0];
    assert_eq!(
        (edit.location.column, edit.location.end_column, &*edit.text),
        (Some(3), Some(4), "")
    );
    assert_eq!((report.steps[0].nesting, report.steps[0].is_key), (2, true));
    let extra = [("start", "1:3"), ("unknown", r#"{"a":[1]}"#)];
    assert_eq!(report.extra, extra.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn coverity_events_triage_and_remediation() {
    let text = r#"{"type": "Coverity issues", "formatVersion": 10, "issues": [{"mergeKey": "k", "checkerName": "FORWARD_NULL",
        "type": "forward_null", "subtype": "s", "code-language": "c++", "mainEventFilePathname": "/w/a.cc", "mainEventLineNumber": 7,
        "mainEventColumnNumber": 3, "functionDisplayName": "A::f(int)", "functionMangledName": "_ZN1A1fEi", "newKey": 1,
        "stateOnServer": {"cid": 4711, "triage": {"classification": "Intentional", "severity": "Major", "action": "Ignore"}},
        "events": [
          {"eventTag": "path", "eventDescription": "p", "filePathname": "/w/a.cc", "lineNumber": 5, "eventSet": 0, "main": false,
           "events": [{"eventTag": "inner", "eventDescription": "i", "filePathname": "/w/b.h", "lineNumber": 1, "events": null}]},
          {"eventTag": "var_deref", "eventDescription": "m", "filePathname": "/w/a.cc", "lineNumber": 7, "eventSet": 1, "main": true},
          {"eventTag": "remediation", "eventDescription": "check it", "lineNumber": 7, "remediation": true}],
        "checkerProperties": {"category": "Null", "cweCategory": "476", "weaknessIdCategory": "none", "impact": "Low",
          "subcategoryShortDescription": "Explicit null dereferenced", "issueKinds": ["QUALITY"]}}]}"#;
    let report = &reports(Format::CoverityJson, &format!("\u{feff}{text}"))[0];
    assert_eq!(report.native_id.as_deref(), Some("4711"));
    assert_eq!(report.fingerprints, [("mergeKey".to_owned(), "k".to_owned())]);
    assert_eq!(report.title.as_deref(), Some("m"));
    assert_eq!(report.suggested_fix.as_deref(), Some("check it"));
    assert_eq!(report.location.function.as_deref(), Some("A::f"));
    assert_eq!(report.location.mangled.as_deref(), Some("_ZN1A1fEi"));
    assert_eq!(report.rule.cwe, [476]);
    assert_eq!(report.severity.level, Some(Level::Error));
    assert_eq!(report.status.triage.as_deref(), Some("Intentional"));
    let steps: Vec<_> = report
        .steps
        .iter()
        .map(|step| (&*step.message, step.nesting, step.flow, step.is_key))
        .collect();
    assert_eq!(steps, [("p", 0, 0, false), ("i", 1, 0, false), ("m", 0, 1, true)]);
    let extra: Vec<_> = report.extra.iter().map(|(name, _)| &**name).collect();
    assert_eq!(extra, ["newKey", "stateOnServer", "checkerProperties"]);
}

#[test]
fn coverity_connect_rows_of_both_interfaces() {
    let older = r#"{"viewContentsV1": {"offset": 0, "totalRows": 1, "columns": [], "rows": [{"cid": 5, "checker": "C", "displayFile": "/a.c", "cwe": 476, "displayType": "T"}]}}"#;
    let newer = r#"{"offset": 0, "totalRows": 1, "columns": ["cid"], "rows": [[{"key": "cid", "value": "5"}, {"key": "checker", "value": "C"}, {"key": "displayFile", "value": "/a.c"}, {"key": "cwe", "value": "476"}, {"key": "displayType", "value": "T"}]]}"#;
    for text in [older, newer] {
        let report = &reports(Format::CoverityJson, text)[0];
        assert_eq!(report.native_id.as_deref(), Some("5"));
        assert_eq!(report.location.path.as_deref(), Some("/a.c"));
        assert_eq!((report.rule.id.as_deref(), &*report.rule.cwe), (Some("C"), &[476][..]));
        assert_eq!(report.title.as_deref(), Some("T"));
    }
}

#[test]
fn semgrep_traces_and_errors() {
    let text = r#"{"version": "1.9", "errors": [{"message": "Syntax error\n", "path": "b.c"}], "paths": {}, "results": [{"check_id": "r", "path": "a.py",
        "start": {"line": 1, "col": 2, "offset": 1}, "end": {"line": 2, "col": 3, "offset": 9},
        "extra": {"message": "m", "severity": "INFO", "is_ignored": true, "fix": "x", "metadata": {"cwe": ["CWE-79: XSS", "CWE-80"], "confidence": "LOW"},
          "dataflow_trace": {"taint_source": ["CliLoc", [{"path": "a.py", "start": {"line": 1, "col": 1}, "end": {"line": 1, "col": 2}}, "src"]],
            "intermediate_vars": [{"location": {"path": "a.py", "start": {"line": 3, "col": 1}, "end": {"line": 3, "col": 2}}, "content": "v"}],
            "taint_sink": ["CliCall", [[{"path": "a.py", "start": {"line": 4, "col": 1}, "end": {"line": 4, "col": 2}}, "f()"], [],
              ["CliLoc", [{"path": "b.py", "start": {"line": 5, "col": 1}, "end": {"line": 5, "col": 2}}, "sink"]]]]}}}]}"#;
    let found = parse(text).unwrap();
    assert!(found.warnings[0].message.ends_with("Syntax error"), "{:?}", found.warnings);
    let report = &found.reports[0];
    assert_eq!(report.rule.cwe, [79, 80]);
    assert_eq!(report.location.bytes, Some((1, 9)));
    assert_eq!(report.status.suppressions[0].kind, "inSource");
    let steps: Vec<_> =
        report.steps.iter().map(|s| (&*s.message, s.location.line, s.nesting)).collect();
    assert_eq!(
        steps,
        [("src", Some(1), 0), ("v", Some(3), 0), ("f()", Some(4), 0), ("sink", Some(5), 1)]
    );
    assert_eq!(report.fixes[0].edits[0].text, "x");
}

#[test]
fn pvs_studio_levels_and_further_positions() {
    let text = r#"{"version": 3, "warnings": [{"code": "V501", "level": 3, "falseAlarm": true, "sastId": "X", "message": "m",
        "positions": [{"file": "a.cpp", "line": 4, "endLine": 6, "column": 2, "endColumn": 9}, {"file": "b.cpp", "line": 5}]}]}"#;
    let report = &reports(Format::PvsStudio, text)[0];
    assert_eq!(report.severity.level, Some(Level::Note));
    assert_eq!((report.location.end_line, report.location.end_column), (Some(6), Some(9)));
    assert_eq!(report.related[0].location.to_string(), "b.cpp:5");
    assert_eq!(report.status.triage.as_deref(), Some("falseAlarm"));
}

#[test]
fn numbers_may_be_texts_and_what_has_the_wrong_type_is_kept() {
    let text = r#"[{"bug_type": "A", "qualifier": "q", "file": "a.c", "line": "7", "column": [1], "severity": null}]"#;
    let report = &reports(Format::Infer, text)[0];
    assert_eq!((report.location.line, report.location.column), (Some(7), None));
    assert_eq!(report.extra, [("column".to_owned(), "[1]".to_owned())]);
}

#[test]
fn a_list_that_is_not_there_is_no_report() {
    assert!(parse_as(Format::CoverityJson, "[1, 2]").is_err());
    assert!(parse_as(Format::Infer, "{}").is_err());
    assert!(parse_as(Format::GccJson, "gcc: all fine\n").is_err());
}
