//! Damaged SARIF.

use fixwright_report::parse;

/// A log of as many results, with the tool in front of or behind them.
fn log(results: usize, tool_first: bool) -> String {
    let result = |at: usize| {
        format!(
            r#"{{"ruleId": "r{at}", "level": "error", "message": {{"text": "no. {at}"}}, "locations": [{{"physicalLocation":
             {{"artifactLocation": {{"uri": "a.c", "index": 0}}, "region": {{"startLine": {}, "startColumn": 2}}}}}}]}}"#,
            at + 1
        )
    };
    let results: Vec<_> = (0..results).map(result).collect();
    let results = format!(r#""results": [{}]"#, results.join(", "));
    let tool = r#""tool": {"driver": {"name": "t", "rules": [{"id": "r1", "name": "one"}]}}, "artifacts": [{"location": {"uri": "a.c"}}]"#;
    let members = if tool_first { [tool, &results] } else { [results.as_str(), tool] };
    format!(r#"{{"version": "2.1.0", "runs": [{{{}}}]}}"#, members.join(", "))
}

fn rules(text: &[u8]) -> Vec<String> {
    let reports = parse(text).map(|found| found.reports).unwrap_or_default();
    reports.into_iter().filter_map(|report| report.rule.id).collect()
}

#[test]
fn a_missing_byte_costs_one_result_at_most() {
    for tool_first in [true, false] {
        let whole = log(4, tool_first);
        let start = whole.find(r#"{"ruleId": "r1""#).unwrap();
        let end = whole.find(r#"{"ruleId": "r2""#).unwrap();
        for at in start..end {
            let mut damaged = whole.clone().into_bytes();
            damaged.remove(at);
            let found = rules(&damaged);
            for rule in ["r0", "r2", "r3"] {
                assert!(
                    found.iter().any(|own| own == rule),
                    "{at}: {}",
                    String::from_utf8_lossy(&damaged)
                );
            }
        }
    }
}

#[test]
fn every_cut_leaves_the_results_before_it() {
    let whole = log(3, true);
    let ends: Vec<_> = whole.match_indices("}}}]}").map(|(at, found)| at + found.len()).collect();
    assert_eq!(ends.len(), 3);
    for cut in whole.find("results").unwrap()..whole.len() - 1 {
        let found = parse(&whole[..cut]).unwrap();
        let complete = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(found.reports.len(), complete, "{}", &whole[..cut]);
        assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
    }
}

#[test]
fn damage_in_front_of_the_tool_does_not_hide_it() {
    let damaged = log(3, false).replace("\"ruleId\": \"r2\"", "\"ruleId\": \"r2");
    let found = parse(&damaged).unwrap();
    assert_eq!(rules(damaged.as_bytes()), ["r0", "r1"]);
    assert_eq!(found.reports[1].rule.name.as_deref(), Some("one"));
    assert_eq!(found.reports[1].provenance.tool.as_deref(), Some("t"));
    assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
}

#[test]
fn a_damaged_run_does_not_cost_the_next() {
    let runs = r#"{"version": "2.1.0", "runs": [
        {"tool": {"driver": {"name": "one"}}, "results": [{"message": {"text": "a"}, "level": "note"}]}},
        {"tool": {"driver": {"name": "two"}}, "results": [{"message": {"text": "b"}, "level": "note"}]}
    ]}"#;
    let found = parse(runs).unwrap();
    let tools: Vec<_> =
        found.reports.iter().filter_map(|own| own.provenance.tool.as_deref()).collect();
    assert_eq!(tools, ["one", "two"]);
    assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
}

#[test]
fn wrong_types_cost_their_element() {
    let damaged = log(3, true)
        .replace("\"startLine\": 2", "\"startLine\": \"2\"")
        .replace("{\"id\": \"r1\", \"name\": \"one\"}", "{\"id\": 1}");
    let found = parse(&damaged).unwrap();
    assert_eq!(rules(damaged.as_bytes()), ["r0", "r2"]);
    let places: Vec<_> =
        found.warnings.iter().map(|own| (own.place.line, own.place.byte)).collect();
    let wrong = damaged.find("\"2\"").unwrap() + 2;
    assert_eq!(
        places,
        [(1, damaged.find("{\"id\": 1}").unwrap() + 7), (3, wrong)],
        "{:?}",
        found.warnings
    );
}
