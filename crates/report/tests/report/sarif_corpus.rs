//! Real SARIF files, against what a plain reading of their JSON gives and against the same tool's other format.

use std::path::Path;

use fixwright_report::{BugReport, Format, parse};
use serde_json::Value;

use crate::corpus::{corpus, read};
use crate::oracle;
use crate::sarif_write::files;

/// The results of a log, if it is one.
fn results(text: &str) -> Option<Vec<Value>> {
    let log: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let runs = log.get("runs")?.as_array().cloned().unwrap_or_default();
    Some(
        runs.iter()
            .flat_map(|run| run["results"].as_array().cloned().unwrap_or_default())
            .collect(),
    )
}

fn check(result: &Value, report: &BugReport, path: &Path) {
    let place = &result["locations"][0]["physicalLocation"];
    let number = |name: &str| place["region"][name].as_u64().map(|n| n as u32);
    assert_eq!(report.location.line, number("startLine"), "{path:?}");
    assert_eq!(report.location.column, number("startColumn"), "{path:?}");
    assert_eq!(report.location.end_line, number("endLine"), "{path:?}");
    let flows = result["codeFlows"].as_array().into_iter().flatten();
    let threads = flows.flat_map(|flow| flow["threadFlows"].as_array().into_iter().flatten());
    let steps: usize =
        threads.map(|thread| thread["locations"].as_array().map_or(0, Vec::len)).sum();
    let stacks = result["stacks"].as_array().into_iter().flatten();
    let frames: usize = stacks.map(|stack| stack["frames"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(report.steps.len(), steps + frames, "{path:?}");
    if let Some(uri) = place["artifactLocation"]["uri"].as_str() {
        let own = report.location.path.as_deref().unwrap();
        assert!(uri.ends_with(own) || uri.contains('%'), "{path:?}: {uri} {own}");
    }
    if let Some(rule) = result["ruleId"].as_str() {
        assert_eq!(report.rule.id.as_deref(), Some(rule));
    }
    assert!(report.title.is_some(), "{path:?}");
    // Files of one parser's tests give all their results the index of the one rule that there is.
    let disputed = "the rule's index is that of another rule than its identifier";
    assert!(report.warnings.iter().all(|own| own.message == disputed), "{path:?}");
}

#[test]
fn every_result_of_every_file_is_read() {
    let Some(corpus) = corpus() else { return };
    let (mut logs, mut reports) = (0, 0);
    for path in files(&corpus.join("reports")) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Some(expected) = results(&text) else { continue };
        let found = parse(&text).unwrap();
        assert_eq!(found.format, Format::Sarif, "{path:?}");
        assert_eq!(found.reports.len(), expected.len(), "{path:?}");
        for (result, report) in expected.iter().zip(&found.reports) {
            check(result, report, &path);
        }
        logs += 1;
        reports += expected.len();
    }
    assert!(logs >= 60 && reports >= 250, "{logs} logs, {reports} reports");
}

#[test]
fn clang_says_the_same_in_its_property_lists() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/tools/clang");
    for name in ["arith", "null_deref"] {
        let base = folder.join(format!("{name}.clang14-analyzer"));
        let mut expected = oracle::plist(&read(base.with_extension("clang14-analyzer.plist")));
        let found = parse(read(base.with_extension("clang14-analyzer.sarif"))).unwrap();
        let mut own: Vec<_> = found.reports.iter().map(|report| oracle::ours(report).0).collect();
        own.iter_mut().for_each(|finding| finding.0 = finding.0.replace("/home/user/project/", ""));
        expected.sort();
        own.sort();
        assert_eq!(own, expected, "{name}");
    }
}
