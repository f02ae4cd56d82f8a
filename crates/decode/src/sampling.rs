//! How a token is chosen from logits.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::error::{Error, Result};

/// How a token is chosen from logits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Sampling {
    /// The most likely token, the first of equals.
    #[default]
    Greedy,
    /// A token at random.
    Random {
        /// Logits are divided by this before the softmax; above 0.
        temperature: f32,
        /// Only the most likely tokens that together reach this probability take part; above 0, at most 1.
        top_p: f32,
        /// The same seed gives the same tokens, drafted or not.
        seed: u64,
    },
}

/// Chooses tokens one after the other; draws one random number a token.
#[derive(Debug)]
pub(crate) enum Sampler {
    Greedy,
    Random { temperature: f64, top_p: f64, rng: Xoshiro256PlusPlus },
}

impl Sampler {
    pub(crate) fn new(sampling: Sampling) -> Result<Self> {
        let Sampling::Random { temperature, top_p, seed } = sampling else {
            return Ok(Self::Greedy);
        };
        if !(temperature.is_finite() && temperature > 0.0) {
            return Err(Error::Sampling {
                name: "temperature",
                value: temperature,
                expected: "a number above 0",
            });
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return Err(Error::Sampling {
                name: "top_p",
                value: top_p,
                expected: "above 0 and at most 1",
            });
        }
        let rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        Ok(Self::Random { temperature: temperature.into(), top_p: top_p.into(), rng })
    }

    /// The token to follow, given its row of logits.
    pub(crate) fn choose(&mut self, logits: &[f32]) -> u32 {
        match self {
            Self::Greedy => most_likely(logits),
            Self::Random { temperature, top_p, rng } => {
                nucleus(logits, *temperature, *top_p, rng.random())
            }
        }
    }
}

/// The index of the largest logit, the first of equals.
pub(crate) fn most_likely(logits: &[f32]) -> u32 {
    let better = |best: (u32, f32), next: (u32, f32)| if next.1 > best.1 { next } else { best };
    (0..).zip(logits.iter().copied()).reduce(better).map_or(0, |(id, _)| id)
}

/// The token at `uniform` (in `[0, 1)`) of the cumulative distribution of the nucleus (Holtzman et al. 2019, arXiv 1904.09751).
fn nucleus(logits: &[f32], temperature: f64, top_p: f64, uniform: f64) -> u32 {
    let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let weight = |logit: f32| ((f64::from(logit) - largest) / temperature).exp();
    let total: f64 = logits.iter().map(|logit| weight(*logit)).sum();
    // Tokens below this together have less than 1 - top_p: the nucleus is complete without them.
    let least = (1.0 - top_p) * total / logits.len() as f64;
    let mut nucleus: Vec<(u32, f64)> = (0..)
        .zip(logits.iter().map(|logit| weight(*logit)))
        .filter(|(_, weight)| *weight >= least)
        .collect();
    if top_p < 1.0 {
        nucleus.sort_by(|a, b| b.1.total_cmp(&a.1));
        let reached = running_sum(&nucleus).position(|sum| sum >= top_p * total);
        nucleus.truncate(reached.map_or(nucleus.len(), |index| index + 1));
    }
    let mass: f64 = nucleus.iter().map(|(_, weight)| weight).sum();
    let chosen = running_sum(&nucleus).position(|sum| sum > uniform * mass);
    let last = nucleus.len().saturating_sub(1);
    nucleus.get(chosen.unwrap_or(last)).map_or(0, |(id, _)| *id)
}

fn running_sum(weights: &[(u32, f64)]) -> impl Iterator<Item = f64> {
    weights.iter().scan(0.0, |sum, (_, weight)| {
        *sum += weight;
        Some(*sum)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_likely_is_the_first_of_equals() {
        assert_eq!(most_likely(&[0.5, 2.0, -1.0, 2.0]), 1);
        assert_eq!(most_likely(&[f32::NAN, 1.0]), 0);
        assert_eq!(most_likely(&[]), 0);
    }

    /// Chi-square of 20,000 draws against the stated probabilities; the bound is the 99.99 % quantile for two degrees of freedom.
    #[test]
    fn draws_follow_the_distribution() {
        let probabilities = [0.5, 0.3, 0.2];
        let logits = probabilities.map(|p: f64| (2.0 * p.ln()) as f32);
        let mut sampler =
            Sampler::new(Sampling::Random { temperature: 2.0, top_p: 1.0, seed: 11 }).unwrap();
        let mut counts = [0f64; 3];
        for _ in 0..20_000 {
            counts[sampler.choose(&logits) as usize] += 1.0;
        }
        let chi_square: f64 = counts
            .iter()
            .zip(probabilities)
            .map(|(n, p)| (n - 20_000.0 * p).powi(2) / (20_000.0 * p))
            .sum();
        assert!(chi_square < 18.4, "{counts:?}");
    }

    #[test]
    fn nucleus_holds_just_the_most_likely() {
        let logits = [0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln()];
        let drawn = |top_p: f64| {
            [0.0, 0.3, 0.62, 0.7, 0.95, 0.999].map(|u| nucleus(&logits, 1.0, top_p, u))
        };
        assert_eq!(drawn(0.4), [0; 6]);
        assert_eq!(drawn(0.7), [0, 0, 0, 1, 1, 1]);
        assert_eq!(drawn(1.0), [0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        for (temperature, top_p) in [(0.0, 1.0), (f32::NAN, 1.0), (1.0, 0.0), (1.0, 1.5)] {
            let sampling = Sampling::Random { temperature, top_p, seed: 0 };
            assert!(matches!(Sampler::new(sampling), Err(Error::Sampling { .. })), "{sampling:?}");
        }
    }
}
