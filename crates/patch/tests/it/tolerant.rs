//! Laws of tolerant reading and placing.

use std::time::Instant;

use fixwright_patch::{
    Applied, ApplyOptions, DiffOptions, FilePatch, Flaw, Hunk, LineKind, Need, Patch, Recovered,
    RecoveredFile,
};
use proptest::prelude::*;

use crate::texts;

fn between(old: &[u8], new: &[u8], context: usize) -> FilePatch {
    FilePatch::between("f", Some(old), Some(new), &DiffOptions::default().with_context(context))
}

fn recover_and_apply(diff: &[u8], old: &[u8]) -> Option<Applied> {
    let recovered = Patch::recover(diff).ok()?;
    let options = ApplyOptions::default().with_elisions(true);
    recovered.files.first()?.apply_with(old, &options).ok()
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// A source file whose lines are all different, and an edited copy.
fn distinct() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0..3u8), 1..5);
    (8..60usize, edits).prop_map(|(count, edits)| {
        let line = |index: usize| {
            format!("{}call_{index}(a,  b);\n", "\t".repeat(1 + index % 3)).into_bytes()
        };
        let old: Vec<_> = (0..count).map(line).collect();
        let mut new = old.clone();
        for (number, (at, kind)) in edits.into_iter().enumerate() {
            let at = at.index(new.len());
            match kind {
                0 => new[at] = format!("\t\tchanged_{number}();\n").into_bytes(),
                1 => new.insert(at, format!("\tadded_{number}();\n").into_bytes()),
                _ => drop(new.remove(at)),
            }
        }
        (old.concat(), new.concat())
    })
}

/// What diffs and answers are made of.
const PIECES: &[&[u8]] = &[
    b"```diff\n",
    b"```\n",
    b"  ~~~~\n",
    b"--- a/x\n",
    b"+++ b/x\n",
    b"+++ /dev/null\n",
    b"@@\n",
    b"@@ -1,2 +1 @@\n",
    b"@@ -",
    b"-a\n",
    b"+b\n",
    b" c\n",
    b"...\n",
    b"\\ No\n",
    b"diff --git a/x b/x\n",
    b"\n",
    b"c\r\n",
    b"rename from x\n",
    b"old mode 100644\n",
    b"word ",
];

/// The text with what is white space taken away.
fn bare(text: &[u8]) -> Vec<Vec<u8>> {
    let words = |line: &&[u8]| line.split(u8::is_ascii_whitespace).collect::<Vec<_>>().concat();
    lines(text).iter().map(words).collect()
}

proptest! {
    #[test]
    fn diff_then_apply_is_the_identity((old, new) in texts::pair(), context in 0..5usize) {
        let patch = between(&old, &new, context);
        if old != new {
            let applied = patch.apply_with(&old, &ApplyOptions::default()).unwrap();
            prop_assert_eq!(&applied.text, &new);
            let recovered = Patch::recover(&patch.to_bytes()).unwrap();
            prop_assert_eq!(&recovered.files[0].patch, &patch);
            prop_assert!(recovered.files[0].readings.iter().all(|reading| reading.notes.is_empty()));
            let applied = recovered.files[0].apply_with(&old, &ApplyOptions::default()).unwrap();
            prop_assert_eq!(&applied.text, &new);
            let undone = recovered.reverse().files[0].apply_with(&new, &ApplyOptions::default());
            prop_assert_eq!(undone.unwrap().text, old);
        }
    }

    #[test]
    fn a_hunk_follows_its_lines((old, new) in distinct(), above in 1..40usize, context in 1..4usize) {
        prop_assume!(old != new);
        let top: Vec<u8> = (0..above).flat_map(|line| format!("top {line};\n").into_bytes()).collect();
        let patch = between(&old, &new, context);
        let moved = [&top[..], &old].concat();
        let applied = patch.apply_with(&moved, &ApplyOptions::default()).unwrap();
        prop_assert_eq!(applied.text, [&top[..], &new].concat());
        for (placement, hunk) in applied.placements.iter().zip(&patch.hunks) {
            prop_assert!(placement.needs.contains(&Need::Offset(above as isize)));
            prop_assert_eq!(placement.old.before(), hunk.old_range().before() + above);
            prop_assert_eq!(placement.new.before(), hunk.new_range().before() + above);
            prop_assert_eq!(placement.new.len, hunk.new_range().len);
        }
    }

    #[test]
    fn a_hunk_among_equal_lines_is_right_or_ambiguous((old, new) in texts::pair(), above in 20..60usize) {
        prop_assume!(old != new && !old.is_empty());
        let top: Vec<u8> = (0..above).flat_map(|line| format!("top {line};\n").into_bytes()).collect();
        let patch = between(&old, &new, 3);
        let moved = [&top[..], &old].concat();
        match patch.apply_with(&moved, &ApplyOptions::default()) {
            Ok(applied) if applied.placements.iter().all(|placement| {
                placement.needs.iter().all(|need| matches!(need, Need::Offset(_) | Need::Unanchored))
            }) => {
                let offsets: Vec<_> = applied.placements.iter().map(|placement| placement.needs.contains(&Need::Offset(above as isize))).collect();
                prop_assert!(offsets.iter().any(|right| !right) || applied.text == [&top[..], &new].concat());
            }
            _ => {}
        }
    }

    #[test]
    fn white_space_of_the_diff_does_not_count((old, new) in distinct(), width in 1..9usize, context in 1..4usize) {
        prop_assume!(old != new);
        let drifted = |text: &[u8]| {
            let text = String::from_utf8(text.to_vec()).unwrap();
            text.replace('\t', &" ".repeat(width)).replace(",  ", ", ").into_bytes()
        };
        let patch = between(&drifted(&old), &drifted(&new), context);
        let applied = patch.apply_with(&old, &ApplyOptions::default()).unwrap();
        prop_assert_eq!(bare(&applied.text), bare(&new));
        // Every line that the diff does not insert has the bytes of the file.
        let inserted: Vec<_> = patch.hunks.iter().flat_map(Hunk::lines).filter(|line| line.kind == LineKind::Insert).map(|line| bare(line.text).concat()).collect();
        for line in lines(&applied.text) {
            prop_assert!(lines(&old).contains(&line) || inserted.contains(&bare(line).concat()));
        }
    }

    #[test]
    fn a_mutated_diff_is_never_silently_wrong((old, new) in distinct(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4), 1..6)) {
        prop_assume!(old != new);
        let mut diff = between(&old, &new, 3).to_bytes();
        for (at, byte, kind) in cuts {
            let at = at.index(diff.len() + 1);
            match kind {
                0 => diff.insert(at, byte),
                1 if at < diff.len() => drop(diff.remove(at)),
                2 if at < diff.len() => diff[at] = byte,
                _ => diff.truncate(at),
            }
        }
        if let Ok(recovered) = Patch::recover(&diff) {
            for file in &recovered.files {
                if let Ok(applied) = file.apply_with(&old, &ApplyOptions::default().with_elisions(true)) {
                    check_is_what_the_hunks_say(file, &old, &applied)?;
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        text in prop::collection::vec(prop::sample::select(PIECES), 0..40),
        old in texts::text(),
    ) {
        let diff = text.concat();
        if let Ok(recovered) = Patch::recover(&diff) {
            for file in &recovered.files {
                let _ = file.apply_with(&old, &ApplyOptions::default().with_elisions(true));
                for reading in &file.readings {
                    prop_assert!(reading.notes.iter().all(|note| note.span.end <= diff.len()));
                }
            }
            drop(recovered.reverse());
        }
    }
}

/// Every inserted line is one that the hunks insert, every missing one is one that they delete, as
/// often as they do, but for white space; and if nothing had to be forgiven, the text is what the
/// exact way makes. (A line without prefix behind a hunk is context only if the file has it.)
fn check_is_what_the_hunks_say(
    file: &RecoveredFile,
    old: &[u8],
    applied: &Applied,
) -> Result<(), TestCaseError> {
    let of = |kind: LineKind| {
        let lines = file.patch.hunks.iter().flat_map(Hunk::lines);
        let mut texts: Vec<_> =
            lines.filter(|line| line.kind == kind).flat_map(|line| bare(line.text)).collect();
        texts.sort();
        texts
    };
    let idle =
        |placement: &fixwright_patch::Placement| placement.needs.contains(&Need::AlreadyApplied);
    if !applied.placements.iter().any(idle) {
        let mut balance = bare(old);
        balance.extend(of(LineKind::Insert));
        balance.sort();
        let mut made = bare(&applied.text);
        made.extend(of(LineKind::Delete));
        made.sort();
        prop_assert_eq!(balance, made);
    }
    let notes = || file.readings.iter().flat_map(|reading| &reading.notes);
    if applied.placements.iter().all(fixwright_patch::Placement::is_exact)
        && notes().all(|note| note.flaw != Flaw::Unprefixed)
    {
        prop_assert_eq!(&file.patch.apply(old).unwrap().text, &applied.text);
    }
    Ok(())
}

/// Without a bound on the work, each of these would take minutes.
#[test]
fn repetitive_input_is_refused_in_time() {
    let start = Instant::now();
    let equal = |count: usize| b"a\n".repeat(count);
    let mut gap = Hunk::new(50_000, 50_000);
    gap.push(LineKind::Context, &equal(5_000));
    gap.push(LineKind::Delete, b"b\n");
    gap.push(LineKind::Context, &equal(5_000));
    let mut plain = Hunk::new(3, 3);
    plain.push(LineKind::Context, &equal(10_000));
    plain.push(LineKind::Insert, b"b\n");
    let tooth = [equal(50), b"b\n".to_vec()].concat();
    let mut comb = Hunk::new(7, 7);
    comb.push(LineKind::Context, &[tooth.repeat(50), equal(51), b"b\n".to_vec()].concat());
    comb.push(LineKind::Insert, b"b\n");
    let of = |hunk: &Hunk, count| FilePatch {
        old_path: Some(b"x".to_vec()),
        new_path: Some(b"x".to_vec()),
        hunks: vec![hunk.clone(); count],
        ..FilePatch::default()
    };
    let (flat, teeth) = (equal(100_000), tooth.repeat(2_000));
    for (patch, old) in [(of(&gap, 1), &flat), (of(&plain, 10), &flat), (of(&comb, 300), &teeth)] {
        assert!(patch.apply_with(old, &ApplyOptions::default()).is_err());
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn an_exact_patch_needs_nothing() {
    let recovered = Recovered::from(Patch { files: vec![between(b"a\n", b"b\n", 3)] });
    let applied = recovered.files[0].apply_with(b"a\n", &ApplyOptions::strict()).unwrap();
    assert!(applied.placements[0].is_exact());
    assert!(recover_and_apply(b"--- a/f\n+++ b/f\n@@\n-a\n+b\n", b"a\n").is_some());
}

#[test]
fn a_signature_of_any_mail_program_is_no_part_of_the_last_hunk() {
    for signature in
        ["-- \ncgit v1.2.3\n\n", "---\ntg: (0..1) t/x (depends on: y)\n", "--\n2.39.5\n"]
    {
        let text = format!("--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n+b\n c\n{signature}");
        let diff = Patch::recover(&text).unwrap();
        assert!(
            diff.files[0].readings.iter().all(|reading| reading.notes.is_empty()),
            "{signature}"
        );
        let applied = diff.files[0].apply_with(b"a\nc\n", &ApplyOptions::default()).unwrap();
        assert_eq!(applied.text, b"a\nb\nc\n", "{signature}");
        let undone = diff.reverse().files[0].apply_with(b"a\nb\nc\n", &ApplyOptions::default());
        assert_eq!(undone.unwrap().text, b"a\nc\n", "{signature}");
    }
}

#[test]
fn a_line_of_nothing_at_all_shifts_no_other() {
    let text = "--- a/f\n+++ b/f\n@@\n-a\n-\n\\ No newline at end of file\n...\n+b\n";
    let recovered = Patch::recover(text).unwrap();
    let options = ApplyOptions::default().with_elisions(true);
    drop(recovered.files[0].apply_with(b"a\nc\n", &options));
}

#[test]
fn a_side_of_the_epoch_without_lines_has_no_file() {
    let made = "--- x\t1970-01-01 01:00:00.000000000 +0100\n+++ x\t2024-05-01 10:00:00 +0200\n@@ -0,0 +1 @@\n+a\n";
    let file = &Patch::parse(made).unwrap().files[0];
    assert!(file.creates());
    let removed =
        "--- x\t2024-05-01 10:00:00 +0200\n+++ x\t1970-01-01 00:00:00 +0000\n@@ -1 +0,0 @@\n-a\n";
    assert!(Patch::parse(removed).unwrap().files[0].deletes());
    let edited = made.replace("-0,0 +1", "-1 +1,2").replace("+a\n", " b\n+a\n");
    assert!(!Patch::parse(&edited).unwrap().files[0].creates());
}

#[test]
fn a_list_behind_a_hunk_is_not_inserted_in_reverse() {
    let text = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\n+b\n c\n- a point of a list\n";
    let recovered = Patch::recover(text).unwrap();
    let apply = |diff: &Recovered, old: &[u8]| {
        diff.files[0].apply_with(old, &ApplyOptions::default()).map(|applied| applied.text)
    };
    assert!(apply(&recovered, b"a\nc\n").is_err(), "the file has no such line to delete");
    let reversed = recovered.reverse();
    let error = apply(&reversed, b"a\nb\nc\n").unwrap_err().to_string();
    assert!(error.contains("does not count"), "{error}");
    // Too small a count for lines that are inserted is what models write.
    let short = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n a\n+b\n c\n";
    let undone = apply(&Patch::recover(short).unwrap().reverse(), b"a\nb\nc\n");
    assert_eq!(undone.unwrap(), b"a\nc\n");
}
