//! Types with blocks of 32 values: one scale a block, with or without an offset.
//!
//! A byte of 4-bit integers holds value `i` of the first half below value `i` of the second half. The fifth bits of a
//! block are 32 bits of their own, in the order of the values.

use std::array;

use super::float::half;

/// Bytes of a block: the scale, the offset, the fifth bits, the integers, as far as the type has them.
pub(super) const Q4_0: usize = 2 + 16;
pub(super) const Q4_1: usize = 2 + 2 + 16;
pub(super) const Q5_0: usize = 2 + 4 + 16;
pub(super) const Q5_1: usize = 2 + 2 + 4 + 16;
pub(super) const Q8_0: usize = 2 + 32;

pub(super) fn q4_0([d0, d1, quants @ ..]: &[u8; Q4_0]) -> [f32; 32] {
    scaled(half([*d0, *d1]), nibbles(quants).map(|q| q.cast_signed() - 8))
}

pub(super) fn q4_1([d0, d1, m0, m1, quants @ ..]: &[u8; Q4_1]) -> [f32; 32] {
    affine(half([*d0, *d1]), nibbles(quants), half([*m0, *m1]))
}

pub(super) fn q5_0([d0, d1, h0, h1, h2, h3, quants @ ..]: &[u8; Q5_0]) -> [f32; 32] {
    let quants = five_bits(quants, [*h0, *h1, *h2, *h3]);
    scaled(half([*d0, *d1]), quants.map(|q| q.cast_signed() - 16))
}

pub(super) fn q5_1([d0, d1, m0, m1, h0, h1, h2, h3, quants @ ..]: &[u8; Q5_1]) -> [f32; 32] {
    affine(half([*d0, *d1]), five_bits(quants, [*h0, *h1, *h2, *h3]), half([*m0, *m1]))
}

pub(super) fn q8_0([d0, d1, quants @ ..]: &[u8; Q8_0]) -> [f32; 32] {
    scaled(half([*d0, *d1]), quants.map(u8::cast_signed))
}

/// `scale * q` for signed integers.
#[inline]
pub(super) fn scaled<const N: usize>(scale: f32, quants: [i8; N]) -> [f32; N] {
    quants.map(|q| scale * f32::from(q))
}

/// `scale * q + offset` for unsigned integers, rounded twice.
#[inline]
pub(super) fn affine<const N: usize>(scale: f32, quants: [u8; N], offset: f32) -> [f32; N] {
    quants.map(|q| scale * f32::from(q) + offset)
}

#[inline]
pub(super) fn nibbles(bytes: &[u8; 16]) -> [u8; 32] {
    array::from_fn(|i| if i < 16 { bytes[i] & 15 } else { bytes[i - 16] >> 4 })
}

#[inline]
pub(super) fn five_bits(low: &[u8; 16], high: [u8; 4]) -> [u8; 32] {
    let (low, high) = (nibbles(low), u32::from_le_bytes(high));
    array::from_fn(|i| if high & (1 << i) == 0 { low[i] } else { low[i] | 16 })
}
