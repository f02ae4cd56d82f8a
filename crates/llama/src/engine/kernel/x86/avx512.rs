//! AVX-512 with VNNI: sixteen channels in a register, four products of each by one instruction.

use std::arch::x86_64::*;
use std::array;

use crate::engine::kernel::{
    Block, HALVED_ZERO, Instructions, LANES, Lane, QUAD, Sharing, Tile, View,
};

/// AVX-512.
pub(super) struct Avx512;

/// Rows that share a loaded weight: as many as hide the latency of the product.
const GROUP: usize = 8;

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
        // SAFETY: as in `splat`.
        unsafe { load_floats(values) }
    }

    #[inline(always)]
    fn store(vector: __m512, values: &mut Lane) {
        // SAFETY: as in `splat`.
        unsafe { store_floats(vector, values) }
    }

    #[inline(always)]
    fn halves(bytes: &[u8; 2 * LANES]) -> Lane {
        // SAFETY: as in `splat`; the reference is to 32 bytes.
        unsafe {
            let mut out = [0.0; LANES];
            store_floats(_mm512_cvtph_ps(_mm256_loadu_si256(bytes.as_ptr().cast())), &mut out);
            out
        }
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
                Sharing::Half => all_rows::<2>(tile, rows, sums),
                Sharing::Block => all_rows::<1>(tile, rows, sums),
            }
        }
    }
}

/// `PARTS` is the number of scales a block has.
#[target_feature(enable = "avx512f,avx512vnni")]
fn all_rows<const PARTS: usize>(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
    let mut first = 0;
    let (full, rest) = sums.as_chunks_mut::<GROUP>();
    for sums in full {
        some_rows::<GROUP, PARTS>(tile, rows, first, sums);
        first += GROUP;
    }
    let (full, rest) = rest.as_chunks_mut::<4>();
    for sums in full {
        some_rows::<4, PARTS>(tile, rows, first, sums);
        first += 4;
    }
    let (full, rest) = rest.as_chunks_mut::<2>();
    for sums in full {
        some_rows::<2, PARTS>(tile, rows, first, sums);
        first += 2;
    }
    for sums in rest {
        some_rows::<1, PARTS>(tile, rows, first, array::from_mut(sums));
        first += 1;
    }
}

#[target_feature(enable = "avx512f,avx512vnni")]
fn some_rows<const R: usize, const PARTS: usize>(
    tile: &Tile,
    rows: View<'_>,
    first: usize,
    sums: &mut [Lane; R],
) {
    // Closures would be functions without the features of this one.
    let mut blocks: [&[Block]; R] = [&[]; R];
    let mut totals = [_mm512_setzero_ps(); R];
    for r in 0..R {
        blocks[r] = rows.row(first + r, tile.blocks);
        totals[r] = load_floats(&sums[r]);
    }
    for (index, codes) in tile.codes[..tile.blocks].iter().enumerate() {
        let groups = codes.as_chunks::<64>().0;
        let per_part = groups.len() / PARTS;
        for part in 0..PARTS {
            let mut dots = [_mm512_setzero_si512(); R];
            if PARTS == 2 {
                for r in 0..R {
                    let total = blocks[r][index].halves[part];
                    dots[r] = _mm512_set1_epi32(-i32::from(HALVED_ZERO) * total);
                }
            }
            for (group, codes) in groups.iter().enumerate().skip(part * per_part).take(per_part) {
                let codes = load(codes);
                for r in 0..R {
                    let quants = blocks[r][index].quants.as_chunks::<QUAD>().0[group];
                    dots[r] = _mm512_dpbusd_epi32(dots[r], codes, broadcast(quants));
                }
            }
            let scales = load_floats(&tile.scales[index * PARTS + part]);
            for r in 0..R {
                let scales = _mm512_mul_ps(scales, _mm512_set1_ps(blocks[r][index].scale));
                totals[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[r]), scales, totals[r]);
            }
            if PARTS == 1 {
                let offsets = load_floats(&tile.offsets[index]);
                for r in 0..R {
                    totals[r] =
                        _mm512_fmadd_ps(offsets, _mm512_set1_ps(blocks[r][index].sum), totals[r]);
                }
            }
        }
    }
    for r in 0..R {
        store_floats(totals[r], &mut sums[r]);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn load_floats(values: &Lane) -> __m512 {
    // SAFETY: the reference is to 16 floats.
    unsafe { _mm512_loadu_ps(values.as_ptr()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn store_floats(vector: __m512, values: &mut Lane) {
    // SAFETY: the reference is to 16 floats.
    unsafe { _mm512_storeu_ps(values.as_mut_ptr(), vector) }
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
