//! Laws that hold for every text.

use fixwright_patch::{DiffOptions, Edit, FilePatch, Mode, Origin, Patch, edits};
use proptest::prelude::*;

use crate::texts;

fn between(old: &[u8], new: &[u8], context: usize) -> FilePatch {
    FilePatch::between("f", Some(old), Some(new), &DiffOptions::default().with_context(context))
}

/// A file of a patch, changed in any way that a header has words for.
fn file() -> impl Strategy<Value = FilePatch> {
    let mode = || prop::sample::select(vec![Mode::Regular, Mode::Executable]);
    let modes = prop::option::of((mode(), mode()));
    let names = prop::sample::select(vec![
        ["a/f", "b/f"],
        ["f", "f"],
        ["a/f", "kb/g"],
        ["old/f", "b/g h"],
        ["a/", "b/"],
        ["a/x y", "b/x y"],
        ["x y z", "x y z"],
        ["a/\"\u{e9}\\", "b/\"\u{e9}\\"],
        ["/dev/null", "/dev/null"],
    ]);
    (names, texts::pair(), modes, 0..6u8).prop_map(|(names, (old, new), modes, kind)| {
        let hunks = between(&old, &new, 3).hunks;
        let [old_path, new_path] = names.map(|name| Some(name.into()));
        let (old_mode, new_mode) = modes.unzip();
        let whole =
            FilePatch { old_path, new_path, old_mode, new_mode, hunks, ..FilePatch::default() };
        let text = |old: &[u8], new: &[u8]| between(old, new, 3).hunks;
        match kind {
            0 => FilePatch { old_path: None, old_mode: None, hunks: text(b"", &new), ..whole },
            1 => FilePatch { new_path: None, new_mode: None, hunks: text(&old, b""), ..whole },
            2 => FilePatch { origin: Origin::Renamed, ..whole },
            3 => FilePatch { origin: Origin::Copied, hunks: Vec::new(), ..whole },
            // Only a rename has a name for each side if there is no text.
            _ if whole.hunks.is_empty() => FilePatch { new_path: whole.old_path.clone(), ..whole },
            _ => whole,
        }
    })
}

proptest! {
    #[test]
    fn diff_then_apply_is_the_identity((old, new) in texts::pair(), context in 0..5usize) {
        let patch = between(&old, &new, context);
        prop_assert_eq!(patch.is_empty(), old == new);
        prop_assert_eq!(patch.apply(&old).unwrap().text, new);
    }

    #[test]
    fn apply_then_reverse_is_the_identity((old, new) in texts::pair(), context in 0..5usize) {
        let patch = between(&old, &new, context);
        prop_assert_eq!(patch.reverse().apply(&new).unwrap().text, old);
        prop_assert_eq!(patch.reverse().reverse(), patch);
    }

    #[test]
    fn parse_then_print_is_the_identity((old, new) in texts::pair(), context in 0..5usize, path in "[a-z\"\\\\ \\n\u{e9}/]{0,6}[a-z]") {
        let options = DiffOptions::default().with_context(context);
        let file = FilePatch::between(path, Some(&old), Some(&new), &options);
        let patch = Patch { files: vec![file; usize::from(old != new)] };
        prop_assert_eq!(Patch::parse(&patch.to_bytes()).unwrap(), patch);
    }

    #[test]
    fn parse_then_print_is_the_identity_of_many_files(files in prop::collection::vec(file(), 1..5)) {
        let mut patch = Patch { files };
        patch.files.retain(|file| !file.is_empty());
        let parsed = Patch::parse(&patch.to_bytes());
        // git's header has to state the mode of a file that comes or goes.
        if patch.to_bytes().starts_with(b"diff --git ") {
            for file in &mut patch.files {
                if file.creates() {
                    file.new_mode.get_or_insert(Mode::Regular);
                } else if file.deletes() {
                    file.old_mode.get_or_insert(Mode::Regular);
                }
            }
        }
        prop_assert_eq!(parsed.unwrap(), patch);
    }

    #[test]
    fn placements_are_the_ranges_of_the_hunks((old, new) in texts::pair()) {
        let patch = between(&old, &new, 3);
        let applied = patch.apply(&old).unwrap();
        prop_assert_eq!(applied.placements.len(), patch.hunks.len());
        for (placement, hunk) in applied.placements.iter().zip(&patch.hunks) {
            prop_assert_eq!(placement.old, hunk.old_range());
            prop_assert_eq!(placement.new, hunk.new_range());
        }
    }

    #[test]
    fn what_no_edit_covers_is_equal((old, new) in texts::pair()) {
        let (a, b) = (lines(&old), lines(&new));
        let end = Edit { old: a.len()..a.len(), new: b.len()..b.len() };
        let (mut at_old, mut at_new) = (0, 0);
        for edit in edits(&old, &new).into_iter().chain([end]) {
            prop_assert_eq!(&a[at_old..edit.old.start], &b[at_new..edit.new.start]);
            (at_old, at_new) = (edit.old.end, edit.new.end);
        }
    }

    #[test]
    fn equal_lines_around_do_not_count((old, new) in texts::pair()) {
        let padding = |lines: usize| -> Vec<u8> {
            (0..lines).flat_map(|line| format!("\tpad {line};\n").into_bytes()).collect()
        };
        let around = |text: &[u8], lines: usize| [&padding(lines), text, b"\n", &padding(lines)].concat();
        let near = edits(&around(&old, 200), &around(&new, 200));
        let far = edits(&around(&old, 900), &around(&new, 900));
        let moved = |edit: &Edit| Edit { old: edit.old.start + 700..edit.old.end + 700, new: edit.new.start + 700..edit.new.end + 700 };
        prop_assert_eq!(near.iter().map(moved).collect::<Vec<_>>(), far);
    }

    #[test]
    fn mutated_diffs_are_read_or_refused((old, new) in texts::pair(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..6)) {
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
        if let Ok(patch) = Patch::parse(&diff) {
            for file in &patch.files {
                let _ = file.apply(&old);
                let _ = file.reverse().apply(&new);
            }
            prop_assert_eq!(Patch::parse(&patch.to_bytes()).unwrap(), patch);
        }
    }

    #[test]
    fn a_cut_diff_is_no_shorter_diff((old, new) in texts::pair(), at in any::<prop::sample::Index>()) {
        let patch = between(&old, &new, 3);
        let diff = patch.to_bytes();
        if let Some(cut) = diff.get(..at.index(diff.len().max(1)))
            && let Ok(parsed) = Patch::parse(cut)
            && let [file] = &parsed.files[..]
        {
            // Whole hunks may be missing at the end, nothing else, except a last newline marker.
            let whole = patch.hunks.iter().zip(&file.hunks).filter(|(a, b)| a == b).count();
            let marked = diff[cut.len()..].starts_with(b"\\ ");
            prop_assert!(whole + usize::from(marked) >= file.hunks.len());
        }
    }
}

#[test]
fn a_long_text_with_many_edits_is_no_exception() {
    let old: Vec<u8> =
        (0..20_000).flat_map(|line| format!("{}\n", line * 7919 % 4096).into_bytes()).collect();
    let edited = lines(&old).into_iter().enumerate();
    let new: Vec<u8> = edited
        .flat_map(|(index, line)| if index % 7 == 3 { b"new\n" } else { line })
        .copied()
        .collect();
    assert_eq!(between(&old, &new, 3).apply(&old).unwrap().text, new);
    assert_eq!(edits(&old, &new).len(), 20_000 / 7);
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}
