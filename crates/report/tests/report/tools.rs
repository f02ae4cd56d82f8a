//! Files made by the real tools on the spot; what is not installed is skipped, and said.

use std::path::{Path, PathBuf};
use std::process::Command;

use fixwright_report::{BugReport, Format, parse_as};

const SOURCE: &str = "#include <stdlib.h>\n\nint last(int *p, int n)\n{\n    int a[4] = {0};\n    a[n] = 1;\n    if (!p)\n        n = 0;\n    return p[n] + a[7];\n}\n\nint main(void)\n{\n    int *p = malloc(4 * sizeof *p);\n    free(p);\n    return p[0];\n}\n";

/// A folder with the source in it.
fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("fixwright-report-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("bad.c"), SOURCE).unwrap();
    folder
}

/// What a tool writes to standard error, if it is installed.
fn run(folder: &Path, tool: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    match Command::new(tool).args(arguments).current_dir(folder).output() {
        Ok(output) => Some(output.stderr),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: {tool} is not installed");
            None
        }
        Err(error) => panic!("{tool}: {error}"),
    }
}

/// The reports of an output that must have no damage.
fn reports(format: Format, output: &[u8]) -> Vec<BugReport> {
    let shown = String::from_utf8_lossy(output);
    let found = parse_as(format, output).unwrap_or_else(|error| panic!("{error}: {shown}"));
    assert_eq!(found.warnings, [], "{shown}");
    found.reports
}

fn lines_of(reports: &[BugReport], rule: &str) -> Vec<Option<u32>> {
    let own = reports.iter().filter(|report| report.rule.id.as_deref() == Some(rule));
    own.map(|report| report.location.line).collect()
}

#[test]
fn gcc() {
    let folder = folder("gcc");
    let arguments =
        ["-c", "-Wall", "-O2", "-fanalyzer", "-fdiagnostics-format=json", "bad.c", "-o", "bad.o"];
    let Some(output) = run(&folder, "gcc", &arguments) else { return };
    let found = reports(Format::GccJson, &output);
    assert!(lines_of(&found, "-Wuse-after-free").contains(&Some(16)), "{found:?}");
    let freed = found.iter().find(|r| r.rule.id.as_deref() == Some("-Wanalyzer-use-after-free"));
    let freed = freed.unwrap();
    assert_eq!((&*freed.rule.cwe, freed.steps.len() >= 3), (&[416][..], true));
    assert_eq!(freed.location.function.as_deref(), Some("main"));
}

#[test]
fn clang_tidy() {
    let folder = folder("tidy");
    let arguments = [
        "--checks=-*,clang-analyzer-unix.Malloc,readability-braces-around-statements",
        "--export-fixes=out.yaml",
        "bad.c",
        "--",
    ];
    if run(&folder, "clang-tidy", &arguments).is_none() {
        return;
    }
    let mut found =
        reports(Format::ClangTidyYaml, &std::fs::read(folder.join("out.yaml")).unwrap());
    for report in &mut found {
        report.resolve(&mut |_| Some(SOURCE.as_bytes().to_vec()));
    }
    assert_eq!(lines_of(&found, "clang-analyzer-unix.Malloc"), [Some(16)]);
    assert_eq!(lines_of(&found, "readability-braces-around-statements"), [Some(7)]);
    let braces = found.iter().find(|report| !report.fixes.is_empty()).unwrap();
    let inserted: Vec<_> = braces.fixes[0].edits.iter().map(|edit| edit.text.trim()).collect();
    assert_eq!(inserted, ["{", "}"]);
}

#[test]
fn cppcheck() {
    let folder = folder("cppcheck");
    let arguments = ["--xml", "--enable=all", "--inconclusive", "bad.c"];
    let Some(output) = run(&folder, "cppcheck", &arguments) else { return };
    let shown = String::from_utf8_lossy(&output);
    let found = parse_as(Format::CppcheckXml, &output).unwrap();
    let rows = shown.matches("<error ").count() - shown.matches("severity=\"information\"").count();
    assert_eq!(found.reports.len(), rows, "{shown}");
    assert_eq!(lines_of(&found.reports, "arrayIndexOutOfBounds"), [Some(9)]);
    let check =
        found.reports.iter().find(|r| r.rule.id.as_deref() == Some("nullPointerRedundantCheck"));
    let steps: Vec<_> = check.unwrap().steps.iter().map(|step| step.location.line).collect();
    assert_eq!(steps, [Some(7), Some(9)]);
}

#[test]
fn valgrind() {
    let folder = folder("valgrind");
    if run(&folder, "gcc", &["-g", "-O0", "bad.c", "-o", "bad"]).is_none() {
        return;
    }
    let arguments = ["--xml=yes", "--xml-file=out.xml", "./bad"];
    if run(&folder, "valgrind", &arguments).is_none() {
        return;
    }
    let found = reports(Format::ValgrindXml, &std::fs::read(folder.join("out.xml")).unwrap());
    let [report] = &*found else { panic!("{found:?}") };
    assert_eq!(report.rule.id.as_deref(), Some("InvalidRead"));
    assert_eq!(
        (report.location.line, report.location.function.as_deref()),
        (Some(16), Some("main"))
    );
    let freed = report.steps.iter().find(|step| step.flow == 1 && step.location.line.is_some());
    assert_eq!(freed.unwrap().location.line, Some(15));
}
