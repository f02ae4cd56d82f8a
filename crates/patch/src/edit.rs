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
    if old == new {
        return Vec::new();
    }
    if old.len().max(new.len()) >= i32::MAX as usize {
        let all = Edit { old: 0..crate::lines(old).count(), new: 0..crate::lines(new).count() };
        return vec![all];
    }
    let start = first_of_interest(old, new);
    let end = last_of_interest(&old[start..], &new[start..]);
    let input = InternedInput::new(&old[start..old.len() - end], &new[start..new.len() - end]);
    let skipped = memchr::memchr_iter(b'\n', &old[..start]).count();
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    let lines = input.before.len().max(input.after.len());
    if lines.saturating_mul(diff.hunks().count()) <= HISTOGRAM_WORK {
        diff = Diff::compute(Algorithm::Histogram, &input);
    }
    diff.postprocess_lines(&input);
    let range = |range: Range<u32>| skipped + range.start as usize..skipped + range.end as usize;
    diff.hunks().map(|hunk| Edit { old: range(hunk.before), new: range(hunk.after) }).collect()
}

/// So many equal lines around all changes are searched as well: an edit is moved up or down by 100
/// lines at most, and judged by the 20 around it.
const MARGIN: usize = 256;

/// How many bytes of the equal lines that both texts begin with need not be searched.
fn first_of_interest(old: &[u8], new: &[u8]) -> usize {
    let chunks = old.chunks(CHUNK).zip(new.chunks(CHUNK)).take_while(|(a, b)| a == b);
    let chunked: usize = chunks.map(|(chunk, _)| chunk.len()).sum();
    let bytes = old[chunked..].iter().zip(&new[chunked..]).take_while(|(a, b)| a == b);
    let equal = &old[..chunked + bytes.count()];
    memchr::memrchr_iter(b'\n', equal).nth(MARGIN).map_or(0, |end| end + 1)
}

/// The same for the equal lines that both texts end with.
fn last_of_interest(old: &[u8], new: &[u8]) -> usize {
    let chunks = old.rchunks(CHUNK).zip(new.rchunks(CHUNK)).take_while(|(a, b)| a == b);
    let chunked: usize = chunks.map(|(chunk, _)| chunk.len()).sum();
    let left = |text: &'_ [u8]| text.len() - chunked;
    let pairs = old[..left(old)].iter().rev().zip(new[..left(new)].iter().rev());
    let bytes = pairs.take_while(|(a, b)| a == b).count();
    let equal = &old[left(old) - bytes..];
    memchr::memchr_iter(b'\n', equal).nth(MARGIN).map_or(0, |end| equal.len() - end - 1)
}

/// Texts are compared this many bytes at a time.
const CHUNK: usize = 4096;
