//! `cargo xtask curate` as a user meets it.

use std::fs;

use assert_cmd::Command;

fn curate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("curate").args(arguments);
    command
}

#[test]
fn a_data_set_is_made_and_made_again_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (input, out) = (format!("jsonl:{}", path("in.jsonl")), path("out"));
    let rows = r#"{"code": "int a;\n", "fixed": "int b;\n", "problem": "p"}
{"code": "int a;\n", "fixed": "int b;\n", "problem": "p"}
no JSON
"#;
    fs::write(path("in.jsonl"), rows).unwrap();
    let arguments = [&*input, "--out", &out, "--split", "problem", "--jobs", "2"];
    let made = || {
        let output = curate(&arguments).assert().success();
        let files = ["train.jsonl", "validation.jsonl", "test.jsonl", "manifest.json"];
        let files = files.map(|name| fs::read(path(&format!("out/{name}"))).unwrap());
        (output.get_output().stdout.clone(), files)
    };
    let first = made();
    assert_eq!(first, made());
    let manifest: serde_json::Value = serde_json::from_slice(&first.1[3]).unwrap();
    assert_eq!(manifest["dropped"], serde_json::json!({"near-duplicate": 1}));
    assert_eq!(manifest["sources"][0]["unreadable"], 1);
    assert_eq!(manifest["complete"], true);
    let row = r#"{"code":"int a;\n","problem":"p","fixed":"int b;\n"}"#;
    assert_eq!(first.1[..3].concat(), format!("{row}\n").into_bytes());
}

#[test]
fn exit_codes_are_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").to_str().unwrap().to_owned();
    for arguments in [
        &["jsonl:no-such-file", "--out", &out] as &[_],
        &["assignments:no-such-folder", "--out", &out],
        &["paired:no-such-folder", "--out", &out],
        &["inject:no-such-folder", "--out", &out],
        &["no-kind", "--out", &out],
        &["magic:x", "--out", &out],
        &["jsonl:x", "--out", &out, "--test", "0.7", "--validation", "0.7"],
        &["--out", &out],
    ] {
        curate(arguments).assert().code(2);
    }
}
