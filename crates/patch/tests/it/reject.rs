//! Rejects are GNU patch's.

use std::fs;
use std::path::Path;
use std::process::Command;

use fixwright_patch::{ApplyOptions, DiffOptions, Error, FilePatch, Patch};
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

/// What GNU patch, without fuzz, writes into `f.rej` and makes of the file `f`.
fn gnu(file: &[u8], patch: &FilePatch) -> Option<(Option<Vec<u8>>, Vec<u8>)> {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("f"), file).unwrap();
    fs::write(dir.path().join("diff"), patch.to_bytes()).unwrap();
    Command::new("patch")
        .args([
            "-p1",
            "-f",
            "-F0",
            "--reject-format=unified",
            "--no-backup-if-mismatch",
            "-i",
            "diff",
        ])
        .current_dir(dir.path())
        .output()
        .ok()?;
    let rejects = fs::read(dir.path().join("f.rej")).ok();
    Some((rejects, fs::read(dir.path().join("f")).unwrap()))
}

/// A stretch of the file: how many lines are put in the place of one, whether the file at hand has
/// something else there, and how many lines are new in front of it.
fn stretch() -> impl Strategy<Value = (usize, bool, usize)> {
    (0..4usize, any::<bool>(), 0..3usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 32 }, ..ProptestConfig::default() })]

    #[test]
    fn rejects_are_gnu_patchs(stretches in vec(stretch(), 1..6)) {
        let (mut old, mut new, mut file) = (String::new(), String::new(), String::new());
        for (index, (count, broken, more)) in stretches.iter().enumerate() {
            let context: String = (0..9).map(|line| format!("context {index} {line}\n")).collect();
            let line = format!("old {index}\n");
            let inserted: String = (0..*count).map(|line| format!("new {index} {line}\n")).collect();
            old += &(context.clone() + &line);
            new += &(context.clone() + &inserted);
            file += &(format!("more {index}\n").repeat(*more) + &context + if *broken { "other\n" } else { &line });
        }
        let tail = "tail 1\ntail 2\ntail 3\n";
        let texts = [old, new, file].map(|text| text + tail);
        let [old, new, file] = texts.each_ref().map(String::as_bytes);
        let patch = FilePatch::between("f", Some(old), Some(new), &DiffOptions::default());
        let Some((gnus, gnus_file)) = gnu(file, &patch) else { return Ok(()) };
        match patch.apply_with(file, &ApplyOptions::gnu().with_fuzz(0)) {
            Ok(applied) => {
                prop_assert_eq!(gnus, None);
                prop_assert_eq!(applied.text, gnus_file);
            }
            Err(Error::Rejected(rejection)) => {
                let rejects = patch.rejects(Path::new("f"), &rejection.hunks).unwrap();
                prop_assert_eq!(String::from_utf8(rejects.text), String::from_utf8(gnus.unwrap()));
                let fitting = patch.fitting(&rejection.hunks);
                let applied = fitting.apply_with(file, &ApplyOptions::gnu().with_fuzz(0));
                let text = applied.map_or_else(|_| file.to_vec(), |applied| applied.text);
                prop_assert_eq!(text, gnus_file);
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}

#[test]
fn a_patch_without_outcome_is_rejected_whole() {
    for (diff, expected) in [
        (
            "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+d\n",
            "--- /dev/null\n+++ d/n\n@@ -0,0 +1 @@\n+d\n",
        ),
        (
            "--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-d\n",
            "--- d/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-d\n",
        ),
        (
            "--- a/n\n+++ b/n\n@@ -1,2 +1,2 @@ f\n a\n+x\n\\ No newline at end of file\n-q\n",
            "--- d/n\n+++ d/n\n@@ -1,2 +1,2 @@ f\n a\n-q\n+x\n\\ No newline at end of file\n",
        ),
    ] {
        let patch = Patch::parse(diff).unwrap();
        let rejects = patch.files[0].rejects(Path::new("d/n"), &[]).unwrap();
        assert_eq!(String::from_utf8(rejects.text).unwrap(), expected);
        assert_eq!(rejects.path, Path::new("d/n.rej"));
        assert!(patch.files[0].fitting(&[]).hunks.is_empty());
    }
}

#[test]
fn nothing_is_left_of_a_patch_that_fits() {
    let patch = FilePatch::between("f", Some(b"a\n"), Some(b"b\n"), &DiffOptions::default());
    let outcomes: Vec<_> = patch.apply(b"a\n").unwrap().placements.into_iter().map(Ok).collect();
    assert_eq!(patch.rejects(Path::new("f"), &outcomes), None);
    assert_eq!(patch.fitting(&outcomes), patch);
}

#[test]
fn a_hunk_of_context_alone_may_be_rejected() {
    for (body, file) in [("@@ -9 +9 @@\n x\n", "y\n"), ("@@ -9,2 +9,2 @@\n x\n z\n", "y\nx\n")] {
        let diff = format!("--- a/f\n+++ b/f\n{body}");
        let patch = Patch::parse(&diff).unwrap();
        let applied = patch.files[0].apply_with(file.as_bytes(), &ApplyOptions::default());
        assert!(matches!(applied, Err(Error::Rejected(_))), "{applied:?}");
    }
}
