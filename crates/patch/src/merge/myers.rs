//! The line diff under a merge: Myers's algorithm, which `git merge-file` uses as well.

use std::hash::Hash;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, Interner};

use crate::Edit;

/// The edits that turn the lines `old` into the lines `new`.
///
/// Where an edit could as well stand a few lines higher or lower, it stands next to an edit of the
/// other side, or else as low as possible: indentation has no say here, as it has none in git.
pub(crate) fn edits<T: Eq + Hash>(old: &[T], new: &[T]) -> Vec<Edit> {
    if old.len().max(new.len()) >= i32::MAX as usize {
        return vec![Edit { old: 0..old.len(), new: 0..new.len() }];
    }
    let interner = Interner::new(old.len() + new.len());
    let mut input = InternedInput { before: Vec::new(), after: Vec::new(), interner };
    input.update_before(old.iter());
    input.update_after(new.iter());
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_no_heuristic(&input);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| Edit { old: range(hunk.before), new: range(hunk.after) }).collect()
}
