//! `cargo xtask bench-decode` from outside; what needs a model is skipped where `FIXWRIGHT_SMOLLM2_GGUF` does not name one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use assert_cmd::Command;
use serde_json::Value;

fn bench(flags: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("xtask"));
    command.arg("bench-decode").args(flags);
    command
}

#[test]
fn an_unknown_proposer_is_bad_input() {
    let output = bench(&["--replay", "--proposers", "sauce"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no sauce; there are all, none"));
}

#[test]
fn an_adapter_beside_peers_is_bad_input() {
    let flags = ["--peers", "llama.cpp", "--adapter", "some"];
    let output = bench(&flags).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--force-fix"));
    // With the fix forced, the adapter is looked for.
    let output = bench(&flags).arg("--force-fix").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no adapter"));
}

/// The record of a run on the shipped sample.
#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
fn record(flags: &[&str]) -> Option<Value> {
    let Ok(model) = std::env::var("FIXWRIGHT_SMOLLM2_GGUF") else {
        println!("skipped: FIXWRIGHT_SMOLLM2_GGUF is not set");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let (json, plot) = (folder.path().join("out.json"), folder.path().join("out.svg"));
    let mut command = bench(flags);
    command.args(["--model", &model]).arg("--json").arg(&json).arg("--plot").arg(&plot);
    command.assert().success();
    assert!(std::fs::read_to_string(plot).unwrap().ends_with("</svg>\n"));
    Some(serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap())
}

#[test]
fn a_replay_scores_every_proposer() {
    let Some(record) = record(&["--replay"]) else { return };
    let per_forward = |name: &str| {
        let proposers = record["proposers"].as_array().unwrap();
        let found = proposers.iter().find(|proposer| proposer["name"] == name);
        found.unwrap()["tokens_per_forward"].as_f64().unwrap()
    };
    // The pass that ends an answer gives no token of it.
    assert!((0.9..=1.0).contains(&per_forward("none")));
    for other in ["none", "lookup", "lookup-long", "fast-fixer"] {
        assert!(per_forward("source") > per_forward(other), "{other}");
    }
}

#[test]
fn a_forced_run_is_timed_and_equal() {
    let flags = ["--force-fix", "--repeats", "1", "--proposers", "source"];
    let Some(record) = record(&flags) else { return };
    for proposer in record["proposers"].as_array().unwrap() {
        assert_eq!(proposer["equal_to_greedy"], true);
        assert!(proposer["tokens_per_second"].as_f64().unwrap() > 0.0);
    }
    assert_eq!(record["cost"].as_array().unwrap().len(), 8, "1 to 128 tokens");
}
