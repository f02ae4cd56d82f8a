//! `cargo xtask apply` as a user meets it: what is written, what is said, and the exit codes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A tree with `a.txt`, the lines 1 to 9, and `b.txt`, the lines x and y.
fn tree() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n").unwrap();
    fs::write(folder.path().join("b.txt"), "x\ny\n").unwrap();
    folder
}

fn apply(root: &Path, diff: &str, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["apply", "--patch", "-", "--root"]).arg(root).args(flags);
    command.write_stdin(diff);
    command
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// Two lines further down than it says.
const SHIFTED: &str = "--- a/a.txt\n+++ b/a.txt\n@@ -3,3 +3,4 @@\n 5\n 6\n+new\n 7\n";
const PATCHED: &str = "1\n2\n3\n4\n5\n6\nnew\n7\n8\n9\n";
const MISFIT: &str = "--- a/b.txt\n+++ b/b.txt\n@@ -1,2 +1,2 @@\n-w\n+z\n y\n";

#[test]
fn a_line_says_what_each_file_needed() {
    let folder = tree();
    let dry = apply(folder.path(), SHIFTED, &["--dry-run"]).assert().code(0);
    assert_eq!(dry.get_output().stdout, b"a.txt: applies, 1 hunk; hunk 1: offset +2\n");
    assert_eq!(read(&folder, "a.txt"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    let done = apply(folder.path(), SHIFTED, &[]).assert().code(0);
    assert_eq!(done.get_output().stdout, b"a.txt: applied, 1 hunk; hunk 1: offset +2\n");
    assert_eq!(read(&folder, "a.txt"), PATCHED);
    let again = apply(folder.path(), SHIFTED, &[]).assert().code(0);
    assert_eq!(again.get_output().stdout, b"a.txt: already applied\n");
    apply(folder.path(), SHIFTED, &["--reverse"]).assert().code(0);
    assert_eq!(read(&folder, "a.txt"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

#[test]
fn strict_forgives_nothing() {
    let folder = tree();
    let refused = apply(folder.path(), SHIFTED, &["--strict"]).assert().code(1);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("a.txt:3: refused: hunk 1 not found"), "{said}");
    assert!(said.contains("nothing was applied; without --strict"), "{said}");
    apply(folder.path(), &SHIFTED.replace("-3,3 +3,4", "-5,3 +5,4"), &["--strict"])
        .assert()
        .code(0);
    assert_eq!(read(&folder, "a.txt"), PATCHED);
}

#[test]
fn what_is_forgiven_can_be_chosen() {
    let folder = tree();
    let spaced = SHIFTED.replace(" 6\n", "  6\n");
    apply(folder.path(), &spaced, &["--forgive", "offset,fuzz"]).assert().code(1);
    apply(folder.path(), &spaced, &["--forgive", "whitespace"]).assert().code(1);
    let output =
        apply(folder.path(), &spaced, &["--forgive", "offset,whitespace"]).assert().code(0);
    let said = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(said.contains("offset +2, different white space"), "{said}");
}

#[test]
fn one_misfit_keeps_everything_from_being_written() {
    let folder = tree();
    let refused = apply(folder.path(), &[SHIFTED, MISFIT].concat(), &[]).assert().code(1);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("b.txt:1: refused: hunk 1 not found"), "{said}");
    assert_eq!(read(&folder, "a.txt"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    assert_eq!(read(&folder, "b.txt"), "x\ny\n");
}

#[test]
fn the_document_has_the_fields_that_the_help_names() {
    let folder = tree();
    let output = apply(folder.path(), &[SHIFTED, MISFIT].concat(), &["--json"]).assert().code(1);
    let record: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(record["schema"], 1);
    assert_eq!(record["outcome"], "refused");
    let [first, second] = &record["files"].as_array().unwrap()[..] else { panic!("two files") };
    assert_eq!((&first["path"], &first["outcome"]), (&"a.txt".into(), &"applied".into()));
    let hunk = &first["hunks"][0];
    assert_eq!(hunk["stated"]["start"], 3);
    assert_eq!(hunk["old"], serde_json::json!({"start": 5, "len": 3}));
    assert_eq!(hunk["new"], serde_json::json!({"start": 5, "len": 4}));
    assert_eq!(hunk["needs"][0]["need"], "offset");
    assert_eq!(hunk["needs"][0]["lines"][0], 2);
    assert_eq!(second["outcome"], "refused");
    assert_eq!(second["hunks"][0]["refusal"]["reason"], "not_found");
}

#[test]
fn what_is_wrong_with_the_diff_is_said_with_its_line() {
    let folder = tree();
    let miscounted = SHIFTED.replace("-3,3 +3,4", "-5,9 +5,9");
    let output = apply(folder.path(), &miscounted, &[]).assert().code(0);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.starts_with("line 3 of the diff: the header says -5,9 +5,9"), "{said}");
    assert_eq!(read(&folder, "a.txt"), PATCHED);
}

#[test]
fn bad_input_has_its_own_code() {
    let folder = tree();
    apply(folder.path(), "Dear all,\n", &[]).assert().code(2);
    apply(&folder.path().join("nowhere"), SHIFTED, &[]).assert().code(2);
    apply(folder.path(), "GIT binary patch\n", &[]).assert().code(2);
    apply(folder.path(), SHIFTED, &["--strict", "--fuzz", "1"]).assert().code(2);
    apply(folder.path(), SHIFTED, &["--forgive", "everything"]).assert().code(2);
    let absent = folder.path().join("absent.diff");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["apply", "--patch"]).arg(absent).arg("--root").arg(folder.path());
    command.assert().code(2);
}

#[test]
fn a_diff_without_names_is_for_the_file_given() {
    let folder = tree();
    let hunk = SHIFTED.split_inclusive('\n').skip(2).collect::<String>();
    apply(folder.path(), &hunk, &[]).assert().code(1);
    apply(folder.path(), &hunk, &["--file", "a.txt"]).assert().code(0);
    assert_eq!(read(&folder, "a.txt"), PATCHED);
}

#[test]
fn a_write_that_was_cut_off_is_settled_and_said() {
    let folder = tree();
    fs::write(folder.path().join(".fixwright-draft"), "").unwrap();
    let output = apply(folder.path(), SHIFTED, &[]).assert().code(0);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("an earlier write was cut off, and was taken back"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn rejects_are_written_on_request_and_the_rest_is_applied() {
    let folder = tree();
    let bad = "@@ -8,2 +9,2 @@\n 8\n-nine\n+NINE\n";
    let diff = [SHIFTED, bad, MISFIT, &MISFIT.replace('w', "v")].concat();
    apply(folder.path(), &diff, &["--reject", "--dry-run"]).assert().code(1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    fs::write(folder.path().join("b.txt.rej"), "of yesterday\n").unwrap();
    let output = apply(folder.path(), &diff, &["--reject", "--json"]).assert().code(1);
    let record: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(record["files"][0]["rejects"], "a.txt.rej");
    assert_eq!(read(&folder, "a.txt"), PATCHED);
    assert_eq!(read(&folder, "b.txt"), "x\ny\n");
    // As GNU patch writes it: moved as far as the hunk before it.
    let moved = bad.replace("-8,2 +9,2", "-9,2 +10,2");
    assert_eq!(read(&folder, "a.txt.rej"), ["--- a.txt\n+++ a.txt\n", &moved].concat());
    let both = [MISFIT, &MISFIT.replace('w', "v")].concat();
    assert_eq!(read(&folder, "b.txt.rej"), both.replace("a/", "").replace("b/", ""));
}

#[test]
fn no_reject_file_goes_through_a_link() {
    let (folder, outside) = (tree(), tempfile::tempdir().unwrap());
    let victim = outside.path().join("victim");
    fs::write(&victim, "mine\n").unwrap();
    std::os::unix::fs::symlink(&victim, folder.path().join("b.txt.rej")).unwrap();
    apply(folder.path(), MISFIT, &["--reject"]).assert().failure();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine\n");
}

#[test]
fn a_renamed_file_is_said_with_its_old_name() {
    let folder = tree();
    let diff = "diff --git a/b.txt b/c.txt\nrename from b.txt\nrename to c.txt\n";
    let output = apply(folder.path(), diff, &[]).assert().code(0);
    assert_eq!(output.get_output().stdout, b"c.txt: applied, renamed from b.txt\n");
    assert_eq!(read(&folder, "c.txt"), "x\ny\n");
}
