//! AVX2, with and without its VNNI: eight channels in a register, a vector of sixteen is two.

use std::arch::x86_64::*;
use std::array;

use crate::engine::kernel::{
    Block, HALVED_ZERO, Instructions, LANES, Lane, QUAD, Sharing, Tile, View,
};

/// AVX2 alone.
pub(super) struct Avx2;

/// AVX2 with the VNNI instructions in their VEX encoding.
pub(super) struct AvxVnni;

/// Rows that share a loaded weight.
const ROWS: usize = 2;

/// The pair of registers that hold sixteen numbers.
type Pair<T> = [T; 2];

/// How four products of a channel are summed.
trait Quads {
    /// Whether codes of 128 and more have to be lowered by 128, which then stands for zero.
    const LOWERED: bool;

    /// # Safety
    ///
    /// The processor has the instructions.
    unsafe fn add(sums: __m256i, codes: __m256i, quants: __m256i, lowered: bool) -> __m256i;
}

impl Quads for AvxVnni {
    const LOWERED: bool = false;

    #[inline(always)]
    unsafe fn add(sums: __m256i, codes: __m256i, quants: __m256i, _: bool) -> __m256i {
        // SAFETY: the caller's promise.
        unsafe { _mm256_dpbusd_avx_epi32(sums, codes, quants) }
    }
}

impl Quads for Avx2 {
    const LOWERED: bool = true;

    /// Products are summed in pairs to 16 bits, which would overflow for codes of 128 and more: all are then lowered by 128,
    /// and the product is that of the magnitude and the other factor with the sign of both.
    #[inline(always)]
    unsafe fn add(sums: __m256i, codes: __m256i, quants: __m256i, lowered: bool) -> __m256i {
        // SAFETY: the caller's promise.
        unsafe {
            let pairs = if lowered {
                let lowered = _mm256_xor_si256(codes, _mm256_set1_epi8(i8::MIN));
                _mm256_maddubs_epi16(_mm256_abs_epi8(lowered), _mm256_sign_epi8(quants, lowered))
            } else {
                _mm256_maddubs_epi16(codes, quants)
            };
            _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        }
    }
}

macro_rules! instructions {
    ($name:ident, $features:literal, $all_rows:ident) => {
        impl Instructions for $name {
            type Vector = Pair<__m256>;

            const ACCUMULATORS: usize = 4;

            #[inline(always)]
            fn splat(value: f32) -> Self::Vector {
                // SAFETY: code that is generic over instruction sets runs inside `Set::run`, which has these features.
                unsafe { [_mm256_set1_ps(value); 2] }
            }

            #[inline(always)]
            fn load(values: &Lane) -> Self::Vector {
                // SAFETY: as in `splat`.
                unsafe { load_floats(values) }
            }

            #[inline(always)]
            fn store(vector: Self::Vector, values: &mut Lane) {
                // SAFETY: as in `splat`.
                unsafe { store_floats(vector, values) }
            }

            #[inline(always)]
            fn halves(bytes: &[u8; 2 * LANES]) -> Lane {
                let mut out = [0.0; LANES];
                // SAFETY: as in `splat`; the references are to 16 bytes each.
                unsafe {
                    let halves = bytes.as_chunks::<LANES>().0;
                    let pair: [_; 2] = array::from_fn(|i| {
                        _mm256_cvtph_ps(_mm_loadu_si128(halves[i].as_ptr().cast()))
                    });
                    store_floats(pair, &mut out);
                }
                out
            }

            #[inline(always)]
            fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
                // SAFETY: as in `splat`.
                unsafe { [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])] }
            }

            #[inline(always)]
            fn dot(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
                // SAFETY: as in `splat`.
                unsafe { $all_rows(tile, rows, sums) }
            }
        }

        #[target_feature(enable = $features)]
        fn $all_rows(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
            // SAFETY: the features of this function are those that the callee asks for.
            unsafe {
                match tile.sharing {
                    Sharing::Block => all_rows::<$name, 1>(tile, rows, sums),
                    Sharing::Half => all_rows::<$name, 2>(tile, rows, sums),
                }
            }
        }
    };
}

instructions!(Avx2, "avx2,fma,f16c", avx2_rows);
instructions!(AvxVnni, "avx2,fma,f16c,avxvnni", avx_vnni_rows);

/// # Safety
///
/// The processor has the instructions of `Q`, AVX2 and FMA.
#[inline(always)]
unsafe fn all_rows<Q: Quads, const PARTS: usize>(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
    let (full, rest) = sums.as_chunks_mut::<ROWS>();
    let done = full.len() * ROWS;
    // SAFETY: the caller's promise.
    unsafe {
        for (index, sums) in full.iter_mut().enumerate() {
            some_rows::<Q, ROWS, PARTS>(tile, rows, index * ROWS, sums);
        }
        for (index, sums) in rest.iter_mut().enumerate() {
            some_rows::<Q, 1, PARTS>(tile, rows, done + index, array::from_mut(sums));
        }
    }
}

/// # Safety
///
/// The processor has the instructions of `Q`, AVX2 and FMA.
#[inline(always)]
unsafe fn some_rows<Q: Quads, const R: usize, const PARTS: usize>(
    tile: &Tile,
    rows: View<'_>,
    first: usize,
    sums: &mut [Lane; R],
) {
    let rows: [&[Block]; R] = array::from_fn(|r| rows.row(first + r, tile.blocks));
    let lowered = Q::LOWERED && tile.wide;
    for (index, codes) in tile.codes[..tile.blocks].iter().enumerate() {
        let groups = codes.as_chunks::<64>().0;
        let per_part = groups.len() / PARTS;
        for part in 0..PARTS {
            // SAFETY: the caller's promise.
            unsafe {
                let start = |halves: [i32; 2]| match PARTS {
                    2 => -i32::from(HALVED_ZERO) * halves[part],
                    _ if lowered => 128 * (halves[0] + halves[1]),
                    _ => 0,
                };
                let mut dots: [Pair<__m256i>; R] =
                    array::from_fn(|r| [_mm256_set1_epi32(start(rows[r][index].halves)); 2]);
                for (group, codes) in groups.iter().enumerate().skip(part * per_part).take(per_part)
                {
                    let codes = load_bytes(codes);
                    for r in 0..R {
                        let quants = broadcast(rows[r][index].quants.as_chunks::<QUAD>().0[group]);
                        for side in 0..2 {
                            dots[r][side] = Q::add(dots[r][side], codes[side], quants, lowered);
                        }
                    }
                }
                let scales = load_floats(&tile.scales[index * PARTS + part]);
                let offsets = (PARTS == 1).then(|| load_floats(&tile.offsets[index]));
                for r in 0..R {
                    add(&mut sums[r], dots[r], scales, offsets, &rows[r][index]);
                }
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn add(
    sums: &mut Lane,
    dots: Pair<__m256i>,
    scales: Pair<__m256>,
    offsets: Option<Pair<__m256>>,
    block: &Block,
) {
    let mut totals = load_floats(sums);
    for side in 0..2 {
        let scales = _mm256_mul_ps(scales[side], _mm256_set1_ps(block.scale));
        totals[side] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots[side]), scales, totals[side]);
        if let Some(offsets) = offsets {
            totals[side] = _mm256_fmadd_ps(offsets[side], _mm256_set1_ps(block.sum), totals[side]);
        }
    }
    store_floats(totals, sums);
}

#[inline]
#[target_feature(enable = "avx")]
fn load_floats(values: &Lane) -> Pair<__m256> {
    let halves = values.as_chunks::<{ LANES / 2 }>().0;
    // SAFETY: each half is eight floats.
    unsafe { [_mm256_loadu_ps(halves[0].as_ptr()), _mm256_loadu_ps(halves[1].as_ptr())] }
}

#[inline]
#[target_feature(enable = "avx")]
fn store_floats(vector: Pair<__m256>, values: &mut Lane) {
    for (half, part) in values.as_chunks_mut::<{ LANES / 2 }>().0.iter_mut().zip(vector) {
        // SAFETY: a half is eight floats.
        unsafe { _mm256_storeu_ps(half.as_mut_ptr(), part) };
    }
}

#[inline]
#[target_feature(enable = "avx")]
fn load_bytes(bytes: &[u8; 64]) -> Pair<__m256i> {
    let halves = bytes.as_chunks::<32>().0;
    // SAFETY: each half is 32 bytes.
    unsafe {
        [
            _mm256_loadu_si256(halves[0].as_ptr().cast()),
            _mm256_loadu_si256(halves[1].as_ptr().cast()),
        ]
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn broadcast(quants: [i8; QUAD]) -> __m256i {
    _mm256_set1_epi32(i32::from_le_bytes(quants.map(i8::cast_unsigned)))
}
