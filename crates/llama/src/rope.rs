//! Rotary position embedding: the angles of each position, in the half-split form of Hugging Face weights.
//!
//! Position `p` turns the pair `(x[i], x[i + head_dim / 2])` by the angle `p * f[i]`, `f[i] = theta^(-2 i / head_dim)`
//! (Su et al. 2021, arXiv 2104.09864), with the frequencies stretched as the model's [`RopeScaling`] says.

use std::f64::consts::PI;

/// How the rotary frequencies are stretched for contexts longer than those of pre-training.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum RopeScaling {
    /// Not at all.
    #[default]
    None,
    /// Every frequency is divided by the factor (position interpolation).
    Linear {
        /// The divisor.
        factor: f64,
    },
    /// Llama 3.1 and later: low frequencies are divided, high ones kept, those between blended.
    Llama3 {
        /// The divisor of the low frequencies.
        factor: f64,
        /// Wavelengths above `original_context / low_freq_factor` are divided.
        low_freq_factor: f64,
        /// Wavelengths below `original_context / high_freq_factor` are kept.
        high_freq_factor: f64,
        /// The context length of pre-training.
        original_context: f64,
    },
    /// One divisor a frequency, as GGUF files carry them in `rope_freqs.weight`; `head_dim / 2` of them.
    Divisors(Vec<f32>),
}

/// The frequencies of one head: `head_dim / 2` angles per unit of position, in radians.
pub fn frequencies(head_dim: usize, theta: f64, scaling: &RopeScaling) -> Vec<f64> {
    let base = (0..head_dim / 2).map(|i| theta.powf(-2.0 * i as f64 / head_dim as f64));
    match scaling {
        RopeScaling::None => base.collect(),
        RopeScaling::Linear { factor } => base.map(|f| f / factor).collect(),
        RopeScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_context } => {
            let blend = |f: f64| {
                let turns = original_context * f / (2.0 * PI);
                let kept = ((turns - low_freq_factor) / (high_freq_factor - low_freq_factor))
                    .clamp(0.0, 1.0);
                f * kept + f / factor * (1.0 - kept)
            };
            base.map(blend).collect()
        }
        RopeScaling::Divisors(divisors) => {
            base.zip(divisors).map(|(f, d)| f / f64::from(*d)).collect()
        }
    }
}

/// Cosines and sines for `count` positions from `start`, each `[count * frequencies.len()]`, position-major.
pub fn angles(frequencies: &[f64], start: usize, count: usize) -> (Vec<f32>, Vec<f32>) {
    (start..start + count)
        .flat_map(|position| {
            frequencies.iter().map(move |f| {
                let (sin, cos) = (position as f64 * f).sin_cos();
                (cos as f32, sin as f32)
            })
        })
        .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLAMA3: RopeScaling = RopeScaling::Llama3 {
        factor: 8.0,
        low_freq_factor: 1.0,
        high_freq_factor: 4.0,
        original_context: 8192.0,
    };

    #[test]
    fn plain_frequencies_fall_geometrically() {
        let f = frequencies(8, 10000.0, &RopeScaling::None);
        assert_eq!(f.len(), 4);
        for (i, expected) in [1.0, 0.1, 0.01, 0.001].into_iter().enumerate() {
            assert!((f[i] - expected).abs() < 1e-12, "{f:?}");
        }
    }

    /// The fixture's script says how Hugging Face transformers made the values, in f32.
    #[test]
    fn llama3_scaling_equals_transformers() {
        let expected: Vec<f64> =
            serde_json::from_str(include_str!("../tests/data/rope_llama3.json")).unwrap();
        let found = frequencies(128, 500_000.0, &LLAMA3);
        assert_eq!(found.len(), expected.len());
        for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert!(
                ((found - expected) / expected).abs() < 1e-6,
                "frequency {i}: {found} is not {expected}"
            );
        }
    }

    #[test]
    fn divisors_and_linear_divide() {
        let plain = frequencies(4, 100.0, &RopeScaling::None);
        let linear = frequencies(4, 100.0, &RopeScaling::Linear { factor: 4.0 });
        let divided = frequencies(4, 100.0, &RopeScaling::Divisors(vec![4.0, 4.0]));
        assert_eq!(linear, divided);
        assert_eq!(linear[1], plain[1] / 4.0);
    }

    #[test]
    fn angles_are_position_major() {
        let (cos, sin) = angles(&[1.0, 0.5], 2, 2);
        assert_eq!(cos, [2f64.cos(), 1f64.cos(), 3f64.cos(), 1.5f64.cos()].map(|x| x as f32));
        assert_eq!(sin[3], 1.5f64.sin() as f32);
    }
}
