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

/// Widens a half-precision number exactly, by choosing between values rather than ways, so that a loop over it becomes
/// vector code, and without arithmetic on subnormal numbers, which processors are slow at.
#[inline]
pub(crate) fn half(value: [u8; 2]) -> f32 {
    /// The difference between the exponents' biases.
    const REBIAS: u32 = (127 - 15) << 23;
    let bits = u32::from(u16::from_le_bytes(value));
    let magnitude = bits & 0x7fff;
    let normal = (magnitude << 13) + REBIAS;
    // The fraction as the last bits of a number from 0.5 on, where they count 2^-24 as in a subnormal half.
    let subnormal = f32::from_bits(magnitude | 0.5_f32.to_bits()) - 0.5;
    let widened = match magnitude {
        0..0x0400 => subnormal.to_bits(),
        0x7c00.. => normal + REBIAS,
        _ => normal,
    };
    f32::from_bits(widened | (bits & 0x8000) << 16)
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
