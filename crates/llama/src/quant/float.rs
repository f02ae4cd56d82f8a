//! Types whose values are floating-point numbers of their own.

pub(super) fn f32(value: &[u8; 4]) -> [f32; 1] {
    [f32::from_le_bytes(*value)]
}

pub(super) fn f16(value: &[u8; 2]) -> [f32; 1] {
    [half(*value)]
}

pub(super) fn bf16(value: &[u8; 2]) -> [f32; 1] {
    [f32::from_bits(u32::from(u16::from_le_bytes(*value)) << 16)]
}

/// Widens a half-precision number, exactly and without a branch, so that a loop over it becomes vector code.
///
/// Moved into place, exponent and fraction read as an f32 that is 2^112 too small, subnormal halves included:
/// one exact product corrects both kinds.
#[inline]
pub(super) fn half(value: [u8; 2]) -> f32 {
    const TWO_POW_112: f32 = f32::from_bits((127 + 112) << 23);
    const EXPONENT: u32 = 0x7c00;
    let bits = u32::from(u16::from_le_bytes(value));
    let sign = (bits & 0x8000) << 16;
    let magnitude = f32::from_bits((bits & 0x7fff) << 13) * TWO_POW_112;
    let infinite = if bits & EXPONENT == EXPONENT { f32::INFINITY.to_bits() } else { 0 };
    f32::from_bits(magnitude.to_bits() | sign | infinite)
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn every_half_is_widened_exactly() {
        for bits in 0..=u16::MAX {
            let expected = half::f16::from_bits(bits).to_f32();
            let found = half(bits.to_le_bytes());
            if expected.is_nan() {
                assert!(found.is_nan(), "{bits:#06x}");
            } else {
                assert_eq!(found.to_bits(), expected.to_bits(), "{bits:#06x}");
            }
        }
    }
}
