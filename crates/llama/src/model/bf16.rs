//! Products of f32 rows with bf16 weights, in the processor's tile registers (Intel AMX).
//!
//! A tile product multiplies sixteen rows with sixteen columns, 32 deep, in the time of one vector product, so what a frozen
//! weight costs in training is no longer the multiplying. Rows are rounded to bf16 and laid out as tiles once; weights are
//! laid out [`DEPTH`] by [`WIDTH`] at a time, which stays in the second cache while all rows pass by. Sums are f32.

use half::bf16;
use rayon::prelude::*;

use crate::tiles::{ColumnTile, RowTile, SIDE, STEP, TALL, Tiles, pair};

/// How deep, in tiles, weights are laid out at a time.
const DEPTH: usize = 16;
/// Columns that are laid out at a time.
const WIDTH: usize = 256;
/// Rows that go through the registers together.
const ROWS: usize = TALL * SIDE;

/// What a weight, `[out, in]`, is multiplied with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Rows of `in` numbers: `x Wᵀ`.
    Inputs,
    /// Rows of `out` numbers: `x W`.
    Outputs,
}

/// A weight of `[outputs, inputs]`, row-major.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weight<'a> {
    pub(super) values: &'a [bf16],
    pub(super) inputs: usize,
}

impl Weight<'_> {
    /// The product with rows in f32; `None` where the processor has no tiles, or the sizes are no multiples of theirs.
    pub(super) fn product(self, x: &[f32], side: Side) -> Option<Vec<f32>> {
        let outputs = self.values.len() / self.inputs.max(1);
        let (depth, width) = match side {
            Side::Inputs => (self.inputs, outputs),
            Side::Outputs => (outputs, self.inputs),
        };
        if depth % STEP != 0 || width % SIDE != 0 || x.is_empty() || !Tiles::are_available() {
            return None;
        }
        let rows = x.len() / depth;
        let mut y = vec![0.0; rows.next_multiple_of(SIDE) * width];
        let share = rows.div_ceil(rayon::current_num_threads()).next_multiple_of(ROWS);
        let shares = y.par_chunks_mut(share * width).zip(x.par_chunks(share * depth));
        let done = shares.map(|(y, x)| self.multiply(x, y, [depth, width], side));
        if !done.reduce(|| true, |a, b| a && b) {
            return None;
        }
        y.truncate(rows * width);
        Some(y)
    }

    /// Adds the product with some rows to `y`, which is zero and has whole tiles of rows. Says whether this thread has tiles.
    fn multiply(self, x: &[f32], y: &mut [f32], [depth, width]: [usize; 2], side: Side) -> bool {
        let Some(mut tiles) = Tiles::configure() else { return false };
        let rows = lay_rows(x, depth);
        let steps = depth / STEP;
        let mut columns: Vec<ColumnTile> = Vec::new();
        for first in (0..steps).step_by(DEPTH) {
            let deep = DEPTH.min(steps - first);
            for left in (0..width).step_by(WIDTH) {
                let wide = WIDTH.min(width - left);
                columns.resize(deep * wide / SIDE, ColumnTile::ZERO);
                for (panel, columns) in columns.chunks_exact_mut(deep).enumerate() {
                    self.lay_columns(columns, first * STEP, left + panel * SIDE, side);
                }
                for (y, rows) in y.chunks_mut(ROWS * width).zip(rows.chunks(TALL * steps)) {
                    let rows: Vec<_> = rows.chunks(steps).map(|r| &r[first..][..deep]).collect();
                    for (panel, columns) in columns.chunks_exact(deep).enumerate() {
                        tiles.add(&rows, columns, &mut y[left + panel * SIDE..], width);
                    }
                }
            }
        }
        true
    }

    /// Lays out sixteen columns from `left`, as deep as there is room, from `top`.
    fn lay_columns(self, columns: &mut [ColumnTile], top: usize, left: usize, side: Side) {
        match side {
            Side::Inputs => self.lay_across(columns, top, left),
            Side::Outputs => self.lay_along(columns, top, left),
        }
    }

    /// Columns are rows of the weight.
    fn lay_across(self, columns: &mut [ColumnTile], top: usize, left: usize) {
        for column in 0..SIDE {
            let values = &self.values[(left + column) * self.inputs + top..];
            for (tile, values) in columns.iter_mut().zip(values.chunks_exact(STEP)) {
                let pairs = values.as_chunks::<2>().0;
                for (line, [low, high]) in tile.0.chunks_exact_mut(SIDE).zip(pairs) {
                    line[column] = pair(low.to_bits(), high.to_bits());
                }
            }
        }
    }

    /// Columns are columns of the weight.
    fn lay_along(self, columns: &mut [ColumnTile], top: usize, left: usize) {
        for (step, tile) in columns.iter_mut().enumerate() {
            for (index, line) in tile.0.chunks_exact_mut(SIDE).enumerate() {
                let at = (top + step * STEP + 2 * index) * self.inputs + left;
                let (low, high) = (&self.values[at..], &self.values[at + self.inputs..]);
                for ((place, low), high) in line.iter_mut().zip(&low[..SIDE]).zip(&high[..SIDE]) {
                    *place = pair(low.to_bits(), high.to_bits());
                }
            }
        }
    }
}

/// Rounds rows of `depth` numbers to bf16, in tiles: sixteen rows, 32 numbers deep, one behind the other, then the next sixteen. The
/// last rows are filled up with zeros.
fn lay_rows(x: &[f32], depth: usize) -> Vec<RowTile> {
    let steps = depth / STEP;
    let mut tiles = vec![RowTile::ZERO; (x.len() / depth).div_ceil(SIDE) * steps];
    for (x, tiles) in x.chunks(SIDE * depth).zip(tiles.chunks_exact_mut(steps)) {
        for (row, x) in x.chunks_exact(depth).enumerate() {
            for (x, tile) in x.chunks_exact(STEP).zip(&mut *tiles) {
                tile.set_row(row, x);
            }
        }
    }
    tiles
}

#[cfg(test)]
mod tests {
    use half::bf16;
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    use super::{Side, Tiles, Weight};

    #[test]
    fn tiles_are_rounded_numbers_multiplied_and_added() {
        if !Tiles::are_available() {
            eprintln!("this processor has no tile registers");
            return;
        }
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
        for (rows, inputs, outputs) in
            [(1, 32, 32), (16, 64, 96), (17, 544, 32), (33, 32, 288), (70, 96, 1056), (5, 1056, 96)]
        {
            let mut random = |len: usize| -> Vec<f32> {
                (0..len).map(|_| rng.random_range(-1.0..1.0)).collect()
            };
            let values: Vec<bf16> =
                random(inputs * outputs).into_iter().map(bf16::from_f32).collect();
            let weight = Weight { values: &values, inputs };
            for (side, depth, width) in
                [(Side::Inputs, inputs, outputs), (Side::Outputs, outputs, inputs)]
            {
                let x = random(rows * depth);
                let y = weight.product(&x, side).expect("there are tiles, and the sizes fit");
                assert_eq!(y.len(), rows * width);
                for (index, found) in y.iter().enumerate() {
                    let (row, column) = (index / width, index % width);
                    let expected: f64 = (0..depth)
                        .map(|k| {
                            let at = match side {
                                Side::Inputs => column * inputs + k,
                                Side::Outputs => k * inputs + column,
                            };
                            let x = bf16::from_f32(x[row * depth + k]).to_f64();
                            x * values[at].to_f64()
                        })
                        .sum();
                    let distance = (f64::from(*found) - expected).abs();
                    assert!(distance < 1e-4, "{side:?} {row} {column}: {found}, not {expected}");
                }
            }
        }
    }

    #[test]
    fn sizes_that_are_no_tiles_are_left_to_others() {
        let values = vec![bf16::ONE; 48 * 40];
        let weight = Weight { values: &values, inputs: 48 };
        assert_eq!(weight.product(&[1.0; 48], Side::Inputs), None);
        assert_eq!(weight.product(&[], Side::Inputs), None);
    }
}
