//! Near-duplicates: MinHash and locality-sensitive hashing find candidates, the exact Jaccard similarity decides.
//!
//! A. Broder, "On the resemblance and containment of documents" (1997); the bands are those of P. Indyk and R. Motwani (1998).

mod sets;
mod tokens;

use std::collections::HashMap;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::filter::Change;
use crate::{Error, RepairSample};
use sets::Sets;
pub(crate) use tokens::tokens;

/// Two texts are compared if all hashes of one of so many bands agree ...
const BANDS: usize = 25;
/// ... of so many hashes each. Texts of similarity 0.8 are missed once in 20,000 times, those of 0.7 once in 100.
const ROWS: usize = 5;
/// Tokens of the surroundings that make a shingle.
const WIDE: usize = 5;
/// Tokens of a changed line that make a shingle, its sign counted.
const NARROW: usize = 3;
/// Lines before and behind a change that are its surroundings.
const MARGIN: usize = 10;

/// What a sample is compared by: the lines around its change, and the lines that it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    around: Vec<u64>,
    change: Vec<u64>,
    bands: [u64; BANDS],
}

impl Fingerprint {
    pub(crate) fn of(sample: &RepairSample, change: Option<&Change>) -> Self {
        let around = surroundings(sample, change);
        let changed = change.map(changed_lines).unwrap_or_default();
        Self { bands: bands(&around), around, change: changed }
    }

    /// Whether both the surroundings and the changes are at least so similar.
    fn is_near(&self, other: &(Vec<u64>, Vec<u64>), threshold: f64) -> bool {
        jaccard(&self.around, &other.0) >= threshold && jaccard(&self.change, &other.1) >= threshold
    }
}

/// The samples that were kept, by their fingerprints. In memory are 300 bytes or so of each; the rest is in a temporary file.
#[derive(Debug)]
pub(crate) struct Index {
    threshold: f64,
    /// The latest sample with a band's hash.
    latest: HashMap<u64, u32>,
    /// The sample before it, for each band of each sample; itself if there is none.
    earlier: Vec<[u32; BANDS]>,
    sets: Sets,
}

impl Index {
    pub(crate) fn new(threshold: f64) -> Result<Self, Error> {
        Ok(Self {
            threshold,
            latest: HashMap::new(),
            earlier: Vec::new(),
            sets: Sets::new().map_err(Error::Scratch)?,
        })
    }

    /// The number of a near-duplicate that was added before; adds the sample if there is none.
    pub(crate) fn find_or_add(&mut self, sample: &Fingerprint) -> Result<Option<usize>, Error> {
        for candidate in self.candidates(sample) {
            let sets = self.sets.get(candidate as usize).map_err(Error::Scratch)?;
            if sample.is_near(&sets, self.threshold) {
                return Ok(Some(candidate as usize));
            }
        }
        self.sets.push(&sample.around, &sample.change).map_err(Error::Scratch)?;
        let number = u32::try_from(self.earlier.len()).map_err(|_| Error::TooMany)?;
        self.earlier
            .push(sample.bands.map(|band| self.latest.insert(band, number).unwrap_or(number)));
        Ok(None)
    }

    /// The samples that share a band with this one, in their order.
    fn candidates(&self, sample: &Fingerprint) -> Vec<u32> {
        let mut found = Vec::new();
        for (band, hash) in sample.bands.iter().enumerate() {
            let mut next = self.latest.get(hash).copied();
            while let Some(number) = next {
                found.push(number);
                next =
                    Some(self.earlier[number as usize][band]).filter(|&earlier| earlier != number);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The shingles of the lines around a change; of everything there is, where that cannot be said.
fn surroundings(sample: &RepairSample, change: Option<&Change>) -> Vec<u64> {
    let mut hashes = Vec::new();
    match (&sample.code, change) {
        (Some(code), Some(change)) => {
            let windows = change.windows(MARGIN);
            let near = |at: &usize| windows.iter().any(|window| window.contains(at));
            let end = windows.iter().map(|window| window.end).max().unwrap_or_default();
            let lines = code.lines().take(end).enumerate().filter(|(at, _)| near(at));
            lines.for_each(|(_, line)| hashes.extend(tokens(line).map(hash)));
        }
        (code, _) => {
            for text in [code, &sample.diff_text, &sample.bug_report_text].into_iter().flatten() {
                hashes.extend(tokens(text).map(hash));
            }
        }
    }
    set(shingles(&hashes, WIDE))
}

/// The shingles of the changed lines, each line with its sign and by itself.
fn changed_lines(change: &Change) -> Vec<u64> {
    let mut found = Vec::new();
    for (sign, line) in change.lines() {
        let line = String::from_utf8_lossy(line);
        let hashes: Vec<_> = [sign].into_iter().chain(tokens(&line)).map(hash).collect();
        found.extend(shingles(&hashes, NARROW));
    }
    set(found)
}

fn hash(token: &str) -> u64 {
    xxh3_64(token.as_bytes())
}

/// The hashes of all runs of `width` tokens, or of all tokens together if there are fewer.
fn shingles(tokens: &[u64], width: usize) -> impl Iterator<Item = u64> {
    let mix =
        |hash: u64, token: &u64| (hash.rotate_left(7) ^ token).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    tokens.windows(width.min(tokens.len()).max(1)).map(move |run| run.iter().fold(0, mix))
}

/// A set as a sorted list.
fn set(items: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// How many of the items of two sets are in both; two empty sets are the same.
fn jaccard(left: &[u64], right: &[u64]) -> f64 {
    let (mut at, mut common) = (0, 0);
    for item in left {
        at += right[at..].partition_point(|other| other < item);
        common += usize::from(right.get(at) == Some(item));
    }
    let all = left.len() + right.len() - common;
    if all == 0 { 1.0 } else { common as f64 / all as f64 }
}

/// The hash of each band of the MinHash signature of a set.
fn bands(set: &[u64]) -> [u64; BANDS] {
    std::array::from_fn(|band| {
        let mut minima = [0; ROWS * 8];
        for (row, bytes) in minima.chunks_exact_mut(8).enumerate() {
            let (factor, offset) = PERMUTATIONS[band * ROWS + row];
            let permuted = set.iter().map(|item| item.wrapping_mul(factor).wrapping_add(offset));
            bytes.copy_from_slice(&permuted.min().unwrap_or(u64::MAX).to_le_bytes());
        }
        xxh3_64_with_seed(&minima, band as u64)
    })
}

/// Multiplications by odd numbers and additions, which permute the 64-bit integers.
static PERMUTATIONS: [(u64, u64); BANDS * ROWS] = {
    let mut permutations = [(0, 0); BANDS * ROWS];
    let (mut at, mut state) = (0, 0);
    while at < permutations.len() {
        permutations[at] = (scramble(state) | 1, scramble(state + 1));
        (at, state) = (at + 1, state + 2);
    }
    permutations
};

/// The finaliser of SplitMix64 (S. Vigna).
const fn scramble(number: u64) -> u64 {
    let mut z = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
