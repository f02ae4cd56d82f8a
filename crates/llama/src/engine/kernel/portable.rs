//! The definition of the arithmetic, in plain Rust. The other instruction sets are tested against it.

use super::{Instructions, LANES, Lane, QUAD, Sharing, Tile, View};

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
                match tile.sharing {
                    Sharing::Block => {
                        let dots = dots(codes, &block.quants);
                        add(sums, dots, tile, index, block.scale, block.sums[0]);
                    }
                    Sharing::Half => {
                        let (codes, quants) =
                            (codes.as_chunks::<256>().0, block.quants.as_chunks::<16>().0);
                        for half in 0..2 {
                            let dots = dots(&codes[half], &quants[half]);
                            add(
                                sums,
                                dots,
                                tile,
                                2 * index + half,
                                block.scale,
                                block.sums[1 + half],
                            );
                        }
                    }
                }
            }
        }
    }
}

/// Of each channel, the sum of products of its codes and the row's integers.
fn dots(codes: &[u8], quants: &[i8]) -> [i32; LANES] {
    let mut dots = [0; LANES];
    let groups = codes.as_chunks::<{ LANES * QUAD }>().0.iter().zip(quants.as_chunks::<QUAD>().0);
    for (codes, quants) in groups {
        for (dot, codes) in dots.iter_mut().zip(codes.as_chunks::<QUAD>().0) {
            *dot +=
                codes.iter().zip(quants).map(|(c, q)| i32::from(*c) * i32::from(*q)).sum::<i32>();
        }
    }
    dots
}

fn add(sums: &mut Lane, dots: [i32; LANES], tile: &Tile, index: usize, scale: f32, sum: f32) {
    let (scales, offsets) = (&tile.scales[index], &tile.offsets[index]);
    for lane in 0..LANES {
        let scaled = (dots[lane] as f32).mul_add(scales[lane] * scale, sums[lane]);
        sums[lane] = offsets[lane].mul_add(sum, scaled);
    }
}
