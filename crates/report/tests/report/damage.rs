//! Damage to formats for programs: cut anywhere, and one byte changed anywhere.

use fixwright_report::{BugReport, Format, parse_as};

/// Three findings, `one` to `three`, in each format.
const CASES: [(Format, &str); 10] = [
    (
        Format::GccJson,
        "[{\"kind\": \"warning\", \"message\": \"one\", \"locations\": [{\"caret\": {\"file\": \"a.c\", \"line\": 1, \"column\": 2}}]},\n \
         {\"kind\": \"warning\", \"message\": \"two\", \"locations\": [{\"caret\": {\"file\": \"a.c\", \"line\": 2, \"column\": 2}}]},\n \
         {\"kind\": \"error\", \"message\": \"three\", \"locations\": [{\"caret\": {\"file\": \"a.c\", \"line\": 3, \"column\": 2}}]}]\n",
    ),
    (
        Format::Infer,
        "[{\"bug_type\": \"A\", \"qualifier\": \"one\", \"file\": \"a.c\", \"line\": 1, \"bug_trace\": []},\n\
         {\"bug_type\": \"A\", \"qualifier\": \"two\", \"file\": \"a.c\", \"line\": 2, \"bug_trace\": []},\n\
         {\"bug_type\": \"A\", \"qualifier\": \"three\", \"file\": \"a.c\", \"line\": 3, \"bug_trace\": []}]",
    ),
    (
        Format::Semgrep,
        "{\"version\": \"1.0\", \"results\": [\n\
         {\"check_id\": \"r\", \"path\": \"a.c\", \"start\": {\"line\": 1, \"col\": 2}, \"end\": {\"line\": 1, \"col\": 4}, \"extra\": {\"message\": \"one\"}},\n\
         {\"check_id\": \"r\", \"path\": \"a.c\", \"start\": {\"line\": 2, \"col\": 2}, \"end\": {\"line\": 2, \"col\": 4}, \"extra\": {\"message\": \"two\"}},\n\
         {\"check_id\": \"r\", \"path\": \"a.c\", \"start\": {\"line\": 3, \"col\": 2}, \"end\": {\"line\": 3, \"col\": 4}, \"extra\": {\"message\": \"three\"}}],\n\
         \"errors\": [], \"paths\": {\"scanned\": []}}",
    ),
    (
        Format::PvsStudio,
        "{\"version\": 2, \"warnings\": [\n\
         {\"code\": \"V1\", \"level\": 1, \"positions\": [{\"file\": \"a.c\", \"line\": 1}], \"message\": \"one\"},\n\
         {\"code\": \"V1\", \"level\": 1, \"positions\": [{\"file\": \"a.c\", \"line\": 2}], \"message\": \"two\"},\n\
         {\"code\": \"V1\", \"level\": 1, \"positions\": [{\"file\": \"a.c\", \"line\": 3}], \"message\": \"three\"}]}",
    ),
    (
        Format::CoverityJson,
        "{\"type\": \"Coverity issues\", \"formatVersion\": 10, \"issues\": [\n\
         {\"checkerName\": \"C\", \"mainEventFilePathname\": \"a.c\", \"events\": [{\"main\": true, \"eventDescription\": \"one\"}]},\n\
         {\"checkerName\": \"C\", \"mainEventFilePathname\": \"a.c\", \"events\": [{\"main\": true, \"eventDescription\": \"two\"}]},\n\
         {\"checkerName\": \"C\", \"mainEventFilePathname\": \"a.c\", \"events\": [{\"main\": true, \"eventDescription\": \"three\"}]}],\n\
         \"error\": null}",
    ),
    (
        Format::CppcheckXml,
        "<?xml version=\"1.0\"?>\n<results version=\"2\">\n<cppcheck version=\"2.10\"/><errors>\n\
         <error id=\"a\" severity=\"error\" msg=\"one\"><location file=\"a.c\" line=\"1\"/></error>\n\
         <error id=\"a\" severity=\"error\" msg=\"two\"><location file=\"a.c\" line=\"2\"/></error>\n\
         <error id=\"a\" severity=\"error\" msg=\"three\"><location file=\"a.c\" line=\"3\"/></error>\n\
         </errors>\n</results>\n",
    ),
    (
        Format::ValgrindXml,
        "<valgrindoutput>\n<tool>memcheck</tool>\n\
         <error>\n <kind>A</kind>\n <what>one</what>\n <stack><frame><fn>f</fn></frame></stack>\n</error>\n\
         <error>\n <kind>A</kind>\n <what>two</what>\n <stack><frame><fn>f</fn></frame></stack>\n</error>\n\
         <error>\n <kind>A</kind>\n <what>three</what>\n <stack><frame><fn>f</fn></frame></stack>\n</error>\n\
         </valgrindoutput>\n",
    ),
    (
        Format::KlocworkXml,
        "<errorList>\n <problem>\n  <code>A</code><message>one</message>\n </problem>\n\
         <problem>\n  <code>A</code><message>two</message>\n </problem>\n\
         <problem>\n  <code>A</code><message>three</message>\n </problem>\n</errorList>\n",
    ),
    (
        Format::Plist,
        "<plist version=\"1.0\">\n<dict>\n <key>files</key>\n <array>\n  <string>a.c</string>\n </array>\n <key>diagnostics</key>\n <array>\n  \
         <dict>\n   <key>description</key><string>one</string>\n   <key>location</key>\n   <dict>\n    <key>line</key><integer>1</integer>\n   </dict>\n  </dict>\n  \
         <dict>\n   <key>description</key><string>two</string>\n   <key>location</key>\n   <dict>\n    <key>line</key><integer>2</integer>\n   </dict>\n  </dict>\n  \
         <dict>\n   <key>description</key><string>three</string>\n   <key>location</key>\n   <dict>\n    <key>line</key><integer>3</integer>\n   </dict>\n  </dict>\n </array>\n</dict>\n</plist>\n",
    ),
    (
        Format::ClangTidyYaml,
        "---\nMainSourceFile: 'a.c'\nDiagnostics:\n\
         \u{20} - DiagnosticName: c\n    DiagnosticMessage:\n      Message: 'one'\n      FilePath: 'a.c'\n      FileOffset: 1\n\
         \u{20} - DiagnosticName: c\n    DiagnosticMessage:\n      Message: 'two'\n      FilePath: 'a.c'\n      FileOffset: 2\n\
         \u{20} - DiagnosticName: c\n    DiagnosticMessage:\n      Message: 'three'\n      FilePath: 'a.c'\n      FileOffset: 3\n...\n",
    ),
];

/// What is read, and whether anything is said to be wrong.
fn read(format: Format, bytes: &[u8]) -> (Vec<BugReport>, bool) {
    match parse_as(format, bytes) {
        Ok(found) => {
            let own = found.reports.iter().any(|report| !report.warnings.is_empty());
            (found.reports, own || !found.warnings.is_empty())
        }
        Err(_) => (Vec::new(), true),
    }
}

fn titles(reports: &[BugReport]) -> Vec<&str> {
    reports.iter().filter_map(|report| report.title.as_deref()).collect()
}

#[test]
fn whole_files_have_three_reports() {
    for (format, text) in CASES {
        let (found, said) = read(format, text.as_bytes());
        assert_eq!(titles(&found), ["one", "two", "three"], "{format}");
        assert!(!said, "{format}");
    }
}

#[test]
fn a_file_that_is_cut_keeps_the_reports_before_the_cut() {
    for (format, text) in CASES {
        let spans: Vec<_> = read(format, text.as_bytes()).0;
        let spans: Vec<_> = spans.iter().map(|report| report.provenance.span.clone()).collect();
        for cut in 0..text.trim_end().len() {
            let (found, said) = read(format, &text.as_bytes()[..cut]);
            let before = spans.iter().filter(|span| span.end <= cut).count();
            assert!(found.len() >= before, "{format} cut at {cut}: {:?}", titles(&found));
            // A list in YAML has no end of its own, so that the last element may be cut unseen.
            let inside = spans.iter().any(|span| span.start < cut && cut < span.end);
            let unseen = format == Format::ClangTidyYaml;
            assert!(said || unseen || !inside, "{format} cut at {cut}");
        }
    }
}

#[test]
fn damage_to_the_second_report_costs_no_other() {
    for (format, text) in CASES {
        let span = read(format, text.as_bytes()).0[1].provenance.span.clone();
        // The line break behind an element of a list in YAML stands before the next one too.
        let last = span.end - usize::from(format == Format::ClangTidyYaml);
        for at in span.start..last {
            for byte in [b'x', b'"', b'<', b'{', b'\n', b'\'', 0xff] {
                let mut damaged = text.as_bytes().to_vec();
                damaged[at] = byte;
                let (found, said) = read(format, &damaged);
                let titles = titles(&found);
                let shown = format!("{format}: {:?} at {at}: {titles:?}", byte as char);
                assert!(titles.contains(&"one") && titles.contains(&"three"), "{shown}");
                assert!(said || found.len() == 3, "{shown}");
            }
        }
    }
}

#[test]
fn warnings_name_the_place() {
    let (format, text) = CASES[5];
    let damaged = text.replace("msg=\"two\"", "msg=two");
    let found = parse_as(format, &damaged).unwrap();
    assert_eq!(titles(&found.reports), ["one", "three"]);
    let places: Vec<_> = found.warnings.iter().map(|warning| warning.place.line).collect();
    assert_eq!(places, [5], "{:?}", found.warnings);
}
