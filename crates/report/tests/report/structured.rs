//! Real files in formats for programs: counts, and the same findings in other formats.

use std::path::{Path, PathBuf};

use fixwright_report::{BugReport, Format, Location, detect, parse, parse_as};
use serde_json::Value;

use crate::corpus::{corpus, read};
use crate::oracle::Finding;
use crate::plist::{self, Diagnostic};

/// How many reports a file has, by a count that knows nothing of the format but its marks.
fn count(format: Format, text: &str) -> usize {
    let json = || serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')).unwrap();
    let length = |value: &Value| value.as_array().map_or(0, Vec::len);
    match format {
        Format::GccJson => {
            json().as_array().unwrap().iter().filter(|finding| finding["kind"] != "note").count()
        }
        Format::Infer => length(&json()),
        Format::Semgrep => length(&json()["results"]),
        Format::PvsStudio => length(&json()["warnings"]),
        Format::CoverityJson => {
            length(&json()["issues"]) + length(&json()["viewContentsV1"]["rows"])
        }
        Format::CppcheckXml => {
            text.matches("<error ").count() - text.matches("severity=\"information\"").count()
        }
        Format::ValgrindXml => text.matches("<error>").count(),
        Format::KlocworkXml => text.matches("<problem>").count(),
        Format::Plist => plist::diagnostics(text).len(),
        Format::ClangTidyYaml => text.matches("- DiagnosticName:").count(),
        other => panic!("{other}"),
    }
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_file_has_the_reports_that_it_lists() {
    let Some(folder) = corpus() else { return };
    let reports = folder.join("reports");
    let ours = [
        Format::GccJson,
        Format::Infer,
        Format::Semgrep,
        Format::PvsStudio,
        Format::CoverityJson,
        Format::CppcheckXml,
        Format::ValgrindXml,
        Format::KlocworkXml,
        Format::Plist,
        Format::ClangTidyYaml,
    ];
    let mut seen = vec![0; ours.len()];
    let kinds = ["json", "xml", "plist", "yaml"];
    let mut paths: Vec<_> = kinds.iter().flat_map(|kind| files(&reports, kind)).collect();
    paths.extend(files(&reports.join("codechecker/tidy_yaml"), "out"));
    for path in paths {
        let text = read(path.clone());
        let name = path.display();
        let Some(format) = detect(&text) else {
            assert!(text.trim().is_empty() || name.to_string().contains("sarif"), "{name}");
            continue;
        };
        let Some(index) = ours.iter().position(|own| *own == format) else { continue };
        seen[index] += 1;
        let found = parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found.reports.len(), count(format, &text), "{name}");
        let rows = text.matches("severity=\"information\"").count();
        assert_eq!(found.warnings.len(), rows, "{name}: {:?}", found.warnings);
        for report in &found.reports {
            assert_eq!(report.warnings, [], "{name}");
            // Some findings of gcc's analyser and of valgrind are nowhere in the source.
            let nowhere = matches!(format, Format::GccJson | Format::ValgrindXml);
            let placed = report.location.path.is_some() || nowhere;
            assert!(placed && report.title.is_some(), "{name}");
            let span = &text.as_bytes()[report.provenance.span.clone()];
            assert_eq!(String::from_utf8_lossy(span), report.text, "{name}");
            let line = 1 + text[..report.provenance.span.start].matches('\n').count();
            assert_eq!(report.provenance.line, line, "{name}");
        }
    }
    println!("files of each format: {:?}", ours.iter().zip(&seen).collect::<Vec<_>>());
    assert!(seen.iter().all(|&files| files > 0), "{seen:?}");
}

fn at(place: &Location, rule: Option<&String>, message: &str) -> Finding {
    let path = place.path.clone().unwrap_or_default().replace('\\', "/");
    let path = path.trim_start_matches("../").to_owned();
    let rule = rule.cloned().unwrap_or_default();
    (path, place.line.unwrap_or(0), place.column.unwrap_or(0), rule, message.to_owned())
}

fn ours(report: &BugReport) -> Diagnostic {
    let title = report.title.as_deref().unwrap_or_default();
    let steps = report.steps.iter();
    let notes = report.related.iter();
    Diagnostic {
        finding: at(&report.location, report.rule.id.as_ref(), title),
        events: steps.map(|step| at(&step.location, None, &step.message)).collect(),
        notes: notes.map(|note| at(&note.location, None, &note.message)).collect(),
    }
}

fn oracle(path: PathBuf) -> Vec<Diagnostic> {
    let mut found = plist::diagnostics(&read(path));
    for diagnostic in &mut found {
        let all = diagnostic.events.iter_mut().chain(&mut diagnostic.notes);
        for finding in all.chain([&mut diagnostic.finding]) {
            let path = finding.0.replace('\\', "/");
            finding.0 = path.trim_start_matches("../").to_owned();
        }
    }
    found
}

#[test]
fn property_lists_say_what_another_reader_finds_in_them() {
    let Some(folder) = corpus() else { return };
    for path in files(&folder.join("reports"), "plist") {
        let found = parse_as(Format::Plist, read(path.clone())).unwrap();
        let found: Vec<_> = found.reports.iter().map(ours).collect();
        assert_eq!(found, oracle(path.clone()), "{}", path.display());
    }
}

/// CodeChecker's converters add the finding itself as last event, unless it is there already.
fn with_last_event(mut diagnostic: Diagnostic) -> Diagnostic {
    let (path, line, column, _, message) = diagnostic.finding.clone();
    let own = (path, line, column, String::new(), message);
    if diagnostic.events.last() != Some(&own) {
        diagnostic.events.push(own);
    }
    diagnostic
}

#[test]
fn infer_and_pvs_studio_and_cppcheck_say_what_codechecker_makes_of_them() {
    let Some(folder) = corpus() else { return };
    let folder = folder.join("reports/codechecker");
    for (report, expected) in [
        ("infer/infer-out-dead_store/report.json", "infer/dead_store.cpp.plist"),
        ("infer/infer-out-null_dereference/report.json", "infer/NullDereference.java.plist"),
        ("pvs_studio/sample.json", "pvs_studio/sample.plist"),
        ("cppcheck/out/divide_zero.plist", "cppcheck/divide_zero.expected.plist"),
    ] {
        let found = parse(read(folder.join(report))).unwrap();
        let found: Vec<_> = found.reports.iter().map(ours).map(with_last_event).collect();
        assert_eq!(found, oracle(folder.join(expected)), "{report}");
    }
}

#[test]
fn clang_tidy_says_what_codechecker_makes_of_it_once_offsets_are_resolved() {
    let Some(folder) = corpus() else { return };
    let folder = folder.join("reports/codechecker/tidy_yaml");
    for (report, expected) in [
        ("tidy1.out", &["tidy1.plist"][..]),
        ("tidy2.out", &["tidy2.plist"]),
        ("tidy3.out", &["tidy3_cpp.plist", "tidy3_hh.plist"]),
        ("tidy7.out", &["tidy7.plist"]),
    ] {
        let mut found = parse(read(folder.join(report))).unwrap().reports;
        for report in &mut found {
            report.resolve(&mut |place| std::fs::read(folder.join(place.path.as_ref()?)).ok());
        }
        let mut found: Vec<_> = found.iter().map(|report| ours(report).finding).collect();
        let expected = expected.iter().flat_map(|name| oracle(folder.join(name)));
        let mut expected: Vec<_> = expected.map(|diagnostic| diagnostic.finding).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{report}");
    }
}

/// File, line, column, rule, title of every report of a file.
fn findings(path: &Path) -> Vec<Finding> {
    let found = parse(read(path.to_owned())).unwrap();
    found.reports.iter().map(|report| ours(report).finding).collect()
}

#[test]
fn what_a_tool_writes_for_programs_is_what_it_writes_for_people() {
    let Some(folder) = corpus() else { return };
    let tools = folder.join("reports/tools");
    let mut compared = 0;
    for name in ["arith", "heap_bugs", "null_deref", "strings", "uninit"] {
        let json = tools.join(format!("gcc/{name}.gcc12-fanalyzer.json"));
        let text = json.with_extension("txt");
        if !read(text.clone()).trim().is_empty() {
            assert_eq!(findings(&json), findings(&text), "{name}");
            compared += 1;
        }
        let list = tools.join(format!("clang/{name}.clang14-analyzer.plist"));
        if list.exists() {
            assert_eq!(findings(&list), findings(&list.with_extension("txt")), "{name}");
            compared += 1;
        }
        let yaml = tools.join(format!("clang-tidy/{name}.fixes.yaml"));
        let source = read(tools.join(format!("src/{name}.c")));
        let mut found = parse(read(yaml.clone())).unwrap().reports;
        found.iter_mut().for_each(|report| {
            report.resolve(&mut |_| Some(source.clone().into_bytes()));
        });
        let mut found: Vec<_> = found.iter().map(|report| ours(report).finding).collect();
        let mut expected = findings(&tools.join(format!("clang-tidy/{name}.txt")));
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{name}");
        compared += 1;
    }
    assert!(compared >= 11, "{compared}");
}
