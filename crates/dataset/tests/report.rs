//! What a sample without a report says of itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use fixwright_dataset::RepairSample;
use fixwright_prompt::{Options, Target, render};

fn prompt(fields: &str) -> String {
    let line = format!("{{\"code\": \"int main(void)\\n{{ return 1 }}\\n\", {fields}}}");
    let sample: RepairSample = serde_json::from_str(&line).unwrap();
    let report = sample.report();
    let options = Options::default().with_target(Target::Program);
    let request = sample.request(&report, &options).unwrap();
    render(&request).messages[1].content.clone()
}

#[test]
fn a_failed_test_is_shown_and_a_short_one_if_there_is_one() {
    let tests = format!(
        r#""description": "Sum two.", "tests": [{{"input": "1", "output": "1"}}, {{"input": "{}", "output": "2"}}, {{"input": "3", "output": "4"}}]"#,
        "9".repeat(700)
    );
    let failed = |indices: &str| prompt(&format!("{tests}, \"buggy_fails\": {indices}"));
    assert!(failed("[1, 2]").contains("Test input: 3\nExpected output: 4\n"));
    assert!(failed("[1]").contains(&format!("Test input: {}...\n", "9".repeat(400))));
    assert!(failed("[0, 7]").contains("Test input: 1\nExpected output: 1\n"));
    let any = prompt(&tests);
    assert!(any.contains("Description: Sum two.\nTest input: 1\n"), "{any}");
    assert!(!any.contains("Line:") && !any.contains("in line"), "{any}");
}

#[test]
fn what_the_program_did_is_shown_with_its_test() {
    let tests = r#""tests": [{"input": "1", "output": "1"}, {"input": "3", "output": "4"}], "buggy_fails": [0, 1]"#;
    let run = |run: &str| prompt(&format!("{tests}, \"failing_run\": {run}"));
    let shown = run(r#"{"test": 1, "failure": "wrong output", "output": "9\n"}"#);
    let expected = "Bug: wrong output\nTest input: 3\nExpected output: 4\nActual output: 9\n";
    assert!(shown.contains(expected), "{shown}");
    let silent = run(r#"{"test": 0, "failure": "time limit exceeded", "output": ""}"#);
    assert!(silent.contains("Bug: time limit exceeded\nTest input: 1\n"), "{silent}");
    assert!(!silent.contains("Actual output"), "{silent}");
    let unknown = run(r#"{"test": 7, "failure": "wrong output", "output": "9"}"#);
    assert!(!unknown.contains("Test input"), "{unknown}");
}

#[test]
fn a_compile_error_is_shown_with_its_line() {
    let said = r#""compile_error": "main.c:2:12: error: expected ';' before '}' token\n", "buggy_fails": [0], "tests": [{"input": "1", "output": "1"}]"#;
    let user = prompt(said);
    assert!(user.contains("Line: 2: { return 1 }\nBug: expected ';' before '}' token\n"), "{user}");
    assert!(!user.contains("Test input"), "{user}");
    assert!(prompt(r#""compile_error": "killed""#).contains("Bug: the program does not compile\n"));
}
