//! Compiler output made by `tests/data/diagnostic/make.sh`, against the same findings in other formats.

use std::path::{Path, PathBuf};

use fixwright_report::{BugReport, ColumnUnit, Format, Level, detect, parse, parse_as};

use crate::oracle::{self, ours};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diagnostic")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(data().join(name)).unwrap()
}

fn reports(name: &str) -> Vec<BugReport> {
    let text = read(name);
    assert_eq!(detect(&text), Some(Format::Diagnostic), "{name}");
    parse(&text).unwrap().reports
}

fn functions(reports: &[BugReport]) -> Vec<Option<&str>> {
    reports.iter().map(|report| report.location.function.as_deref()).collect()
}

#[test]
fn gcc_text_says_what_gcc_json_says() {
    for name in ["store", "broken", "typo", "werror", "shapes"] {
        let reports = reports(&format!("{name}.gcc.txt"));
        let json = read(&format!("{name}.gcc.json"));
        assert_eq!(reports.iter().map(ours).collect::<Vec<_>>(), oracle::gcc_json(&json), "{name}");
        let cwe: Vec<_> = reports.iter().map(|report| report.rule.cwe.clone()).collect();
        assert_eq!(cwe, oracle::gcc_cwe(&json), "{name}");
        for report in &reports {
            assert_eq!(report.provenance.tool.as_deref(), Some("gcc"));
            assert_eq!(report.location.column_unit, Some(ColumnUnit::Display));
        }
    }
}

#[test]
fn every_line_of_gcc_belongs_to_one_report() {
    for name in ["store", "typo", "shapes"] {
        let text = read(&format!("{name}.gcc.txt"));
        let reports = parse(&text).unwrap().reports;
        let joined: String = reports.iter().map(|report| report.text.as_str()).collect();
        assert_eq!(joined, text, "{name}");
    }
}

#[test]
fn colours_change_nothing() {
    let colour = reports("colour.gcc.txt");
    let plain: Vec<_> = reports("werror.gcc.txt");
    assert_eq!(
        colour.iter().map(ours).collect::<Vec<_>>(),
        plain.iter().map(ours).collect::<Vec<_>>()
    );
    assert!(colour.iter().all(|report| !report.text.contains('\u{1b}')));
    let (colour, plain) = (reports("colour.clang.txt"), reports("store.clang.txt"));
    assert_eq!(
        colour.iter().map(ours).collect::<Vec<_>>(),
        plain.iter().map(ours).collect::<Vec<_>>()
    );
    assert_eq!(
        colour.iter().map(|r| &r.text).collect::<Vec<_>>(),
        plain.iter().map(|r| &r.text).collect::<Vec<_>>()
    );
}

#[test]
fn columns_may_be_missing() {
    let with: Vec<_> = reports("werror.gcc.txt").iter().map(ours).collect();
    let without: Vec<_> = reports("columnless.gcc.txt").iter().map(ours).collect();
    let columnless = |mut all: Vec<(oracle::Finding, Vec<oracle::Finding>)>| {
        for (head, notes) in &mut all {
            head.2 = 0;
            notes.iter_mut().for_each(|note| note.2 = 0);
        }
        all
    };
    assert_eq!(without, columnless(with));
}

#[test]
fn clang_tidy_text_says_what_its_yaml_says() {
    let reports = reports("store.tidy.txt");
    let mut found: Vec<_> = reports.iter().map(|report| ours(report).0).collect();
    let mut expected = oracle::tidy_yaml(&read("store.tidy.yaml"), &read("store.c"));
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let promoted: Vec<_> =
        reports.iter().filter(|r| r.severity.level == Some(Level::Error)).collect();
    assert!(promoted.iter().all(|report| report.rule.id.as_deref() == Some("cert-err33-c")));
    assert!(!promoted.is_empty());
    assert!(reports.iter().all(|r| r.provenance.tool.as_deref() == Some("clang-tidy")));
}

#[test]
fn functions_come_from_gcc_context_lines() {
    let shapes = reports("shapes.gcc.txt");
    let typo = reports("typo.gcc.txt");
    assert_eq!(
        functions(&shapes),
        [
            None,
            Some("Shape::scaled"),
            Some("Shape::scaled"),
            Some("Shape::scaled"),
            Some("largest"),
            Some("largest"),
            Some("largest")
        ]
    );
    assert_eq!(
        functions(&typo),
        [Some("area"), Some("area"), Some("area"), Some("twice"), Some("area")]
    );
}

#[test]
fn clang_notes_fix_its_and_includes() {
    let reports = reports("store.clang.txt");
    assert_eq!(reports.len(), 10); // clang's own count, in its last line
    let (first, third) = (&reports[0], &reports[2]);
    assert_eq!(first.location.to_string(), "./limits.h:4:12");
    assert_eq!(first.related[0].location.to_string(), "store.c:4");
    assert_eq!(third.related[0].message, "initialize the variable 'total' to silence this warning");
    assert!(third.text.ends_with("\n                     = 0\n"), "{}", third.text);
    assert!(
        reports[9].text.ends_with("^\n"),
        "the count of warnings is no part of the last report"
    );
    assert!(reports.iter().all(|r| r.location.column_unit == Some(ColumnUnit::Byte)));
}

#[test]
fn template_notes_name_where_it_came_from() {
    let reports = reports("shapes.gcc.txt");
    let related: Vec<_> =
        reports[4].related.iter().map(|n| (n.location.to_string(), &*n.message)).collect();
    assert_eq!(related, [("shapes.cc:35:9".into(), "required from here")]);
}

#[test]
fn linker_messages_are_skipped_with_a_warning() {
    let found = parse(read("unlinked.gcc.txt")).unwrap();
    assert_eq!(found.reports.len(), 1);
    let lines: Vec<_> = found.warnings.iter().map(|warning| warning.place.line).collect();
    assert_eq!(lines, [6, 7]);
}

/// One line each, with what is read from it: path, line, column, severity, rule, message.
#[test]
fn heads() {
    for (line, path, at, column, severity, rule, message) in [
        ("a.c:3:7: warning: m [-Wx]", "a.c", 3, Some(7), "warning", "-Wx", "m"),
        ("a.c:3: error: m", "a.c", 3, None, "error", "", "m"),
        ("C:\\src\\a.c:3:7: error: m", "C:\\src\\a.c", 3, Some(7), "error", "", "m"),
        ("C:/src/a b.c:3:7: note: m", "C:/src/a b.c", 3, Some(7), "note", "", "m"),
        ("a:b.c:3:7: error: x: error: y", "a:b.c", 3, Some(7), "error", "", "x: error: y"),
        ("a.c:3:7:{3:1-3:4}{3:6-3:9}: warning: m", "a.c", 3, Some(7), "warning", "", "m"),
        (
            "a.c:3:7: fatal error: m.h: No such file",
            "a.c",
            3,
            Some(7),
            "fatal error",
            "",
            "m.h: No such file",
        ),
        (
            "a.c:3:7: internal compiler error: in f, at g.cc:9",
            "a.c",
            3,
            Some(7),
            "internal compiler error",
            "",
            "in f, at g.cc:9",
        ),
        ("C/C++: src/a.c:3:7: remark: m", "src/a.c", 3, Some(7), "remark", "", "m"),
        (
            "a.c:3:7: warning: m [x-y,z-w,-warnings-as-errors]\r",
            "a.c",
            3,
            Some(7),
            "warning",
            "x-y",
            "m",
        ),
    ] {
        let reports = parse_as(Format::Diagnostic, line).unwrap().reports;
        let [report] = &*reports else { panic!("{line}: {} reports", reports.len()) };
        let place = &report.location;
        assert_eq!(
            (place.path.as_deref(), place.line, place.column),
            (Some(path), Some(at), column),
            "{line}"
        );
        assert_eq!(report.severity.raw.as_deref(), Some(severity), "{line}");
        assert_eq!(report.rule.id.as_deref().unwrap_or(""), rule, "{line}");
        assert_eq!(report.title.as_deref(), Some(message), "{line}");
        assert_eq!(report.warnings, [], "{line}");
    }
}

#[test]
fn damage_is_said_and_costs_one_report() {
    let text =
        "a.c:1:2: warning: one\na.c:2:3: warn\nld: error: no such file\na.c:0:1: error: two\n";
    let found = parse(text).unwrap();
    let titles: Vec<_> =
        found.reports.iter().filter_map(|report| report.title.as_deref()).collect();
    assert_eq!(titles, ["one", "two"]);
    let lines: Vec<_> = found.warnings.iter().map(|warning| warning.place.line).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(found.reports[1].location.line, None);
    assert_eq!(found.reports[1].warnings[0].place.line, 4);
}

#[test]
fn a_source_line_that_looks_like_a_diagnostic_is_source() {
    let text = "a.c:1:2: warning: one\nputs(\"b.c:7: error: no\");\n     ^\na.c:2:2: error: two\n";
    let reports = parse(text).unwrap().reports;
    assert_eq!(reports.len(), 2);
    assert!(reports[0].text.contains("b.c:7"));
}

#[test]
fn microsofts_form() {
    let text = "Microsoft (R) C/C++ Optimizing Compiler\na.c\n\
        C:\\x (1)\\a.c(12): warning C4996: 'strcpy': This function may be unsafe.\n\
        C:\\x\\string.h(90): note: see declaration of 'strcpy'\n\
        a.c(3,5) : fatal error C1083: Cannot open include file: 'b.h'\n\
        \x20 2>src\\a.cpp(3,5,3,9): error C2065: 'x': undeclared identifier [C:\\p\\p.vcxproj]\n\
        a.c(7,2): warning: unused variable 'y' [-Wunused-variable]\n\
        a.obj : error LNK2019: unresolved external symbol f\n";
    let found = parse(text).unwrap();
    assert_eq!(found.format, Format::Diagnostic);
    let said: Vec<_> = found
        .reports
        .iter()
        .map(|r| {
            let id = r.rule.id.as_deref().unwrap_or_default();
            let tool = r.provenance.tool.as_deref().unwrap_or_default();
            (r.location.to_string(), r.severity.raw.clone().unwrap(), id, tool)
        })
        .collect();
    let row = |place: &str, word: &str, id, tool| (place.to_owned(), word.to_owned(), id, tool);
    assert_eq!(
        said,
        [
            row("C:\\x (1)\\a.c:12", "warning", "C4996", "msvc"),
            row("a.c:3:5", "fatal error", "C1083", "msvc"),
            row("src\\a.cpp:3:5", "error", "C2065", "msvc"),
            row("a.c:7:2", "warning", "-Wunused-variable", ""),
        ]
    );
    assert_eq!(found.reports[0].related[0].message, "see declaration of 'strcpy'");
    assert_eq!(found.reports[2].title.as_deref(), Some("'x': undeclared identifier"));
    assert_eq!(found.warnings.len(), 1);
}
