//! The left side of a product: rows of activations, quantised to 8 bits a value, or rounded to bf16, or as they are.

use super::kernel::{BLOCK, Block, Instructions, Task, View};
use super::low_rank::{LowRank, Narrow};
use super::{Core, math};
use crate::tiles::{RowTile, SIDE, STEP};

/// Rows of a matrix, in the form that the weights of this precision are multiplied with.
#[derive(Debug, Default)]
pub(super) struct Rows {
    floats: Floats,
    form: Form,
    blocks: Vec<Block>,
    /// By sixteen rows, then by 32 columns.
    tiles: Vec<RowTile>,
    narrow: Narrow,
}

/// What rows are multiplied as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Form {
    /// Blocks of integers.
    #[default]
    Blocks,
    /// bf16, in tile registers.
    Tiles,
    /// f32.
    Floats,
}

/// Rows of f32, with zeros up to a whole block.
#[derive(Debug, Default)]
pub(super) struct Floats {
    count: usize,
    /// Columns, rounded up to whole blocks.
    width: usize,
    values: Vec<f32>,
}

/// From this many rows on they are prepared on all threads.
const MANY: usize = 4;

impl Rows {
    /// Makes it `count` rows of `width` columns; `read` writes one row. Where there is a `norm`, rows are normalised first.
    pub(super) fn fill(
        &mut self,
        core: &Core,
        (count, width): (usize, usize),
        norm: Option<Norm<'_>>,
        read: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        let padded = width.next_multiple_of(BLOCK);
        (self.floats.count, self.floats.width) = (count, padded);
        self.floats.values.resize(count * padded, 0.0);
        let prepare = |row: usize, values: &mut [f32]| {
            values[width..].fill(0.0);
            read(row, &mut values[..width]);
            core.cpu.run(Prepare { values: &mut values[..width], norm });
        };
        match self.form {
            Form::Tiles => self.fill_tiles(core, prepare),
            Form::Blocks | Form::Floats => self.fill_blocks(core, prepare),
        }
    }

    fn fill_blocks(&mut self, core: &Core, prepare: impl Fn(usize, &mut [f32]) + Sync) {
        let Floats { count, width, .. } = self.floats;
        let per_row = if self.form == Form::Blocks { width / BLOCK } else { 0 };
        self.blocks.clear();
        self.blocks.resize(count * per_row, Block::ZERO);
        let mut blocks = self.blocks.chunks_mut(per_row.max(1));
        let rows = self.floats.values.chunks_mut(width).enumerate();
        let rows = rows.map(|(row, values)| (row, values, blocks.next().unwrap_or_default()));
        let fill_row = |_: &mut (), (row, values, blocks): (usize, &mut [f32], &mut [Block])| {
            prepare(row, values);
            core.cpu.run(Quantise { values, blocks });
        };
        if count < MANY {
            rows.for_each(|row| fill_row(&mut (), row));
        } else {
            core.team.each(rows, || (), fill_row);
        }
    }

    fn fill_tiles(&mut self, core: &Core, prepare: impl Fn(usize, &mut [f32]) + Sync) {
        let Floats { count, width, .. } = self.floats;
        let steps = width / STEP;
        self.tiles.resize(count.div_ceil(SIDE) * steps, RowTile::ZERO);
        let groups = self.floats.values.chunks_mut(SIDE * width).zip(self.tiles.chunks_mut(steps));
        let fill_group =
            |_: &mut (), (group, (values, tiles)): (usize, (&mut [f32], &mut [RowTile]))| {
                for (row, values) in values.chunks_exact_mut(width).enumerate() {
                    prepare(group * SIDE + row, values);
                    core.cpu.run(Lay { values, row, tiles });
                }
            };
        core.team.each(groups.enumerate(), || (), fill_group);
    }

    /// Makes rows that are filled from now on of this form.
    pub(super) fn set_form(&mut self, form: Form) {
        self.form = form;
    }

    /// How many of so many panels a thread takes at once: in tiles many, since rows are read once for all of them.
    pub(super) fn grain(&self, core: &Core, panels: usize) -> usize {
        /// Columns of so many panels fit into the second cache beside the rows.
        const MOST: usize = 32;
        match self.form {
            Form::Tiles => (panels / (2 * core.team.threads())).clamp(1, MOST),
            Form::Blocks | Form::Floats => core.grain(panels),
        }
    }

    pub(super) fn form(&self) -> Form {
        self.form
    }

    /// Of each sixteen rows, the last ones filled up with others that mean nothing, the tiles of the columns from `first * BLOCK` on.
    pub(super) fn tiles(&self, first: usize, count: usize) -> impl Iterator<Item = &[RowTile]> {
        let steps = self.floats.width / STEP;
        self.tiles.chunks_exact(steps.max(1)).map(move |tiles| &tiles[first..][..count])
    }

    /// Multiplies the rows with the first factors of the maps that they are the input of.
    pub(super) fn narrow<'a>(&mut self, core: &Core, maps: impl Iterator<Item = &'a LowRank>) {
        self.narrow.fill(core, maps, &self.floats);
    }

    /// What [`narrow`](Self::narrow) made.
    pub(super) fn narrowed(&self) -> &Narrow {
        &self.narrow
    }

    pub(super) fn count(&self) -> usize {
        self.floats.count
    }

    /// The blocks from column `first * BLOCK` on.
    pub(super) fn blocks(&self, first: usize) -> View<'_> {
        View { blocks: &self.blocks, stride: self.floats.width / BLOCK, first }
    }

    /// One row, with zeros up to a whole block.
    pub(super) fn floats(&self, row: usize) -> &[f32] {
        self.floats.row(row)
    }
}

impl Floats {
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..][..self.width]
    }
}

/// Root mean square normalisation (Zhang and Sennrich 2019, arXiv 1910.07467).
#[derive(Clone, Copy)]
pub(super) struct Norm<'a> {
    pub(super) gains: &'a [f32],
    pub(super) epsilon: f32,
}

struct Prepare<'a> {
    values: &'a mut [f32],
    norm: Option<Norm<'a>>,
}

impl Task for Prepare<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        let Some(Norm { gains, epsilon }) = self.norm else { return };
        let mean = math::sum_of_squares::<I>(self.values) / self.values.len() as f32;
        let scale = 1.0 / (mean + epsilon).sqrt();
        for (value, gain) in self.values.iter_mut().zip(gains) {
            *value = *value * scale * gain;
        }
    }
}

/// Rounds a row and puts it into tiles, as their row `row`.
struct Lay<'a> {
    values: &'a [f32],
    row: usize,
    tiles: &'a mut [RowTile],
}

impl Task for Lay<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        for (tile, values) in self.tiles.iter_mut().zip(self.values.chunks_exact(STEP)) {
            tile.set_row(self.row, values);
        }
    }
}

struct Quantise<'a> {
    values: &'a [f32],
    blocks: &'a mut [Block],
}

impl Task for Quantise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        for (block, values) in self.blocks.iter_mut().zip(self.values.as_chunks::<BLOCK>().0) {
            *block = quantise(values);
        }
    }
}

/// The nearest of 255 steps between minus and plus the largest magnitude.
#[inline(always)]
fn quantise(values: &[f32; BLOCK]) -> Block {
    /// Adding this rounds to an integer, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    /// Less than this is nothing: its inverse would not be finite.
    const LEAST: f32 = 1e-30;
    // The bits of positive numbers are in the order of the numbers, and integers are compared in vectors.
    let largest = values.iter().fold(0, |most, x| most.max(x.abs().to_bits()));
    let largest = f32::from_bits(largest);
    if largest < LEAST {
        return Block::ZERO;
    }
    let inverse = 127.0 / largest;
    let mut quants = [0; BLOCK];
    for i in 0..BLOCK {
        quants[i] = (values[i] * inverse + ROUND).to_bits() as i8;
    }
    let scale = largest / 127.0;
    let mut halves = [0; 2];
    for i in 0..BLOCK / 2 {
        halves[0] += i32::from(quants[i]);
        halves[1] += i32::from(quants[BLOCK / 2 + i]);
    }
    let sum = scale * (halves[0] + halves[1]) as f32;
    Block { quants, scale, sum, halves }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantised_values_are_near() {
        let values: [f32; BLOCK] = std::array::from_fn(|i| (i as f32 * 0.7).sin() * 3.0);
        let block = quantise(&values);
        assert_eq!(block.quants.iter().map(|q| q.unsigned_abs()).max(), Some(127));
        for (value, quant) in values.iter().zip(block.quants) {
            assert!((value - block.scale * f32::from(quant)).abs() <= block.scale * 0.5001);
        }
        let total: i32 = block.quants.iter().map(|q| i32::from(*q)).sum();
        assert_eq!(
            (block.halves[0] + block.halves[1], block.sum),
            (total, block.scale * total as f32)
        );
        assert_eq!(quantise(&[0.0; BLOCK]), Block::ZERO);
        assert_eq!(quantise(&[1e-38; BLOCK]), Block::ZERO);
    }

    #[test]
    fn what_is_not_a_number_does_not_panic() {
        quantise(&[f32::NAN; BLOCK]);
        quantise(&[f32::INFINITY; BLOCK]);
        quantise(&[f32::MAX; BLOCK]);
    }
}
