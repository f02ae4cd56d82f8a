//! AVX-512 with VNNI: sixteen channels in a register, four products of each by one instruction.

use std::arch::x86_64::*;
use std::array;

use crate::engine::kernel::{Block, Instructions, Lane, QUAD, Sharing, Tile, View};

pub(super) struct Avx512;

/// Rows that share a loaded weight: as many as hide the latency of the product.
const ROWS: usize = 8;

impl Instructions for Avx512 {
    type Vector = __m512;

    const ACCUMULATORS: usize = 16;

    #[inline(always)]
    fn splat(value: f32) -> __m512 {
        // SAFETY: code that is generic over instruction sets runs inside `Set::run`, which has these features.
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn load(values: &Lane) -> __m512 {
        // SAFETY: as in `splat`; the reference is to 16 floats.
        unsafe { _mm512_loadu_ps(values.as_ptr()) }
    }

    #[inline(always)]
    fn store(vector: __m512, values: &mut Lane) {
        // SAFETY: as in `splat`; the reference is to 16 floats.
        unsafe { _mm512_storeu_ps(values.as_mut_ptr(), vector) }
    }

    #[inline(always)]
    fn fma(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: as in `splat`.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn dot(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
        // SAFETY: as in `splat`.
        unsafe {
            match tile.sharing {
                Sharing::Block => all_rows::<1>(tile, rows, sums),
                Sharing::Half => all_rows::<2>(tile, rows, sums),
            }
        }
    }
}

/// `PARTS` is the number of scales a block has.
#[target_feature(enable = "avx512f,avx512vnni")]
fn all_rows<const PARTS: usize>(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
    let (full, rest) = sums.as_chunks_mut::<ROWS>();
    for (index, sums) in full.iter_mut().enumerate() {
        some_rows::<ROWS, PARTS>(tile, rows, index * ROWS, sums);
    }
    let done = full.len() * ROWS;
    let (full, rest) = rest.as_chunks_mut::<4>();
    for sums in full.iter_mut() {
        some_rows::<4, PARTS>(tile, rows, done, sums);
    }
    let done = done + full.len() * 4;
    for (index, sums) in rest.iter_mut().enumerate() {
        some_rows::<1, PARTS>(tile, rows, done + index, array::from_mut(sums));
    }
}

#[target_feature(enable = "avx512f,avx512vnni")]
fn some_rows<const R: usize, const PARTS: usize>(
    tile: &Tile,
    rows: View<'_>,
    first: usize,
    sums: &mut [Lane; R],
) {
    let rows: [&[Block]; R] = array::from_fn(|r| rows.row(first + r, tile.blocks));
    let mut totals = [_mm512_setzero_ps(); R];
    for r in 0..R {
        totals[r] = Avx512::load(&sums[r]);
    }
    for (index, codes) in tile.codes[..tile.blocks].iter().enumerate() {
        let groups = codes.as_chunks::<64>().0;
        let per_part = groups.len() / PARTS;
        for part in 0..PARTS {
            let mut dots = [_mm512_setzero_si512(); R];
            for group in part * per_part..(part + 1) * per_part {
                let codes = load(&groups[group]);
                for r in 0..R {
                    let quants = rows[r][index].quants.as_chunks::<QUAD>().0[group];
                    dots[r] = _mm512_dpbusd_epi32(dots[r], codes, broadcast(quants));
                }
            }
            let scales = Avx512::load(&tile.scales[index * PARTS + part]);
            let offsets = Avx512::load(&tile.offsets[index * PARTS + part]);
            for r in 0..R {
                let block = &rows[r][index];
                let sum = block.sums[if PARTS == 1 { 0 } else { 1 + part }];
                let scales = _mm512_mul_ps(scales, _mm512_set1_ps(block.scale));
                totals[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[r]), scales, totals[r]);
                totals[r] = _mm512_fmadd_ps(offsets, _mm512_set1_ps(sum), totals[r]);
            }
        }
    }
    for r in 0..R {
        Avx512::store(totals[r], &mut sums[r]);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the reference is to 64 bytes.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn broadcast(quants: [i8; QUAD]) -> __m512i {
    _mm512_set1_epi32(i32::from_le_bytes(quants.map(i8::cast_unsigned)))
}
