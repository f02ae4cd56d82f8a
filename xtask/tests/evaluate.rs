//! `cargo xtask evaluate` with a real, small model; skipped where `FIXWRIGHT_SMOLLM2_GGUF` does not name one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use serde_json::{Value, json};

/// Two samples, one with tests and one with a report, and where the answers go.
struct Run {
    folder: tempfile::TempDir,
    model: String,
}

impl Run {
    #[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
    fn new() -> Option<Self> {
        let Ok(model) = std::env::var("FIXWRIGHT_SMOLLM2_GGUF") else {
            println!("skipped: FIXWRIGHT_SMOLLM2_GGUF is not set");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let code = "#include <stdio.h>\nint main(void) { puts(\"no\"); return 0; }\n";
        let samples = [
            json!({"id": "tested", "problem": "p", "code": code, "fixed": code.replace("no", "yes"),
                "description": "Print yes.", "tests": [{"input": "", "output": "yes\n"}]}),
            json!({"id": "reported", "code": "int half(int x)\n{\n\treturn x / 0;\n}\n", "line_number": 3,
                "fixed": "int half(int x)\n{\n\treturn x / 2;\n}\n",
                "bug_report_text": "half.c:3:11: warning: division by zero [-Wdiv-by-zero]\n"}),
        ];
        let lines = samples.map(|sample| format!("{sample}\n")).concat();
        fs::write(folder.path().join("samples.jsonl"), lines).unwrap();
        Some(Self { folder, model })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn evaluate(&self, flags: &[&str]) -> Assert {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("xtask"));
        command.args(["evaluate", "--target", "program", "--model", &self.model, "--samples"]);
        command.arg(self.path("samples.jsonl")).arg("--answers-out").arg(self.path("answers"));
        command.arg("--metrics").arg(self.path("metrics")).args(["--max-new-tokens", "200"]);
        command.args(flags).assert()
    }

    /// The answers as they were kept.
    fn answers(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("answers")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn metrics(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("metrics")).unwrap()).unwrap()
    }
}

/// What decides, without the seconds that it took.
fn text(answers: &[Value]) -> Vec<(String, String)> {
    let field = |answer: &Value, name: &str| answer[name].as_str().unwrap().to_owned();
    answers.iter().map(|answer| (field(answer, "id"), field(answer, "answer"))).collect()
}

#[test]
fn answers_are_made_judged_and_gone_on_with() {
    let Some(run) = Run::new() else { return };
    run.evaluate(&["--candidates", "2"]).success();
    let (answers, metrics) = (run.answers(), run.metrics());
    let ids: Vec<_> = text(&answers).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["tested", "tested", "reported", "reported"]);
    let read = |answer: &Value| answer["cost"]["prompt_tokens"].as_u64().unwrap();
    assert!(read(&answers[0]) > 20);
    assert_eq!(read(&answers[1]), 1, "the prompt was seen");
    assert_eq!(answers[1]["cost"].get("log_probability"), None, "an edit is not scored");
    assert_eq!((&metrics["answers"], &metrics["samples"]), (&json!(4), &json!(2)));
    assert_eq!(metrics["origin"]["model"]["weights"][0]["sha256"].as_str().unwrap().len(), 64);
    let rates = metrics["first"]["all"].as_array().unwrap();
    let samples = |measure: &str, k: u64| {
        let found = rates.iter().find(|rate| rate["measure"] == measure && rate["k"] == k);
        found.unwrap()["samples"].clone()
    };
    assert_eq!(samples("plausible", 2), 1);
    assert_eq!(samples("same edited lines", 1), 2);
    assert!(metrics["seconds"]["answer"]["median"].as_f64().unwrap() > 0.0);

    // A killed run leaves a whole line and a part of the next one; the model is asked only for the rest.
    let whole = fs::read_to_string(run.path("answers")).unwrap();
    let second = whole.match_indices('\n').nth(1).unwrap().0;
    fs::write(run.path("answers"), &whole[..second - 5]).unwrap();
    run.evaluate(&["--candidates", "2"]).success();
    assert_eq!(run.answers()[0], answers[0]);
    assert_eq!(text(&run.answers()), text(&answers));

    // Fewer are taken of those that are there; another seed makes others, which do not belong in the file.
    run.evaluate(&["--candidates", "1", "--limit", "1"]).success();
    assert_eq!(run.metrics()["answers"], 1);
    assert_eq!(text(&run.answers()), text(&answers));
    for other in [&["--ranked"][..], &["--seed", "1"]] {
        let refused = run.evaluate(other).code(2);
        let error = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(
            error.contains("answers:1: made with another model, other samples or other flags"),
            "{error}"
        );
    }
}

#[test]
fn answers_are_sampled_where_a_temperature_is_said() {
    let Some(run) = Run::new() else { return };
    run.evaluate(&["--candidates", "2", "--temperature", "0.8"]).success();
    let answers = run.answers();
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[1]["cost"]["prompt_tokens"], 1, "the prompt was seen");
    assert!(answers[1]["cost"]["log_probability"].as_f64().unwrap() < 0.0);
}

#[test]
fn ranked_answers_come_the_likeliest_first() {
    let Some(run) = Run::new() else { return };
    let reported = &["--candidates", "4", "--ranked"];
    run.evaluate(reported).success();
    let last = run.answers().pop().unwrap();
    assert_eq!((&last["id"], last["cost"].get("log_probability")), (&json!("reported"), None));
    fs::remove_file(run.path("answers")).unwrap();
    let ranked = ["--candidates", "4", "--limit", "1", "--ranked"];
    run.evaluate(&ranked).success();
    let answers = run.answers();
    let likely = |answer: &Value| answer["cost"]["log_probability"].as_f64().unwrap();
    let likelihoods: Vec<f64> = answers.iter().map(likely).collect();
    assert!(likelihoods.is_sorted_by(|a, b| a >= b) && likelihoods[0] < 0.0, "{likelihoods:?}");
    assert_eq!(answers[1]["cost"]["prompt_tokens"], 0, "all that are compared were made before");

    // Gone on with, they are the same; where others are compared, they are not mixed.
    let whole = fs::read_to_string(run.path("answers")).unwrap();
    let second = whole.match_indices('\n').nth(1).unwrap().0;
    fs::write(run.path("answers"), &whole[..=second]).unwrap();
    run.evaluate(&ranked).success();
    assert_eq!(text(&run.answers()), text(&answers));
    run.evaluate(&["--candidates", "5", "--limit", "1", "--ranked"]).code(2);
    fs::remove_file(run.path("answers")).unwrap();
    run.evaluate(&ranked[..4]).success();
    let (mut one_by_one, mut likeliest) = (text(&run.answers()), text(&answers));
    assert_ne!(one_by_one, likeliest);
    one_by_one.sort();
    likeliest.sort();
    assert_ne!(one_by_one, likeliest, "of eight, others are the likeliest four");
}
