//! What an adapter adds to a product: `scale * B (A x)`, on activations in f32.
//!
//! `A x` is small and needed by every channel, so it is made first, for all maps of the same input at once; `B` is then
//! multiplied panel by panel, beside the weights. The order of a sum is fixed: a rank of `A x` is summed in sixteen lanes along the
//! row, and those in pairs; the ranks of a channel are added up in eights, a last four by themselves.

use super::Core;
use super::kernel::{BLOCK, Instructions, LANES, Lane, Task};
use super::math;
use super::rows::Floats;
use crate::adapter::Factors;

/// Ranks that go through the registers together.
const STRIP: usize = 4;

/// Rows that share a loaded piece of `A`.
const TOGETHER: usize = 4;

/// What a factor has for sixteen columns or channels, by rank.
#[derive(Clone)]
#[repr(align(64))]
struct Strip([Lane; STRIP]);

impl Strip {
    const ZERO: Self = Self([[0.0; LANES]; STRIP]);
}

/// The factors of one linear map, their ranks padded with zeros to whole strips.
pub(super) struct LowRank {
    /// By strip, then by sixteen columns: those of each rank.
    a: Vec<Strip>,
    /// By panel, then by strip: sixteen channels of each rank.
    b: Vec<Strip>,
    strips: usize,
    /// Strips of other maps of the same input that stand before those of this one.
    first: usize,
    scale: f32,
}

impl LowRank {
    /// Packs the factors of a map. Maps of the same input before it have `first` strips together.
    pub(super) fn new(factors: &Factors, scale: f32, first: usize) -> Self {
        let (rank, inputs) = (factors.rank, factors.inputs());
        let strips = rank.div_ceil(STRIP);
        let groups = inputs.next_multiple_of(BLOCK) / LANES;
        let mut a = vec![Strip::ZERO; strips * groups];
        for (rank, row) in factors.a.chunks_exact(inputs).enumerate() {
            let strip = &mut a[rank / STRIP * groups..];
            for (group, values) in strip.iter_mut().zip(row.chunks(LANES)) {
                group.0[rank % STRIP][..values.len()].copy_from_slice(values);
            }
        }
        let mut b = vec![Strip::ZERO; strips * factors.outputs().div_ceil(LANES)];
        for (channel, row) in factors.b.chunks_exact(rank).enumerate() {
            let panel = &mut b[channel / LANES * strips..];
            for (rank, value) in row.iter().enumerate() {
                panel[rank / STRIP].0[rank % STRIP][channel % LANES] = *value;
            }
        }
        Self { a, b, strips, first, scale }
    }

    pub(super) fn strips(&self) -> usize {
        self.strips
    }

    /// Bytes of the packed factors.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.a.as_slice()) + size_of_val(self.b.as_slice())
    }

    /// One strip of `A`.
    fn strip(&self, index: usize) -> &[Strip] {
        let groups = self.a.len() / self.strips;
        &self.a[index * groups..][..groups]
    }

    /// The product of one panel of `B` with every row, added to `sums`.
    #[inline(always)]
    pub(super) fn add_product<I: Instructions>(
        &self,
        panel: usize,
        narrow: &Narrow,
        sums: &mut [Lane],
    ) {
        let panel = &self.b[panel * self.strips..][..self.strips];
        let (pairs, last) = panel.as_chunks::<2>();
        let mut first = self.first;
        for strips in pairs {
            narrow.add_product::<I, 2>(strips, first, sums);
            first += 2;
        }
        if let Some(strip) = last.first() {
            narrow.add_product::<I, 1>(std::array::from_ref(strip), first, sums);
        }
    }
}

/// `scale * A x` of some rows, for all maps of the same input.
#[derive(Debug, Default)]
pub(super) struct Narrow {
    /// By group of rows, then by strip.
    cells: Vec<Cell>,
    strips: usize,
}

/// By row, then by rank.
type Cell = [[f32; STRIP]; TOGETHER];

impl Narrow {
    /// Multiplies every row with the first factors of the maps of one input.
    pub(super) fn fill<'a>(
        &mut self,
        core: &Core,
        maps: impl Iterator<Item = &'a LowRank>,
        rows: &Floats,
    ) {
        let strips: Vec<_> =
            maps.flat_map(|map| (0..map.strips).map(|i| (map.strip(i), map.scale))).collect();
        self.strips = strips.len();
        if strips.is_empty() {
            return;
        }
        self.cells.resize(rows.count().div_ceil(TOGETHER) * strips.len(), Cell::default());
        let grain = core.grain(self.cells.len());
        let pieces = self.cells.chunks_mut(grain).enumerate();
        core.team.each(
            pieces,
            || (),
            |(), (piece, cells)| {
                for (index, cell) in (piece * grain..).zip(cells) {
                    let (strip, scale) = strips[index % strips.len()];
                    let first = index / strips.len() * TOGETHER;
                    core.cpu.run(Narrowing { strip, rows, first, scale, cell });
                }
            },
        );
    }

    /// Adds the products of `N` strips of a panel of `B`, those from `first` on, to the sums of every row.
    #[inline(always)]
    fn add_product<I: Instructions, const N: usize>(
        &self,
        strips: &[Strip; N],
        first: usize,
        sums: &mut [Lane],
    ) {
        let b: [[I::Vector; STRIP]; N] =
            std::array::from_fn(|i| std::array::from_fn(|rank| I::load(&strips[i].0[rank])));
        let groups = self.cells.chunks_exact(self.strips);
        for (cells, sums) in groups.zip(sums.chunks_mut(TOGETHER)) {
            let cells: [&Cell; N] = std::array::from_fn(|i| &cells[first + i]);
            for (row, sums) in sums.iter_mut().enumerate() {
                // A sum of its own does not have to wait for that of the weights.
                let mut added = I::splat(0.0);
                for (b, cell) in b.iter().zip(cells) {
                    for rank in 0..STRIP {
                        added = I::fma(b[rank], I::splat(cell[row][rank]), added);
                    }
                }
                I::store(I::fma(I::splat(1.0), added, I::load(sums)), sums);
            }
        }
    }
}

/// The products of a strip of `A` with up to [`TOGETHER`] rows.
struct Narrowing<'a> {
    strip: &'a [Strip],
    rows: &'a Floats,
    first: usize,
    scale: f32,
    cell: &'a mut Cell,
}

impl Task for Narrowing<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(mut self) {
        let count = TOGETHER.min(self.rows.count() - self.first);
        if count == TOGETHER && I::ACCUMULATORS >= STRIP * TOGETHER {
            return self.some::<I, TOGETHER>(0);
        }
        for row in 0..count {
            self.some::<I, 1>(row);
        }
    }
}

impl Narrowing<'_> {
    /// The rows from `start` of the cell on, `R` of them.
    #[inline(always)]
    fn some<I: Instructions, const R: usize>(&mut self, start: usize) {
        let rows: [&[Lane]; R] =
            std::array::from_fn(|r| self.rows.row(self.first + start + r).as_chunks().0);
        let mut sums = [[I::splat(0.0); STRIP]; R];
        for (group, a) in self.strip.iter().enumerate() {
            let values: [I::Vector; R] = std::array::from_fn(|r| I::load(&rows[r][group]));
            for (rank, a) in a.0.iter().enumerate() {
                let a = I::load(a);
                for r in 0..R {
                    sums[r][rank] = I::fma(a, values[r], sums[r][rank]);
                }
            }
        }
        for (sums, out) in sums.into_iter().zip(&mut self.cell[start..]) {
            for (sum, out) in sums.into_iter().zip(out) {
                let mut lane = [0.0; LANES];
                I::store(sum, &mut lane);
                *out = self.scale * math::sum(lane);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kernel::{Cpu, Team};
    use crate::engine::rows::Rows;
    use crate::engine::{Core, Precision};

    fn values(count: usize, seed: f32) -> Vec<f32> {
        (0..count).map(|i| (i as f32 * 0.37 + seed).sin()).collect()
    }

    fn factors(rank: usize, [outputs, inputs]: [usize; 2]) -> Factors {
        Factors { a: values(rank * inputs, 1.0), b: values(outputs * rank, 2.0), rank }
    }

    struct Add<'a>(&'a LowRank, usize, &'a Narrow, &'a mut [Lane]);

    impl Task for Add<'_> {
        type Output = ();

        #[inline(always)]
        fn run<I: Instructions>(self) {
            self.0.add_product::<I>(self.1, self.2, self.3);
        }
    }

    /// What both maps add to ones, by row, the channels of the first before those of the second.
    fn added(core: &Core, maps: &[LowRank; 2], outputs: usize, x: &[&[f32]]) -> Vec<Vec<f32>> {
        let mut rows = Rows::default();
        rows.fill(core, (x.len(), x[0].len()), None, |row, out| out.copy_from_slice(x[row]));
        rows.narrow(core, maps.iter());
        let mut out = vec![Vec::new(); x.len()];
        for map in maps {
            for panel in 0..outputs.div_ceil(LANES) {
                let mut sums = vec![[1.0; LANES]; x.len()];
                core.cpu.run(Add(map, panel, rows.narrowed(), &mut sums));
                let channels = LANES.min(outputs - panel * LANES);
                out.iter_mut().zip(sums).for_each(|(out, sums)| out.extend(&sums[..channels]));
            }
        }
        out
    }

    fn exact(factors: &Factors, scale: f32, x: &[f32]) -> Vec<f64> {
        let dot = |a: &[f32], b: &[f64]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * b).sum();
        let x: Vec<f64> = x.iter().map(|x| (*x).into()).collect();
        let narrow: Vec<f64> = factors.a.chunks(x.len()).map(|a| dot(a, &x)).collect();
        let wide = factors.b.chunks(factors.rank).map(|b: &[f32]| -> f64 { dot(b, &narrow) });
        wide.map(|wide| 1.0 + f64::from(scale) * wide).collect()
    }

    #[test]
    fn sums_are_right_and_the_same_bits_however_they_are_made() {
        let (outputs, inputs, scale) = (37, 83, 0.25);
        let x: Vec<Vec<f32>> = (0..9).map(|row| values(inputs, row as f32)).collect();
        let x: Vec<&[f32]> = x.iter().map(Vec::as_slice).collect();
        for ranks in [[1, 4], [8, 8], [5, 19]] {
            let factors = ranks.map(|rank| factors(rank, [outputs, inputs]));
            let first = LowRank::new(&factors[0], scale, 0);
            let second = LowRank::new(&factors[1], scale, first.strips());
            let maps = [first, second];
            let core = |cpu, threads| {
                let team = Team::new(threads).unwrap();
                Core { cpu, team, precision: Precision::Quantised, tiles: false }
            };
            let singly = core(*Cpu::all().last().unwrap(), 1);
            let expected: Vec<Vec<f32>> =
                x.iter().flat_map(|x| added(&singly, &maps, outputs, &[x])).collect();
            for (x, found) in x.iter().zip(&expected) {
                let exact = factors.iter().flat_map(|factors| exact(factors, scale, x));
                assert!(exact.zip(found).all(|(a, b)| (a - f64::from(*b)).abs() < 1e-4));
            }
            for (cpu, threads) in Cpu::all().into_iter().flat_map(|cpu| [(cpu, 1), (cpu, 3)]) {
                for count in 1..=x.len() {
                    let found = added(&core(cpu, threads), &maps, outputs, &x[..count]);
                    assert!(found == expected[..count], "{cpu:?}, {threads} threads, {count} rows");
                }
            }
        }
    }
}
