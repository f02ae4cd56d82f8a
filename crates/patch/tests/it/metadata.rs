//! Two readers of a diff, one of which panics easily.

use std::fmt::Write;

use fixwright_patch::metadata::summary;
use fixwright_patch::{DiffOptions, Error, FilePatch, Hunk, LineKind, Patch, Problem};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::texts;

/// Diffs and their summaries: names, lines added and removed, hunks.
const SUMMARIES: &[(&str, &str)] = &[
    ("", ""),
    ("--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n b\n", "a/x b/x +0 -1 @1\n"),
    ("--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n", "a/x b/x +1 -1 @1\n"),
    (
        "--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n",
        "- b/x +2 -0 @1\n",
    ),
    (
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- a/y\n+++ b/y\n@@ -9 +9 @@\n-a\n\\ No newline at end of file\n+b\n",
        "a/x b/x +2 -2 @2\n",
    ),
    (
        "diff --git a/x b/y\nrename from x\nrename to y\ndiff --git a/z b/z\n--- a/z\n+++ b/z\n@@ -1 +0,0 @@\n-a\n",
        "a/x b/y +0 -0 @0\na/z b/z +0 -1 @1\n",
    ),
    (
        "--- \"a/\\303\\251\"\t2026-01-01\n+++ \"b/\\303\\251\"\n@@ -1 +0,0 @@\n-a\n",
        "a/\u{e9} b/\u{e9} +0 -1 @1\n",
    ),
    (
        "--- a/with space\t\n+++ b/with space\t\n@@ -1 +0,0 @@\n-a\n",
        "a/with space b/with space +0 -1 @1\n",
    ),
];

#[test]
fn diffs_are_summed_up() {
    for (diff, expected) in SUMMARIES {
        let mut found = String::new();
        for file in summary(diff).unwrap() {
            let name = |name: Option<Vec<u8>>| {
                name.map_or("-".into(), |name| String::from_utf8(name).unwrap())
            };
            let (old, new) = (name(file.old), name(file.new));
            writeln!(found, "{old} {new} +{} -{} @{}", file.added, file.removed, file.hunks)
                .unwrap();
        }
        assert_eq!(found, *expected, "{diff}");
    }
}

/// Prose that the other reader panics on or takes for a header, in front of or behind a good diff.
#[test]
fn what_the_other_reader_takes_for_something_else_is_an_error() {
    let good = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
    for prose in ["+++ x\n", "--- \n+++ x\n", "--- \t\n+++ x\n", "--- \r\n+++ x\n", "hello\n+++ \n"]
    {
        let error = summary(&format!("{prose}{good}")).unwrap_err();
        assert!(matches!(error, Error::Parse { problem: Problem::Name, .. }), "{prose:?}: {error}");
    }
    let error = summary("--- a/x\n+++ b/x\n@@ -1234567890 +1234567890 @@\n-a\n+b\n").unwrap_err();
    assert!(matches!(error, Error::Parse { line: 3, problem: Problem::HunkHeader, .. }), "{error}");
    let error = summary(&format!("--- a\nprose\n+++ b\n\n{good}")).unwrap_err();
    assert_eq!(error.to_string(), "two readers of the diff disagree about file 1");
    let error = summary(&format!("{good}diff -r x y\n--- a\nprose\n+++ b\n")).unwrap_err();
    assert_eq!(error.to_string(), "two readers of the diff disagree about its files");
}

/// The texts on which unidiff is known to panic.
#[test]
fn no_text_reaches_the_other_reader_that_it_panics_on() {
    let big = "9".repeat(20);
    let headers = [
        format!("@@ -{big} +1 @@"),
        format!("@@ -1,{big} +1 @@"),
        format!("@@ -1 +{big} @@"),
        format!("@@ -1 +1,{big} @@"),
        "@@ -\u{664} +1 @@".to_owned(),
        "@@ -18446744073709551615,1 +1 @@".to_owned(),
        "@@ -1 +18446744073709551615,1 @@".to_owned(),
    ];
    for header in headers {
        assert!(summary(&format!("--- a\n+++ b\n{header}\n-a\n+b\n")).is_err(), "{header}");
    }
}

proptest! {
    #[test]
    fn summaries_count_what_the_patch_has(files in prop::collection::vec(texts::pair(), 1..4), path in "[a-z\"\\\\ \u{e9}/]{0,6}[a-z]") {
        let files = files.iter().enumerate().map(|(index, (old, new))| {
            FilePatch::between(format!("{path}{index}"), Some(old), Some(new), &DiffOptions::default())
        });
        let patch = Patch { files: files.filter(|file| !file.is_empty()).collect() };
        let summary = summary(&patch.to_bytes()).unwrap();
        prop_assert_eq!(summary.len(), patch.files.len());
        for (summary, file) in summary.iter().zip(&patch.files) {
            let count = |kind| file.hunks.iter().flat_map(Hunk::lines).filter(|line| line.kind == kind).count();
            prop_assert_eq!(&summary.old, &file.old_path);
            prop_assert_eq!(&summary.new, &file.new_path);
            prop_assert_eq!((summary.added, summary.removed), (count(LineKind::Insert), count(LineKind::Delete)));
            prop_assert_eq!(summary.hunks, file.hunks.len());
        }
    }

    #[test]
    fn a_mutated_diff_is_summed_up_or_refused((old, new) in texts::pair(), cuts in prop::collection::vec((any::<Index>(), prop::sample::select(PIECES)), 1..5)) {
        let file = FilePatch::between("x", Some(&old), Some(&new), &DiffOptions::default());
        let mut lines: Vec<Vec<u8>> = file.to_bytes().split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        for (at, piece) in cuts {
            lines.insert(at.index(lines.len() + 1), piece.as_bytes().to_vec());
        }
        let diff = lines.concat();
        if let Ok(files) = summary(&diff) {
            prop_assert_eq!(files.len(), Patch::parse(&diff).unwrap().files.len());
        }
    }
}

/// Lines that mean something to one reader or the other.
const PIECES: &[&str] = &[
    "--- a/y\n",
    "+++ b/y\n",
    "--- \n",
    "+++ \n",
    "--- \t\n",
    "@@ -1 +1 @@\n",
    "@@ -1,2 +3,4 @@ x\n",
    "@@ -9999999999 +1 @@\n",
    "@@ -\u{664} +1 @@\n",
    "\n",
    " \n",
    "prose\n",
    "diff --git a/y b/y\n",
    "rename from y\n",
    "\\ No newline at end of file\n",
    "-- \n",
    "\r\n",
];
