//! Causal attention of new positions over the cache.
//!
//! A query's result is computed in one order whatever queries stand beside it: scores by key, in each the components from the
//! first to the last; the sum of the weights in sixteen lanes; the mixed values from the first position to the last.

use std::sync::Arc;

use super::cache::{PAGE, Page};
use super::kernel::{Instructions, LANES, Lane, Task};
use super::math;

/// Vectors of a value row that are summed at once.
const VECTORS: usize = 4;

/// Queries of one layer that share a key/value head.
pub(super) struct Attend<'a> {
    pub(super) pages: &'a [Arc<Page>],
    pub(super) head: usize,
    pub(super) head_dim: usize,
    /// One after the other, already scaled.
    pub(super) queries: &'a [f32],
    /// How many positions each query sees.
    pub(super) seen: &'a [usize],
    /// As `queries`.
    pub(super) out: &'a mut [f32],
    /// Room for the scores of a few queries.
    pub(super) scratch: &'a mut Vec<Lane>,
}

impl Task for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(mut self) {
        let mut first = 0;
        if I::ACCUMULATORS >= 4 * VECTORS {
            while first + 4 <= self.seen.len() {
                self.some::<I, 4>(first);
                first += 4;
            }
        }
        while first < self.seen.len() {
            self.some::<I, 1>(first);
            first += 1;
        }
    }
}

impl Attend<'_> {
    /// The queries from `first` on, `Q` of them.
    #[inline(always)]
    fn some<I: Instructions, const Q: usize>(&mut self, first: usize) {
        let dim = self.head_dim;
        let queries: [&[f32]; Q] =
            std::array::from_fn(|i| &self.queries[(first + i) * dim..][..dim]);
        let seen: [usize; Q] = std::array::from_fn(|i| self.seen[first + i]);
        let most = seen.into_iter().max().unwrap_or(0);
        let groups = most.div_ceil(LANES);
        self.scratch.clear();
        self.scratch.resize(Q * groups, [0.0; LANES]);
        let keys = self.pages.iter().flat_map(|page| page.keys(self.head, dim));
        for (group, keys) in keys.take(groups).enumerate() {
            let scores = scores::<I, Q>(keys, queries);
            for (query, scores) in scores.into_iter().enumerate() {
                I::store(scores, &mut self.scratch[query * groups + group]);
            }
        }
        for (scores, seen) in self.scratch.chunks_exact_mut(groups).zip(seen) {
            weigh(scores, seen);
        }
        self.mix::<I, Q>(first, seen, groups);
    }

    /// Sums the values that `Q` queries see, by their weights in the scratch.
    #[inline(always)]
    fn mix<I: Instructions, const Q: usize>(
        &mut self,
        first: usize,
        seen: [usize; Q],
        groups: usize,
    ) {
        let dim = self.head_dim;
        let width = dim.div_ceil(LANES);
        let together = seen.into_iter().min().unwrap_or(0);
        for start in (0..width).step_by(VECTORS) {
            let mut sums = [[I::splat(0.0); VECTORS]; Q];
            let vectors = VECTORS.min(width - start);
            let weights = self.scratch.as_flattened();
            let weights: [&[f32]; Q] =
                std::array::from_fn(|i| &weights[i * groups * LANES..][..seen[i]]);
            if vectors == VECTORS {
                self.add_values::<I, Q, VECTORS>(0..together, &weights, start, &mut sums);
            } else {
                self.add_values_singly::<I, Q>(
                    0..together,
                    &weights,
                    start..start + vectors,
                    &mut sums,
                );
            }
            for query in 0..Q {
                let (weights, sums) = (&[weights[query]], std::array::from_mut(&mut sums[query]));
                self.add_values_singly::<I, 1>(
                    together..seen[query],
                    weights,
                    start..start + vectors,
                    sums,
                );
            }
            for (query, sums) in sums.into_iter().enumerate() {
                let out = &mut self.out[(first + query) * dim..][..dim];
                for (sum, out) in sums.into_iter().zip(out.chunks_mut(LANES).skip(start)) {
                    let mut lane = [0.0; LANES];
                    I::store(sum, &mut lane);
                    out.copy_from_slice(&lane[..out.len()]);
                }
            }
        }
    }

    /// Adds the values of some positions, `N` vectors of each from `start` on.
    #[inline(always)]
    fn add_values<I: Instructions, const Q: usize, const N: usize>(
        &self,
        positions: std::ops::Range<usize>,
        weights: &[&[f32]; Q],
        start: usize,
        sums: &mut [[I::Vector; VECTORS]; Q],
    ) {
        let width = self.head_dim.div_ceil(LANES);
        let mut position = positions.start;
        while position < positions.end {
            let values = self.pages[position / PAGE].values(self.head, width);
            let end = positions.end.min((position / PAGE + 1) * PAGE);
            let rows = values[position % PAGE * width..].chunks_exact(width);
            for (position, values) in (position..end).zip(rows) {
                let values: [I::Vector; N] = std::array::from_fn(|i| I::load(&values[start + i]));
                for query in 0..Q {
                    let weight = I::splat(weights[query][position]);
                    for i in 0..N {
                        sums[query][i] = I::fma(weight, values[i], sums[query][i]);
                    }
                }
            }
            position = end;
        }
    }

    /// As [`add_values`](Self::add_values), one vector after the other.
    #[inline(always)]
    fn add_values_singly<I: Instructions, const Q: usize>(
        &self,
        positions: std::ops::Range<usize>,
        weights: &[&[f32]; Q],
        vectors: std::ops::Range<usize>,
        sums: &mut [[I::Vector; VECTORS]; Q],
    ) {
        for (slot, vector) in vectors.enumerate() {
            let mut only: [[I::Vector; VECTORS]; Q] = *sums;
            for query in 0..Q {
                only[query][0] = sums[query][slot];
            }
            self.add_values::<I, Q, 1>(positions.clone(), weights, vector, &mut only);
            for query in 0..Q {
                sums[query][slot] = only[query][0];
            }
        }
    }
}

/// The products of `Q` queries with sixteen keys.
#[inline(always)]
fn scores<I: Instructions, const Q: usize>(keys: &[Lane], queries: [&[f32]; Q]) -> [I::Vector; Q] {
    let mut scores = [I::splat(0.0); Q];
    for (component, keys) in keys.iter().enumerate() {
        let keys = I::load(keys);
        for query in 0..Q {
            scores[query] = I::fma(I::splat(queries[query][component]), keys, scores[query]);
        }
    }
    scores
}

/// Softmax over the first `seen` scores; the others become zero.
#[inline(always)]
fn weigh(scores: &mut [Lane], seen: usize) {
    let flat = scores.as_flattened_mut();
    let most = flat[..seen].iter().fold(f32::NEG_INFINITY, |most, x| most.max(*x));
    for score in &mut *flat {
        *score = math::exp(*score - most);
    }
    flat[seen..].fill(0.0);
    let mut sums = [0.0; LANES];
    for scores in &*scores {
        for (sum, score) in sums.iter_mut().zip(scores) {
            *sum += score;
        }
    }
    let inverse = 1.0 / math::sum(sums);
    for score in scores.as_flattened_mut() {
        *score *= inverse;
    }
}
