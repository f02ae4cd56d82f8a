//! What a smaller patch keeps, and that it could not be smaller.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use fixwright_patch::{
    DiffOptions, FilePatch, Hunk, LineKind, MinimiseEnd, MinimiseOptions, Minimised, Origin, Patch,
};
use proptest::collection::btree_set;
use proptest::prelude::*;

use crate::texts;

fn between(old: &[u8], new: &[u8], context: usize) -> Patch {
    let options = DiffOptions::default().with_context(context);
    Patch { files: vec![FilePatch::between("f", Some(old), Some(new), &options)] }
}

/// What a patch of one file or none makes of a text.
fn applied(patch: &Patch, old: &[u8]) -> Vec<u8> {
    patch.files.first().map_or(old.to_vec(), |file| file.apply(old).unwrap().text)
}

/// The texts that `patch`, of one file with `old`, makes if one of its runs of changed lines is
/// left out.
fn texts_without_one(patch: &Patch, old: &[u8]) -> Vec<Vec<u8>> {
    let text = applied(patch, old);
    let all = |text: &[u8]| {
        text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    let (old, new) = (all(old), all(&text));
    let mut texts = Vec::new();
    for hunk in patch.files.iter().flat_map(|file| &file.hunks) {
        let (mut old_at, mut new_at) = (hunk.old_range().before(), hunk.new_range().before());
        let lines: Vec<_> = hunk.lines().collect();
        for run in
            lines.chunk_by(|a, b| (a.kind == LineKind::Context) == (b.kind == LineKind::Context))
        {
            let old_end = old_at + run.iter().filter(|line| line.kind.in_old()).count();
            let new_end = new_at + run.iter().filter(|line| line.kind.in_new()).count();
            if run[0].kind != LineKind::Context {
                texts.push(
                    [&new[..new_at], &old[old_at..old_end], &new[new_end..]].concat().concat(),
                );
            }
            (old_at, new_at) = (old_end, new_end);
        }
    }
    texts
}

#[derive(Clone, Copy)]
enum Answer {
    Yes,
    No,
    Stop,
}

fn run(
    patch: &Patch,
    options: &MinimiseOptions,
    mut answer: impl FnMut(&Patch) -> Answer,
) -> Minimised {
    patch.minimise(options, &mut |patch| match answer(patch) {
        Answer::Yes => ControlFlow::Continue(true),
        Answer::No => ControlFlow::Continue(false),
        Answer::Stop => ControlFlow::Break(()),
    })
}

fn yes_if(condition: bool) -> Answer {
    if condition { Answer::Yes } else { Answer::No }
}

/// The words of each line that is not blank.
fn words(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let words = |line: &[u8]| -> Vec<Vec<u8>> {
        let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        words.map(<[u8]>::to_vec).collect()
    };
    text.split(|byte| *byte == b'\n').map(words).filter(|words| !words.is_empty()).collect()
}

/// The lines with a string, without indentation and line end.
fn quoted(text: &[u8]) -> Vec<&[u8]> {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| line.contains(&b'"'));
    lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line).trim_ascii_start()).collect()
}

/// The hunks of a patch without their headings.
fn hunks(patch: &Patch) -> Vec<Hunk> {
    let hunks = patch.files.iter().flat_map(|file| &file.hunks);
    hunks.map(|hunk| hunk.clone().with_section(b"")).collect()
}

/// A number that the text decides, and nothing else.
fn dice(seed: u64, text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, text).hash(&mut hasher);
    hasher.finish()
}

/// Lines with their white space, few words and every kind of line end.
fn spaced() -> impl Strategy<Value = Vec<u8>> {
    let line = ("[ \t]{0,2}", "(a|b|a  b|a b|\"a  b\"|\"a b\"|\\\\)?", "[ \t]{0,1}(\r\n|\n)");
    let line = line.prop_map(|(indent, words, end)| [indent, words, end].concat());
    (prop::collection::vec(line, 0..16), any::<bool>()).prop_map(|(lines, open)| {
        let text = lines.concat();
        text.strip_suffix('\n').filter(|_| open).unwrap_or(&text).to_owned().into_bytes()
    })
}

proptest! {
    #[test]
    fn only_white_space_is_dropped(old in spaced(), new in spaced(), context in 0..4usize) {
        let patch = between(&old, &new, context);
        let quiet = patch.without_whitespace_changes();
        let text = applied(&quiet, &old);
        prop_assert_eq!(words(&text), words(&new), "{}\n{}", patch, quiet);
        prop_assert_eq!(quoted(&text), quoted(&new), "{}\n{}", patch, quiet);
    }

    #[test]
    fn context_is_no_more_than_asked_for((old, new) in texts::pair(), from in 0..6usize, to in 0..6usize) {
        let patch = between(&old, &new, from);
        let trimmed = patch.with_context(to);
        prop_assert_eq!(applied(&trimmed, &old), new.clone());
        prop_assert_eq!(Patch::parse(&trimmed.to_bytes()).unwrap(), trimmed.clone());
        if to <= from && old != new {
            prop_assert_eq!(hunks(&trimmed), hunks(&between(&old, &new, to)));
        }
    }

    // With a predicate that no rule is behind, so that nothing but the definition can be right.
    #[test]
    fn no_edit_can_be_spared((old, new) in texts::pair(), seed in any::<u64>(), one_in in 2..5u64) {
        let patch = between(&old, &new, 3);
        let holds = |text: &[u8]| text == new || dice(seed, text).is_multiple_of(one_in);
        let minimised = run(&patch, &MinimiseOptions::default(), |patch| yes_if(holds(&applied(patch, &old))));
        prop_assert_eq!(minimised.end, MinimiseEnd::Minimal);
        prop_assert!(holds(&applied(&minimised.patch, &old)));
        for text in texts_without_one(&minimised.patch, &old) {
            prop_assert!(!holds(&text), "{}\n{}", patch, minimised.patch);
        }
    }

    #[test]
    fn what_is_needed_is_all_that_stays(count in 1..40usize, needed in btree_set(0..40usize, 0..5), gap in 1..9usize) {
        let line = |edit: usize, sign: &str| format!("{sign}{edit}.\n{}", "same\n".repeat(gap));
        let text = |sign: &dyn Fn(usize) -> &'static str| (0..count).map(|edit| line(edit, sign(edit))).collect::<String>();
        let (old, new) = (text(&|_| "old"), text(&|_| "new"));
        let wanted = text(&|edit| if needed.contains(&edit) { "new" } else { "old" });
        let holds = |patch: &Patch| {
            let text = String::from_utf8(applied(patch, old.as_bytes())).unwrap();
            needed.iter().filter(|edit| **edit < count).all(|edit| text.contains(&format!("new{edit}.\n")))
        };
        let patch = between(old.as_bytes(), new.as_bytes(), 3);
        let mut trials = 0;
        let minimised = run(&patch, &MinimiseOptions::default(), |patch| {
            trials += 1;
            yes_if(holds(patch))
        });
        prop_assert_eq!(minimised.end, MinimiseEnd::Minimal);
        prop_assert_eq!(minimised.trials, trials);
        prop_assert_eq!(hunks(&minimised.patch), hunks(&between(old.as_bytes(), wanted.as_bytes(), 3)));
        let again = run(&minimised.patch, &MinimiseOptions::default(), |patch| yes_if(holds(patch)));
        prop_assert_eq!(again.patch, minimised.patch);
    }
}

/// A patch of three edits in one hunk.
fn three() -> Patch {
    between(b"a\nb\nc\nd\ne\n", b"A\nb\nC\nd\nE\n", 3)
}

#[test]
fn the_search_ends_early_where_it_has_to() {
    let options = MinimiseOptions::default();
    let refused = run(&three(), &options, |_| Answer::No);
    assert_eq!((refused.patch, refused.end, refused.trials), (three(), MinimiseEnd::NotHeld, 1));

    let stopped = run(&three(), &options, |_| Answer::Stop);
    assert_eq!((stopped.patch, stopped.end), (three(), MinimiseEnd::Cancelled));

    let mut asked = 0;
    let limited = run(&three(), &options.clone().with_trials(3), |patch| {
        asked += 1;
        yes_if(!patch.files.is_empty())
    });
    assert_eq!((limited.end, limited.trials, asked), (MinimiseEnd::OutOfTrials, 3, 3));
    assert_eq!(applied(&limited.patch, b"a\nb\nc\nd\ne\n"), b"A\nb\nc\nd\ne\n", "the best so far");

    let needless = run(&three(), &options, |_| Answer::Yes);
    assert_eq!((needless.patch, needless.end), (Patch::default(), MinimiseEnd::Minimal));
}

/// Diffs, and what stays of them if what is listed has to.
const HEADERS: &[(&str, &[&str], &str)] = &[
    (
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        &["+b"],
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
    ),
    (
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        &["100755"],
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
    ),
    (
        "diff --git a/x b/y\nrename from x\nrename to y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n",
        &["+d"],
        "diff --git a/x b/y\nrename from x\nrename to y\n--- a/x\n+++ b/y\n@@ -9 +9 @@\n-c\n+d\n",
    ),
    (
        "diff --git a/x b/y\nrename from x\nrename to y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n",
        &[],
        "",
    ),
    (
        "--- /dev/null\n+++ b/x\n@@ -0,0 +1,3 @@\n+a\n+\n+b\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+c\n",
        &["+b"],
        "--- /dev/null\n+++ b/x\n@@ -0,0 +1,3 @@\n+a\n+\n+b\n",
    ),
    (
        "--- a/x\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-a\n-\n-b\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+c\n",
        &["+c"],
        "--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+c\n",
    ),
];

#[test]
fn headers_stay_where_they_are_needed() {
    for (diff, needed, left) in HEADERS {
        let patch = Patch::parse(diff).unwrap();
        let minimised = run(&patch, &MinimiseOptions::default(), |patch| {
            let diff = patch.to_string();
            yes_if(needed.iter().all(|part| diff.contains(part)))
        });
        assert_eq!(minimised.patch.to_string(), *left, "{diff}");
        assert_eq!(minimised.end, MinimiseEnd::Minimal);
        assert!(
            minimised
                .patch
                .files
                .iter()
                .all(|file| file.origin == Origin::InPlace || left.contains("rename"))
        );
    }
}

/// An old text, a new one, and the diff of what is more than white space.
const QUIET: &[(&str, &str, &str)] = &[
    ("a\nb\n", " a\n\tb\n", ""),
    ("a b\n", "a  b \n", ""),
    ("a\n", "a\r\n", ""),
    ("a", "a\n", ""),
    ("a\nb\n", "a\n\nb\n\n", ""),
    ("ab\n", "a b\n", "@@ -1 +1 @@\n-ab\n+a b\n"),
    ("\"a b\"\n", "\"a  b\"\n", "@@ -1 +1 @@\n-\"a b\"\n+\"a  b\"\n"),
    ("\"a b\"\n", "\t\"a b\"\r\n", ""),
    ("a \\\nb\n", "a \\ \nb\n", "@@ -1,2 +1,2 @@\n-a \\\n+a \\ \n b\n"),
    ("f();\n", "if (x) {\n\tf();\n}\n", "@@ -1 +1,3 @@\n+if (x) {\n f();\n+}\n"),
    ("a", "a\nb\n", "@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n"),
    ("a\nb\n", "a\n\nx\n\ny\nb\n", "@@ -1,2 +1,6 @@\n a\n+\n+x\n+\n+y\n b\n"),
];

#[test]
fn white_space_is_told_from_the_rest() {
    for (old, new, expected) in QUIET {
        let quiet = between(old.as_bytes(), new.as_bytes(), 3).without_whitespace_changes();
        let diff = quiet.to_string();
        assert_eq!(diff.trim_start_matches("--- a/f\n+++ b/f\n"), *expected, "{old:?} {new:?}");
    }
}

#[test]
fn the_same_trials_in_the_same_order() {
    let mut seen: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for round in 0..2 {
        run(&three(), &MinimiseOptions::default(), |patch| {
            seen.entry(round).or_default().push(patch.to_string());
            yes_if(patch.to_string().contains("+C"))
        });
    }
    assert_eq!(seen[&0], seen[&1]);
}
