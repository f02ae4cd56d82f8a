//! Real reports, in the folder that `FIXWRIGHT_CORPUS` names; skipped without it.

use std::path::PathBuf;

use fixwright_report::{BugReport, parse};
use serde_json::Value;

use crate::oracle::{self, Finding, ours};

pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("FIXWRIGHT_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: FIXWRIGHT_CORPUS is not set");
    }
    folder
}

pub(crate) fn read(path: PathBuf) -> String {
    let name = path.display().to_string();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The first line that opens with one of `keys`, without the key.
fn after<'a>(text: &'a str, keys: &[&str]) -> Option<&'a str> {
    let line = text.lines().find(|line| keys.iter().any(|key| line.starts_with(key)))?;
    Some(line.split_once(':')?.1.trim())
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Everything that follows a heading, up to the next one of `ends`.
fn section<'a>(text: &'a str, heading: &str, ends: &[&str]) -> &'a str {
    let Some(start) = text.find(heading) else { return "" };
    let body = text[start + heading.len()..].trim_start_matches([':', '-', '\n', ' ']);
    let end = ends.iter().filter_map(|end| body.find(&format!("\n{end}"))).min();
    &body[..end.unwrap_or(body.len())]
}

/// Checks one report against a plain search for its parts, which knows only these fifteen.
fn check_row(row: &Value, report: &BugReport) {
    let text = row["bug_report_text"].as_str().unwrap();
    let place = &report.location;
    assert_eq!(u64::from(place.line.unwrap()), row["line_number"].as_u64().unwrap(), "{text}");
    let path = row["source_code_path"].as_str().unwrap();
    if !text.contains("12000") || text.contains("amdgpu_cs.c") {
        assert_eq!(place.path.as_deref(), Some(path), "{text}");
    } else {
        // This report names another file than the fix changes.
        assert_eq!(place.path.as_deref(), Some("drivers/gpu/drm/amd/amdgpu/amdgpu_gem.c"));
    }
    let function = after(text, &["Function:"]).map(|name| name.trim_end_matches('('));
    let function = function.or_else(|| after(text, &["Location:"])?.strip_suffix(" function"));
    assert_eq!(place.function.as_deref(), function, "{text}");
    assert_eq!(report.native_id.as_deref(), after(text, &["CID:"]), "{text}");

    let inline = after(text, &["Issue:", "Problem:"]).filter(|title| !title.is_empty());
    let below = ["Issue:", "Problem:"].map(|key| section(text, key, &["\n"]).trim());
    let free = text.lines().next().filter(|line| !line.contains(':'));
    let title = inline.or(below.into_iter().find(|title| !title.is_empty())).or(free);
    assert_eq!(report.title.as_deref(), title, "{text}");

    let ends = ["Path:", "Details:", "Fix:", "Use snprintf", "Consider"];
    let described: Vec<_> = ["Description", "Abstract", "Details"]
        .iter()
        .flat_map(|heading| words(section(text, heading, &ends)))
        .collect();
    assert_eq!(words(report.description.as_deref().unwrap()), described, "{text}");
    let fixed = ["\nUse snprintf", "\nConsider"].map(|start| text.find(start));
    let fix = match fixed.into_iter().flatten().next() {
        Some(start) => &text[start..],
        None => section(text, "\nFix:", &[]),
    };
    assert_eq!(words(report.suggested_fix.as_deref().unwrap_or("")), words(fix), "{text}");
}

#[test]
fn hand_written_reports() {
    let Some(corpus) = corpus() else { return };
    let rows = read(corpus.join("data/kernel-coverity-train.jsonl"));
    let mut seen = 0;
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let reports = parse(row["bug_report_text"].as_str().unwrap()).unwrap().reports;
        let [report] = &*reports else { panic!("{} reports", reports.len()) };
        check_row(&row, report);
        seen += 1;
    }
    assert_eq!(seen, 15);
}

/// Our reading of a file as a sorted list of findings.
fn findings(path: PathBuf) -> Vec<Finding> {
    let mut found: Vec<_> = parse(read(path)).unwrap().reports.iter().map(|r| ours(r).0).collect();
    found.sort();
    found
}

#[test]
fn gcc_text_and_json_agree() {
    let Some(corpus) = corpus() else { return };
    for name in ["heap_bugs", "null_deref", "strings", "uninit"] {
        let base = corpus.join("reports/tools/gcc").join(format!("{name}.gcc12-fanalyzer"));
        let reports = parse(read(base.with_extension("gcc12-fanalyzer.txt"))).unwrap().reports;
        let mut expected = oracle::gcc_json(&read(base.with_extension("gcc12-fanalyzer.json")));
        for (head, _) in &mut expected {
            // What gcc's text calls `cc1` has the file name without a line in JSON.
            if head.1 == 0 {
                (head.0, head.2) = (String::new(), 0);
            }
        }
        assert_eq!(reports.iter().map(ours).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn clang_tidy_text_and_yaml_agree() {
    let Some(corpus) = corpus() else { return };
    let tools = corpus.join("reports/tools");
    for name in ["arith", "heap_bugs", "null_deref", "strings", "uninit"] {
        let source = read(tools.join(format!("src/{name}.c")));
        let yaml = read(tools.join(format!("clang-tidy/{name}.fixes.yaml")));
        let mut expected = oracle::tidy_yaml(&yaml, &source);
        expected.sort();
        assert_eq!(findings(tools.join(format!("clang-tidy/{name}.txt"))), expected, "{name}");
    }
}

#[test]
fn property_lists_agree() {
    let Some(corpus) = corpus() else { return };
    let reports = corpus.join("reports");
    for (text, lists) in [
        ("codechecker/tidy/tidy1.out", &["codechecker/tidy/tidy1.plist"][..]),
        ("codechecker/tidy/tidy1_v6.out", &["codechecker/tidy/tidy1.plist"]),
        ("codechecker/tidy/tidy2.out", &["codechecker/tidy/tidy2.plist"]),
        (
            "codechecker/tidy/tidy3.out",
            &["codechecker/tidy/tidy3_cpp.plist", "codechecker/tidy/tidy3_hh.plist"],
        ),
        (
            "codechecker/tidy/tidy3-clang17.out",
            &["codechecker/tidy/tidy3_cpp.plist", "codechecker/tidy/tidy3_hh.plist"],
        ),
        ("codechecker/tidy/tidy7.out", &["codechecker/tidy/tidy7.plist"]),
        ("tools/clang/arith.clang14-analyzer.txt", &["tools/clang/arith.clang14-analyzer.plist"]),
        (
            "tools/clang/null_deref.clang14-analyzer.txt",
            &["tools/clang/null_deref.clang14-analyzer.plist"],
        ),
    ] {
        let mut expected: Vec<_> =
            lists.iter().flat_map(|list| oracle::plist(&read(reports.join(list)))).collect();
        expected.sort();
        assert!(!expected.is_empty());
        assert_eq!(findings(reports.join(text)), expected, "{text}");
    }
}
