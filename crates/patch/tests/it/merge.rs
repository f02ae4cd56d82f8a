//! Merges are git's, byte for byte.

use std::fs;
use std::path::Path;
use std::process::Command;

use fixwright_patch::{ConflictStyle, DiffOptions, FilePatch, MergeOptions, merge};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::texts;

const STYLES: [(ConflictStyle, &[&str]); 3] = [
    (ConflictStyle::Merge, &[]),
    (ConflictStyle::Diff3, &["--diff3"]),
    (ConflictStyle::ZealousDiff3, &["--zdiff3"]),
];

/// What git makes of the three texts: the merged text and the number of conflicts.
fn git(dir: &Path, [base, ours, theirs]: [&[u8]; 3], style: &[&str]) -> (Vec<u8>, usize) {
    for (name, text) in [("base", base), ("ours", ours), ("theirs", theirs)] {
        fs::write(dir.join(name), text).unwrap();
    }
    let output = Command::new("git")
        .args(["merge-file", "-p", "-q"])
        .args(style)
        .args(["-L", "ours", "-L", "base", "-L", "theirs", "ours", "base", "theirs"])
        .current_dir(dir)
        .env("GIT_CEILING_DIRECTORIES", dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    (output.stdout, output.status.code().unwrap().try_into().unwrap())
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("skipped: no {program}");
    }
    found
}

/// The three texts and how git merges them, which was read off git 2.47.
const MERGES: &[(&str, [&str; 3], &str)] = &[
    ("all equal", ["a\n", "a\n", "a\n"], "a\n"),
    ("nothing at all", ["", "", ""], ""),
    ("only ours", ["a\n", "b\n", "a\n"], "b\n"),
    ("only theirs", ["a\n", "a\n", "b\n"], "b\n"),
    ("both alike", ["a\n", "b\n", "b\n"], "b\n"),
    ("apart", ["a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n"], "A\nb\nC\n"),
    (
        "side by side",
        ["a\nb\n", "A\nb\n", "a\nB\n"],
        "<<<<<<< ours\nA\nb\n=======\na\nB\n>>>>>>> theirs\n",
    ),
    ("no newline on either side", ["a", "b", "c"], "<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"),
    (
        "the newline alone",
        ["a\nb", "a\nb\n", "A\nb"],
        "<<<<<<< ours\na\nb\n=======\nA\nb\n>>>>>>> theirs\n",
    ),
    (
        "CRLF",
        ["x\r\na\r\n", "x\r\nb\r\n", "x\r\nc\r\n"],
        "x\r\n<<<<<<< ours\r\nb\r\n=======\r\nc\r\n>>>>>>> theirs\r\n",
    ),
    (
        "CRLF, unterminated",
        ["x\r\na", "x\r\nb", "x\r\nc"],
        "x\r\n<<<<<<< ours\r\nb\r\n=======\r\nc\r\n>>>>>>> theirs\r\n",
    ),
    (
        "deleted and changed",
        ["x\na\ny\n", "x\ny\n", "x\nb\ny\n"],
        "x\n<<<<<<< ours\n=======\nb\n>>>>>>> theirs\ny\n",
    ),
    (
        "what both sides share is no conflict",
        ["", "a\nsame\nb\nx1\nx2\nx3\nx4\nc\n", "a\nsame\nB\nx1\nx2\nx3\nx4\nC\n"],
        "a\nsame\n<<<<<<< ours\nb\n=======\nB\n>>>>>>> theirs\nx1\nx2\nx3\nx4\n<<<<<<< ours\nc\n=======\nC\n>>>>>>> theirs\n",
    ),
];

#[test]
fn merges_that_git_makes() {
    let with_git = is_there("git");
    let dir = TempDir::new().unwrap();
    for (name, texts, expected) in MERGES {
        let texts = texts.map(str::as_bytes);
        let merged = merge(texts[0], texts[1], texts[2], &MergeOptions::default());
        assert_eq!(String::from_utf8_lossy(&merged.text), *expected, "{name}");
        if with_git {
            assert_eq!(
                (merged.text, merged.conflicts.len()),
                git(dir.path(), texts, &[]),
                "{name}"
            );
        }
    }
}

/// How many of a number of arbitrary merges have to come out as git makes them: the rest are texts
/// of many equal lines, of which git takes others for the changed ones.
#[test]
fn nearly_all_merges_are_gits() {
    if !is_there("git") {
        return;
    }
    let dir = TempDir::new().unwrap();
    let mut runner = TestRunner::deterministic();
    let cases = std::env::var("PROPTEST_CASES").map_or(Ok(100), |cases| cases.parse()).unwrap();
    let mut different = 0;
    for _ in 0..cases {
        let (base, ours, theirs) = texts::triple().new_tree(&mut runner).unwrap().current();
        // git does not merge what it takes for binary.
        let texts = [base, ours, theirs].map(without_nul);
        let [base, ours, theirs] = [0, 1, 2].map(|index| &texts[index][..]);
        for (style, flag) in STYLES {
            let merged = merge(base, ours, theirs, &MergeOptions::default().with_style(style));
            let found = (merged.text, merged.conflicts.len());
            different += usize::from(found != git(dir.path(), [base, ours, theirs], flag));
        }
    }
    let all = cases * STYLES.len();
    assert!(different * 100 <= all, "{different} of {all} merges differ from git's");
}

fn without_nul(text: Vec<u8>) -> Vec<u8> {
    text.into_iter().filter(|byte| *byte != 0).collect()
}

proptest! {
    #[test]
    fn what_one_side_leaves_alone_the_other_decides((base, changed) in texts::pair()) {
        for (style, _) in STYLES {
            let options = MergeOptions::default().with_style(style);
            for merged in [
                merge(&base, &changed, &base, &options),
                merge(&base, &base, &changed, &options),
                merge(&base, &changed, &changed, &options),
            ] {
                prop_assert!(merged.is_clean());
                prop_assert_eq!(&merged.text, &changed);
            }
        }
    }

    #[test]
    fn conflicts_are_where_they_are_said_to_be((base, ours, theirs) in texts::triple()) {
        for (style, _) in STYLES {
            let options = MergeOptions::default().with_style(style);
            let merged = merge(&base, &ours, &theirs, &options);
            let lines: Vec<_> = merged.text.split_inclusive(|byte| *byte == b'\n').collect();
            for range in &merged.conflicts {
                let conflict = &lines[range.before()..range.before() + range.len];
                prop_assert!(conflict[0].starts_with(b"<<<<<<< ours"));
                prop_assert!(conflict[range.len - 1].starts_with(b">>>>>>> theirs"));
            }
            let markers = lines.iter().filter(|line| line.starts_with(b"<<<<<<< ours")).count();
            prop_assert_eq!(markers, merged.conflicts.len());
        }
    }

    #[test]
    fn a_patch_is_merged_into_a_changed_text((base, ours, theirs) in texts::triple()) {
        let options = MergeOptions::default();
        let patch = FilePatch::between("f", Some(&base), Some(&theirs), &DiffOptions::default());
        let merged = patch.merge_into(&base, &ours, &options).unwrap();
        prop_assert_eq!(merged, merge(&base, &ours, &theirs, &options));
    }
}

#[test]
fn labels_end_at_the_line_end_and_may_be_missing() {
    let options =
        MergeOptions::default().with_labels("", "b", "x\ny").with_style(ConflictStyle::Diff3);
    let merged = merge(b"a\n", b"b\n", b"c\n", &options);
    assert_eq!(merged.text, b"<<<<<<<\nb\n||||||| b\na\n=======\nc\n>>>>>>> x\n");
}
