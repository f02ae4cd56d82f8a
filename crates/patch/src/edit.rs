//! Which runs of lines differ between two texts.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// A run of lines that differs: inserted if `old` is empty, deleted if `new` is, otherwise
/// replaced.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// The lines of the old text, counted from 0.
    pub old: Range<usize>,
    /// The lines of the new text, counted from 0.
    pub new: Range<usize>,
}

/// Up to this many lines times edits, the histogram algorithm takes a fraction of a second.
const HISTOGRAM_WORK: usize = 1 << 24;

/// The edits that turn `old` into `new`, in the order of the text; between two of them is at least
/// one equal line.
///
/// Found with the histogram algorithm, whose edits read best, or with Myers's where that would take
/// long: many edits in a long text. Where an edit could as well stand a few lines higher or lower,
/// indentation decides. Texts of 2 GiB and more are not searched: if they differ, one edit replaces
/// all.
pub fn edits(old: &[u8], new: &[u8]) -> Vec<Edit> {
    if old.len().max(new.len()) >= i32::MAX as usize {
        let all = Edit { old: 0..crate::lines(old).count(), new: 0..crate::lines(new).count() };
        return if old == new { Vec::new() } else { vec![all] };
    }
    let input = InternedInput::new(old, new);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    let lines = input.before.len().max(input.after.len());
    if lines.saturating_mul(diff.hunks().count()) <= HISTOGRAM_WORK {
        diff = Diff::compute(Algorithm::Histogram, &input);
    }
    diff.postprocess_lines(&input);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| Edit { old: range(hunk.before), new: range(hunk.after) }).collect()
}
