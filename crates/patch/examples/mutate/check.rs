//! What is done with each input.

use std::ops::ControlFlow;
use std::path::Path;

use fixwright_patch::{
    ApplyOptions, ConflictStyle, Error, FilePatch, Hunk, MergeOptions, MinimiseOptions, Patch,
    Rejection, merge, metadata,
};

use crate::input::Input;

/// How many inputs came how far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    parsed: u64,
    applied: u64,
    tolerated: u64,
    rejected: u64,
    minimised: u64,
    conflicts: u64,
    summed_up: u64,
}

/// Reads, applies, reverses, minimises, merges and prints.
///
/// # Panics
///
/// If anything in the crate does, or a law does not hold.
pub(crate) fn all(input: &Input, tally: &mut Tally) {
    if let Ok(patch) = Patch::parse(&input.diff) {
        tally.parsed += 1;
        exact(&patch, input, tally);
        minimise(&patch, input, tally);
    }
    tolerant(input, tally);
    tally.summed_up += u64::from(metadata::summary(&input.diff).is_ok());
    for style in [ConflictStyle::Merge, ConflictStyle::Diff3, ConflictStyle::ZealousDiff3] {
        let options = MergeOptions::default().with_style(style);
        let merged = merge(&input.old, &input.new, &input.diff, &options);
        tally.conflicts += u64::from(!merged.is_clean());
    }
}

fn exact(patch: &Patch, input: &Input, tally: &mut Tally) {
    // Not the patch itself: git's header states modes that a plain one leaves open.
    let printed = patch.to_bytes();
    let again = Patch::parse(&printed).map(|patch| patch.to_bytes());
    assert_eq!(again.ok(), Some(printed), "printed, read, printed");
    for file in &patch.files {
        let Ok(applied) = file.apply(&input.old) else { continue };
        tally.applied += 1;
        // A wrong line number on the new side does not matter until it is the old one.
        let numbers = file.hunks.iter().map(Hunk::new_range);
        if numbers.eq(applied.placements.iter().map(|placement| placement.new)) {
            let back = file.reverse().apply(&applied.text).map(|back| back.text);
            assert_eq!(back.ok().as_ref(), Some(&input.old), "there and back");
        }
        let merged = file.merge_into(&input.old, &input.new, &MergeOptions::default());
        assert!(merged.is_ok(), "what applies merges");
        let one = Patch { files: vec![file.clone()] };
        assert_eq!(text_of(&one.with_context(1), &input.old), Some(applied.text), "less context");
        let quiet = text_of(&one.without_whitespace_changes(), &input.old);
        assert!(quiet.is_some(), "without white space");
    }
}

/// What a patch of one file or none makes of a text.
fn text_of(patch: &Patch, old: &[u8]) -> Option<Vec<u8>> {
    match &patch.files[..] {
        [] => Some(old.to_vec()),
        [file, ..] => file.apply(old).ok().map(|applied| applied.text),
    }
}

/// Looks for the part of the patch that has as many letters `r` as all of it.
fn minimise(patch: &Patch, input: &Input, tally: &mut Tally) {
    let applies = |patch: &Patch| patch.files.iter().all(|file| file.apply(&input.old).is_ok());
    let count = |patch: &Patch| patch.to_bytes().iter().filter(|byte| **byte == b'r').count();
    let (fits, all) = (applies(patch), count(patch));
    let minimised = patch.minimise(&MinimiseOptions::default().with_trials(40), &mut |part| {
        assert!(!fits || applies(part), "a part of a patch that applies applies");
        ControlFlow::Continue(count(part) >= all)
    });
    assert!(minimised.trials <= 40, "no more trials than asked for");
    tally.minimised += u64::from(minimised.patch != *patch);
}

fn tolerant(input: &Input, tally: &mut Tally) {
    let Ok(recovered) = Patch::recover(&input.diff) else { return };
    for options in [ApplyOptions::default().with_elisions(true), ApplyOptions::gnu()] {
        for file in &recovered.files {
            match file.apply_with(&input.old, &options) {
                Ok(_) => tally.tolerated += 1,
                Err(Error::Rejected(rejection)) => {
                    tally.rejected += 1;
                    rejects(&file.patch, &rejection);
                }
                Err(_) => {}
            }
        }
    }
}

fn rejects(file: &FilePatch, rejection: &Rejection) {
    assert!(file.rejects(Path::new("f"), &rejection.hunks).is_some(), "a rejection has rejects");
    let fitting = file.fitting(&rejection.hunks);
    assert!(fitting.hunks.len() < file.hunks.len(), "and less that fits");
}
