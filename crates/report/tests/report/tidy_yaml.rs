//! What the reader of clang-tidy's exported fixes makes of what can stand there.

use fixwright_report::{
    BugReport, ColumnUnit, Error, Format, Level, Location, detect, parse, parse_as,
};

fn reports(text: &str) -> Vec<BugReport> {
    assert_eq!(detect(text), Some(Format::ClangTidyYaml), "{text}");
    let found = parse(text).unwrap();
    assert_eq!(found.warnings, [], "{text}");
    found.reports
}

#[test]
fn messages_notes_and_replacements() {
    let text = "---\nMainSourceFile:  '/w/a.c'\nDiagnostics:\n  - DiagnosticName:  misc-x\n    DiagnosticMessage:\n      Message:         'it''s'\n      FilePath:        'a.c'\n      FileOffset:      7\n      Replacements:\n        - FilePath:        'a.c'\n          Offset:          7\n          Length:          3\n          ReplacementText: \"\\n}\"\n      Ranges:\n        - FilePath:        'a.c'\n          FileOffset:      7\n          Length:          3\n    Notes:\n      - Message:         note\n        FilePath:        'b.h'\n        FileOffset:      0\n        Replacements:    []\n    Level:           Error\n    BuildDirectory:  '/w'\n...\n";
    let report = &reports(text)[0];
    assert_eq!(report.title.as_deref(), Some("it's"));
    assert_eq!(report.severity.level, Some(Level::Error));
    assert_eq!(
        (report.location.bytes, report.location.base.as_deref()),
        (Some((7, 10)), Some("/w"))
    );
    assert_eq!(report.fixes[0].edits[0].text, "\n}");
    assert_eq!(
        (&*report.related[0].message, report.related[0].location.bytes),
        ("note", Some((0, 0)))
    );
    assert_eq!(report.extra, []);
}

#[test]
fn other_writers_and_older_versions() {
    // As PyYAML writes the list when the results of several runs are merged.
    let merged = "Diagnostics:\n- BuildDirectory: /w\n  DiagnosticMessage:\n    FileOffset: 5\n    FilePath: a.c\n    Message: 'a long text that\n      goes on'\n    Replacements: []\n  DiagnosticName: misc-x\n  Level: Warning\n- DiagnosticMessage:\n    FileOffset: 6\n    FilePath: a.c\n    Message: b\n  DiagnosticName: misc-y\nMainSourceFile: ''\n";
    let found = reports(merged);
    let titles: Vec<_> = found.iter().map(|report| report.title.as_deref().unwrap()).collect();
    assert_eq!(titles, ["a long text that goes on", "b"]);

    // The layout of clang 8 and before, with a replacement that has line breaks in its quotes.
    let flat = "---\nMainSourceFile: a.c\nDiagnostics:\n  - DiagnosticName: misc-x\n    Message: m\n    FileOffset: 3\n    FilePath: a.c\n    Replacements:\n      - FilePath: a.c\n        Offset: 3\n        Length: 0\n        ReplacementText: ' {\n\n  - }'\n  - DiagnosticName: misc-y\n    Message: n\n    FilePath: ''\n    FileOffset: 0\n...\n";
    let found = reports(flat);
    assert_eq!((found[0].title.as_deref(), found[0].location.bytes), (Some("m"), Some((3, 3))));
    assert_eq!(found[0].fixes.len(), 1);
    assert_eq!(found[1].location, Location::default());
}

#[test]
fn nothing_found() {
    assert_eq!(reports("---\n"), []);
    assert_eq!(reports("---\nMainSourceFile: ''\nDiagnostics: []\n...\n"), []);
    for empty in ["", "\n\n", "---\n...\n"] {
        assert_eq!(parse_as(Format::ClangTidyYaml, empty).unwrap().reports, []);
    }
    let other = parse_as(Format::ClangTidyYaml, "key: value\n");
    assert!(matches!(other, Err(Error::NoReport { .. })));
}

#[test]
fn aliases_are_damage() {
    let text = "Diagnostics:\n  - DiagnosticName: &a [x, x]\n    Message: *a\n  - DiagnosticName: b\n    Message: m\n    FilePath: a.c\n    FileOffset: 1\n";
    let found = parse(text).unwrap();
    assert_eq!(found.reports.len(), 1);
    assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
}

#[test]
fn offsets_are_resolved_against_the_source() {
    let source = "int a;\n\u{1d11e}\u{e9} x;\n";
    let mut place = Location::default();
    place.bytes = Some((14, 15));
    place.resolve(source.as_bytes());
    let found = (place.line, place.column, place.end_line, place.end_column, place.column_unit);
    assert_eq!(found, (Some(2), Some(8), None, Some(9), Some(ColumnUnit::Byte)));

    let mut place = Location::default();
    (place.chars, place.column_unit) = (Some((11, 12)), Some(ColumnUnit::Utf16));
    place.resolve(source.as_bytes());
    assert_eq!((place.line, place.column, place.end_column), (Some(2), Some(5), Some(6)));

    let mut beyond = Location::default();
    beyond.bytes = Some((99, 99));
    beyond.resolve(source.as_bytes());
    assert_eq!(beyond.line, None);
}
