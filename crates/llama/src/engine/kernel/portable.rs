//! The definition of the arithmetic, in plain Rust. The other instruction sets are tested against it.

use crate::quant::half;

use super::{BLOCK, HALVED_ZERO, Instructions, LANES, Lane, QUAD, Sharing, Tile, View};

pub(super) struct Portable;

impl Instructions for Portable {
    type Vector = Lane;

    const ACCUMULATORS: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Lane {
        [value; LANES]
    }

    #[inline(always)]
    fn load(values: &Lane) -> Lane {
        *values
    }

    #[inline(always)]
    fn store(vector: Lane, values: &mut Lane) {
        *values = vector;
    }

    #[inline(always)]
    fn halves(bytes: &[u8; 2 * LANES]) -> Lane {
        let mut out = [0.0; LANES];
        for (out, bytes) in out.iter_mut().zip(bytes.as_chunks::<2>().0) {
            *out = half(*bytes);
        }
        out
    }

    #[inline(always)]
    fn fma(a: Lane, b: Lane, mut c: Lane) -> Lane {
        for lane in 0..LANES {
            c[lane] = a[lane].mul_add(b[lane], c[lane]);
        }
        c
    }

    fn dot(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
        for (row, sums) in sums.iter_mut().enumerate() {
            let row = rows.row(row, tile.blocks);
            for (index, (block, codes)) in row.iter().zip(&tile.codes).enumerate() {
                let parts = if tile.sharing == Sharing::Half { 2 } else { 1 };
                let codes = codes.chunks(codes.len() / parts);
                let quants = block.quants.chunks(BLOCK / parts);
                for (part, (codes, quants)) in codes.zip(quants).enumerate() {
                    let zero = if parts == 2 { HALVED_ZERO } else { 0 };
                    let dots = dots(codes, zero, quants);
                    let scales = &tile.scales[index * parts + part];
                    for lane in 0..LANES {
                        let scale = scales[lane] * block.scale;
                        sums[lane] = (dots[lane] as f32).mul_add(scale, sums[lane]);
                        if parts == 1 {
                            sums[lane] = tile.offsets[index][lane].mul_add(block.sum, sums[lane]);
                        }
                    }
                }
            }
        }
    }
}

/// Of each channel, the sum of products of its codes and the row's integers.
fn dots(codes: &[u8], zero: u8, quants: &[i8]) -> [i32; LANES] {
    let mut dots = [0; LANES];
    let groups = codes.as_chunks::<{ LANES * QUAD }>().0.iter().zip(quants.as_chunks::<QUAD>().0);
    for (codes, quants) in groups {
        for (dot, codes) in dots.iter_mut().zip(codes.as_chunks::<QUAD>().0) {
            let products = codes.iter().zip(quants);
            *dot += products
                .map(|(code, quant)| (i32::from(*code) - i32::from(zero)) * i32::from(*quant))
                .sum::<i32>();
        }
    }
    dots
}
