//! Types with blocks of 256 values, the "K" types: their parts of 32 or 16 values have integer scales of their own.

use std::array;

use super::block::affine;
use super::float::half;

/// Bytes of a block: scale and offset, scales and offsets of the parts, the integers.
pub(super) const Q4_K: usize = 4 + 12 + 128;
/// Bytes of a block: as [`Q4_K`], with the fifth bits before the integers.
pub(super) const Q5_K: usize = 4 + 12 + 32 + 128;
/// Bytes of a block: the lower four bits, the upper two, the scales of the parts, the scale.
pub(super) const Q6_K: usize = 128 + 64 + 16 + 2;

/// How many values go through the registers together.
const RUN: usize = 32;

pub(super) fn q4_k([d0, d1, m0, m1, fields @ ..]: &[u8; Q4_K]) -> [f32; 256] {
    let (packed, low) = fields.split_at(12);
    let parts = parts(half([*d0, *d1]), half([*m0, *m1]), packed);
    runs(|i| {
        let (scale, offset) = parts[i];
        affine(scale, q4_k_codes(low, i), offset)
    })
}

/// The integers of part `i` of a [`Q4_K`] block.
#[inline]
pub(super) fn q4_k_codes(low: &[u8], i: usize) -> [u8; RUN] {
    run(low, i / 2).map(|low| low >> (i % 2 * 4) & 15)
}

pub(super) fn q5_k([d0, d1, m0, m1, fields @ ..]: &[u8; Q5_K]) -> [f32; 256] {
    let (packed, quants) = fields.split_at(12);
    let (high, low) = quants.split_at(RUN);
    let parts = parts(half([*d0, *d1]), half([*m0, *m1]), packed);
    runs(|i| {
        let (scale, offset) = parts[i];
        affine(scale, q5_k_codes(low, high, i), offset)
    })
}

/// The integers of part `i` of a [`Q5_K`] block.
#[inline]
pub(super) fn q5_k_codes(low: &[u8], high: &[u8], i: usize) -> [u8; RUN] {
    let (low, high) = (q4_k_codes(low, i), run(high, 0));
    array::from_fn(|l| low[l] | (high[l] >> i & 1) << 4)
}

pub(super) fn q6_k([quants @ .., d0, d1]: &[u8; Q6_K]) -> [f32; 256] {
    let (low, rest) = quants.split_at(128);
    let (high, scales) = rest.split_at(64);
    let scale = half([*d0, *d1]);
    runs(|i| {
        let quants = q6_k_codes(low, high, i);
        let scales = [scales[2 * i], scales[2 * i + 1]].map(|s| scale * f32::from(s.cast_signed()));
        array::from_fn(|l| scales[l / 16] * f32::from(quants[l].cast_signed() - 32))
    })
}

/// The integers of run `i` of a [`Q6_K`] block; 32 stands for zero.
#[inline]
pub(super) fn q6_k_codes(low: &[u8], high: &[u8], i: usize) -> [u8; RUN] {
    // Four runs share their bytes: in two nibbles of two runs of bytes, and in four pairs of bits.
    let (quarter, side) = (i % 4, i / 4);
    let (low, high) = (run(low, side * 2 + quarter % 2), run(high, side));
    array::from_fn(|l| low[l] >> (quarter / 2 * 4) & 15 | (high[l] >> (quarter * 2) & 3) << 4)
}

/// Puts a block together from its runs.
#[inline]
fn runs(run: impl Fn(usize) -> [f32; RUN]) -> [f32; 256] {
    let mut out = [0.0; 256];
    for (i, out) in out.as_chunks_mut::<RUN>().0.iter_mut().enumerate() {
        *out = run(i);
    }
    out
}

/// Run `i` of the bytes of a block.
#[inline]
fn run(bytes: &[u8], i: usize) -> &[u8; RUN] {
    &bytes.as_chunks::<RUN>().0[i]
}

/// Scale and offset of the eight parts of a `Q4_K` or `Q5_K` block.
#[inline]
fn parts(scale: f32, min: f32, packed: &[u8]) -> [(f32, f32); 8] {
    array::from_fn(|i| {
        let (s, m) = six_bits(packed, i);
        (scale * f32::from(s), -(min * f32::from(m)))
    })
}

/// The 6-bit scale and offset of part `i`. The first four have bytes of their own, whose spare upper bits belong to
/// the last four.
#[inline]
pub(super) fn six_bits(packed: &[u8], i: usize) -> (u8, u8) {
    if i < 4 {
        return (packed[i] & 63, packed[i + 4] & 63);
    }
    let (low, spare_scale, spare_min) = (packed[i + 4], packed[i - 4], packed[i]);
    (low & 15 | spare_scale >> 6 << 4, low >> 4 | spare_min >> 6 << 4)
}
