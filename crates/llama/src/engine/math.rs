//! Elementary functions of f32 that compile to vector code and give the same bits everywhere.

use super::kernel::{Instructions, LANES, Lane};

/// `e^x`, within two units in the last place; `x` is cut to where the result is a normal number.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    /// Adding this rounds to an integer, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts; the first has few bits, so that its product with a small integer is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = x.clamp(-87.0, 88.0);
    let rounded = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let power = rounded - ROUND;
    let rest = power.mul_add(-LN_2[1], power.mul_add(-LN_2[0], x));
    // The Taylor series: the rest is within 0.35 of zero, where the first term left out is below 1e-7.
    let mut series = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        series = rest.mul_add(series, coefficient);
    }
    series * f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0_f32.to_bits()))
}

/// `x / (1 + e^-x)`.
#[inline(always)]
pub(super) fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// The sum of the squares of whole lanes.
#[inline(always)]
pub(super) fn sum_of_squares<I: Instructions>(values: &[f32]) -> f32 {
    let mut sums = I::splat(0.0);
    let (lanes, rest) = values.as_chunks::<LANES>();
    for lane in lanes {
        let lane = I::load(lane);
        sums = I::fma(lane, lane, sums);
    }
    let mut lane = [0.0; LANES];
    I::store(sums, &mut lane);
    rest.iter().fold(sum(lane), |sum, x| x.mul_add(*x, sum))
}

/// The sum of a lane, in pairs.
#[inline(always)]
pub(super) fn sum(mut lane: Lane) -> f32 {
    for width in [8, 4, 2, 1] {
        for i in 0..width {
            lane[i] += lane[i + width];
        }
    }
    lane[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exp() {
        for i in -87_000..88_000 {
            let x = i as f32 / 1000.0;
            let exact = f64::from(x).exp();
            let gap = ((f64::from(exp(x)) - exact) / exact).abs();
            assert!(gap < 3e-7, "e^{x}: off by {gap:e}");
        }
        assert!(exp(-1e30) > 0.0 && exp(1e30).is_finite());
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn silu_is_silu() {
        for x in [-200.0f32, -20.0, -1.0, 0.0, 0.5, 3.0, 100.0] {
            let exact = f64::from(x) / (1.0 + (-f64::from(x)).exp());
            assert!((f64::from(silu(x)) - exact).abs() < 1e-6 * exact.abs().max(1.0), "{x}");
        }
    }
}
