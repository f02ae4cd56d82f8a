//! The text of valgrind's tools.

use fixwright_report::{Format, parse, parse_as};

use crate::corpus::{corpus, read};
use crate::digest;
use crate::sanitizer::{line_of, output};

#[test]
fn files() {
    digest::check_folder("valgrind-text", Format::ValgrindText);
}

#[test]
fn real_texts() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/tools/valgrind");
    for (name, rule, place, cwe) in [
        ("leak", "Leak_DefinitelyLost", "heap_bugs.c:9", &[401][..]),
        ("overflow", "InvalidWrite", "heap_bugs.c:32", &[122, 787]),
        ("uaf", "InvalidRead", "heap_bugs.c:35", &[416]),
        ("uninit", "UninitCondition", "uninit.c:39", &[457]),
    ] {
        let found = parse(read(folder.join(format!("{name}.txt")))).unwrap();
        let [report] = &*found.reports else { panic!("{name}: {} reports", found.reports.len()) };
        assert_eq!(report.rule.id.as_deref(), Some(rule), "{name}");
        assert_eq!(report.location.to_string(), place, "{name}");
        assert_eq!(report.rule.cwe, cwe, "{name}");
        assert_eq!(report.provenance.tool_version.as_deref(), Some("3.19.0"), "{name}");
    }
}

/// Valgrind's text and its XML are read by different readers, and say the same.
#[test]
fn text_and_xml_agree() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/tools/valgrind");
    let (text, xml) = (
        parse(read(folder.join("uaf.txt"))).unwrap(),
        parse(read(folder.join("uaf.xml"))).unwrap(),
    );
    let (text, xml) = (&text.reports[0], &xml.reports[0]);
    assert_eq!(text.rule, xml.rule);
    assert_eq!(text.severity, xml.severity);
    assert_eq!(
        (text.location.line, &text.location.function),
        (xml.location.line, &xml.location.function)
    );
    assert_eq!(text.title, xml.title);
}

#[test]
fn programs_under_memcheck() {
    let memcheck = ["valgrind", "--leak-check=full", "--track-origins=yes"];
    for (argument, rule, text) in [
        ("0", "InvalidWrite", "case 0:"),
        ("1", "InvalidRead", "case 1:"),
        ("2", "InvalidFree", "case 2:"),
        ("5", "InvalidRead", "deep(int n)"),
        ("10", "UninitCondition", "case 10:"),
    ] {
        let Some(log) = output("gcc", &["-O0"], "many.c", argument, &memcheck) else { return };
        let found = parse_as(Format::ValgrindText, &log).unwrap().reports;
        assert_eq!(found[0].rule.id.as_deref(), Some(rule), "{log}");
        assert_eq!(found[0].location.line, Some(line_of("many.c", text)), "{log}");
    }
}

#[test]
fn a_program_without_errors_gives_no_report() {
    let text =
        "==1== Memcheck, a memory error detector\n==1== ERROR SUMMARY: 0 errors from 0 contexts\n";
    assert_eq!(parse(text).unwrap().reports, []);
}
