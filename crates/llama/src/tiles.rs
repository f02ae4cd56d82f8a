//! Tile registers (Intel AMX): sixteen rows times sixteen columns, 32 numbers deep, in one instruction.
//!
//! Numbers are bf16, sums f32. A sum is made in the order of its numbers, whatever rows and columns stand beside it.

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "instructions without a name in the compiler")]
mod amx;
#[cfg(not(target_arch = "x86_64"))]
mod none;

#[cfg(target_arch = "x86_64")]
pub(crate) use amx::Tiles;
#[cfg(not(target_arch = "x86_64"))]
pub(crate) use none::Tiles;

/// Rows of a tile, columns of a tile, and pairs that it is deep.
pub(crate) const SIDE: usize = 16;
/// How many numbers deep a tile is.
pub(crate) const STEP: usize = 2 * SIDE;
/// How many tiles of rows go through the registers together.
pub(crate) const TALL: usize = 4;

/// Sixteen rows of 32 numbers, each in a cache line of its own.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct RowTile(pub(crate) [u16; SIDE * STEP]);

/// 32 numbers of sixteen columns, in pairs: the first two numbers of every column, then the next two. The first of a pair is in the lower bits.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct ColumnTile(pub(crate) [u32; SIDE * SIDE]);

impl RowTile {
    pub(crate) const ZERO: Self = Self([0; SIDE * STEP]);

    /// Rounds 32 numbers into a row.
    #[inline(always)]
    pub(crate) fn set_row(&mut self, row: usize, numbers: &[f32]) {
        for (place, number) in self.0[row * STEP..][..STEP].iter_mut().zip(numbers) {
            *place = round(*number);
        }
    }
}

impl ColumnTile {
    pub(crate) const ZERO: Self = Self([0; SIDE * SIDE]);
}

/// The bits of the nearest bf16, ties to even; what is not a number stays none.
#[inline(always)]
pub(crate) fn round(x: f32) -> u16 {
    let bits = x.to_bits();
    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1));
    ((if x.is_nan() { bits | 0x0040_0000 } else { rounded }) >> 16) as u16
}

/// Two numbers, by their bits, as a pair.
#[inline(always)]
pub(crate) fn pair(low: u16, high: u16) -> u32 {
    u32::from(low) | u32::from(high) << 16
}

#[cfg(test)]
mod tests {
    use half::bf16;
    use proptest::prelude::*;

    use super::{ColumnTile, RowTile, SIDE, STEP, Tiles, pair, round};

    proptest! {
        #[test]
        fn rounding_is_that_of_half(bits in any::<u32>()) {
            let x = f32::from_bits(bits);
            let (found, expected) = (bf16::from_bits(round(x)), bf16::from_f32(x));
            prop_assert!(found.to_bits() == expected.to_bits() || found.is_nan() && x.is_nan());
        }

        #[test]
        fn tiles_are_multiplied_and_added(groups in 1..=6_usize, steps in 1..4_usize, spare in 0..40_usize, seed in any::<u64>()) {
            let Some(mut tiles) = Tiles::configure() else { return Ok(()) };
            // Small integers: every sum is exact.
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                f32::from((state >> 60) as i8 - 8)
            };
            let depth = steps * STEP;
            let x: Vec<Vec<f32>> = (0..groups * SIDE).map(|_| (0..depth).map(|_| next()).collect()).collect();
            let w: Vec<Vec<f32>> = (0..SIDE).map(|_| (0..depth).map(|_| next()).collect()).collect();
            let row_tiles: Vec<Vec<RowTile>> = x.chunks(SIDE).map(|x| {
                (0..steps).map(|s| RowTile(std::array::from_fn(|i| round(x[i / STEP][s * STEP + i % STEP])))).collect()
            }).collect();
            let columns: Vec<ColumnTile> = (0..steps).map(|s| {
                ColumnTile(std::array::from_fn(|i| {
                    let (column, at) = (&w[i % SIDE], s * STEP + i / SIDE * 2);
                    pair(round(column[at]), round(column[at + 1]))
                }))
            }).collect();
            let stride = SIDE + spare;
            let mut sums = vec![1.0; groups * SIDE * stride];
            let rows: Vec<&[RowTile]> = row_tiles.iter().map(Vec::as_slice).collect();
            tiles.add(&rows, &columns, &mut sums, stride);
            for (row, sums) in x.iter().zip(sums.chunks(stride)) {
                for (column, sum) in w.iter().zip(&sums[..SIDE]) {
                    let product: f32 = row.iter().zip(column).map(|(a, b)| a * b).sum();
                    prop_assert_eq!(*sum, 1.0 + product);
                }
                prop_assert!(sums[SIDE..].iter().all(|sum| *sum == 1.0));
            }
        }
    }
}
