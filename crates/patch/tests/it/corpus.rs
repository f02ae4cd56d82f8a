//! The diffs of `$FIXWRIGHT_CORPUS/data`: those that people wrote by hand, and those of version
//! control.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use fixwright_patch::{ApplyOptions, Patch};
use serde_json::Value;
use tempfile::TempDir;

fn rows(name: &str) -> Option<Vec<Value>> {
    let Some(corpus) = std::env::var_os("FIXWRIGHT_CORPUS") else {
        println!("skipped: FIXWRIGHT_CORPUS is not set");
        return None;
    };
    let text = fs::read_to_string(PathBuf::from(corpus).join("data").join(name)).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// What `patch -l` makes of a text, if it takes every hunk.
fn gnu(code: &str, diff: &str) -> Option<Vec<u8>> {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, code).unwrap();
    let mut child = Command::new("patch")
        .args(["-l", "-s", "-f", "-r", "-", "--no-backup-if-mismatch"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
    child.wait().unwrap().success().then(|| fs::read(&file).unwrap())
}

fn words(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

fn ours(code: &str, diff: &str) -> Result<Vec<u8>, String> {
    let recovered = Patch::recover(diff).map_err(|error| error.to_string())?;
    let [file] = &recovered.files[..] else { return Err("not one file".into()) };
    let applied = file.apply_with(code.as_bytes(), &ApplyOptions::default());
    applied.map(|applied| applied.text).map_err(|error| error.to_string())
}

#[test]
fn as_many_of_peoples_diffs_apply_as_with_gnu_patch() {
    let Some(rows) = rows("kernel-coverity-train.jsonl") else { return };
    let (mut we, mut they) = (0, 0);
    for row in &rows {
        let (code, diff) = (row["code"].as_str().unwrap(), row["diff_text"].as_str().unwrap());
        let (our, their) = (ours(code, diff), gnu(code, diff));
        if let (Ok(our), Some(their)) = (&our, &their) {
            assert_eq!(
                String::from_utf8(words(our)).unwrap(),
                String::from_utf8(words(their)).unwrap(),
                "{diff}"
            );
        }
        we += usize::from(our.is_ok());
        they += usize::from(their.is_some());
    }
    eprintln!("of {} diffs, {we} apply; with GNU patch {they}", rows.len());
    assert!(we >= they);
}

#[test]
fn recorded_diffs_apply_exactly() {
    let Some(rows) = rows("reports.dev.jsonl") else { return };
    let mut count = 0;
    for row in &rows {
        let (code, diff) = (row["code"].as_str().unwrap(), row["diff_text"].as_str().unwrap());
        let ours = ours(code, diff).unwrap();
        // One of them counts on a blank line that the file has lost.
        if let Ok(exact) = Patch::parse(diff).unwrap().files[0].apply(code.as_bytes()) {
            assert!(ours == exact.text, "{diff}");
            count += 1;
        }
    }
    assert!(count + 1 >= rows.len());
    eprintln!("{count} of {} diffs", rows.len());
}
