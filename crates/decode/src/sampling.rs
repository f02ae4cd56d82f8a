//! How a token is chosen from logits.

use std::cmp::Ordering;
use std::num::NonZeroUsize;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::error::{Error, Result};

/// How a token is chosen from logits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sampling {
    /// The most likely token, the first of equals.
    #[default]
    Greedy,
    /// A token at random.
    Random(Random),
}

/// How a random token is drawn: from the softmax of the logits divided by the temperature, after `top_k`, `top_p` and `min_p` have taken unlikely
/// tokens out, in this order and each of what the one before has left, as in transformers.
///
/// Every token takes one number from the generator, and it is the token at that number of the cumulative distribution. A drafted token is therefore accepted
/// with just the probability that the model gives it, and what comes in the place of a rejected one is distributed as the rest: this is
/// speculative sampling (Leviathan et al. 2022, arXiv 2211.17192) for a draft that is certain of itself. Because the number belongs to the position, the
/// same seed also gives the same text with any draft and with none, which rejection with numbers of its own would not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Random {
    /// Logits are divided by this before the softmax; above 0.
    pub temperature: f32,
    /// Only so many of the most likely tokens take part.
    pub top_k: Option<NonZeroUsize>,
    /// Only the most likely tokens that together reach this probability take part (Holtzman et al. 2019, arXiv 1904.09751); above 0, at most 1.
    pub top_p: f32,
    /// Only tokens of at least this part of the greatest probability take part (Nguyen et al. 2024, arXiv 2407.01082); from 0 to 1.
    pub min_p: f32,
    /// The same seed gives the same tokens, drafted or not.
    pub seed: u64,
}

impl Default for Random {
    fn default() -> Self {
        Self { temperature: 1.0, top_k: None, top_p: 1.0, min_p: 0.0, seed: 0 }
    }
}

impl Random {
    fn check(&self) -> Result<()> {
        let Self { temperature, top_p, min_p, .. } = *self;
        let checks = [
            (
                "temperature",
                temperature,
                temperature.is_finite() && temperature > 0.0,
                "a number above 0",
            ),
            ("top_p", top_p, top_p > 0.0 && top_p <= 1.0, "above 0 and at most 1"),
            ("min_p", min_p, (0.0..=1.0).contains(&min_p), "from 0 to 1"),
        ];
        let wrong = checks.into_iter().find(|(_, _, holds, _)| !holds);
        wrong.map_or(Ok(()), |(name, value, _, expected)| {
            Err(Error::Sampling { name, value, expected })
        })
    }

    /// The token at `uniform` (in `[0, 1)`) of the cumulative distribution.
    fn at(&self, logits: &[f32], uniform: f64) -> u32 {
        let mut weights = weights(logits, self.temperature.into());
        self.keep_top_k(&mut weights);
        self.keep_nucleus(&mut weights);
        // The greatest weight is 1.
        weights.retain(|(_, weight)| *weight >= f64::from(self.min_p));
        let point = uniform * mass(&weights);
        let chosen = running_sum(&weights).position(|sum| sum > point);
        let last = weights.len().saturating_sub(1);
        weights.get(chosen.unwrap_or(last)).map_or(0, |(id, _)| *id)
    }

    fn keep_top_k(&self, weights: &mut Vec<Weight>) {
        if let Some(k) = self.top_k.map(NonZeroUsize::get).filter(|k| *k < weights.len()) {
            weights.select_nth_unstable_by(k, likeliest_first);
            weights.truncate(k);
        }
    }

    fn keep_nucleus(&self, weights: &mut Vec<Weight>) {
        let top_p = f64::from(self.top_p);
        if top_p >= 1.0 {
            return;
        }
        // Tokens below this together have less than 1 - top_p: the nucleus is complete without them, and there is less to sort.
        let total = mass(weights);
        let least = (1.0 - top_p) * total / weights.len() as f64;
        weights.retain(|(_, weight)| *weight >= least);
        weights.sort_by(likeliest_first);
        let reached = running_sum(weights).position(|sum| sum >= top_p * total);
        weights.truncate(reached.map_or(weights.len(), |index| index + 1));
    }
}

/// A token and its probability, up to a common factor.
type Weight = (u32, f64);

/// The softmax of the logits, the greatest being 1, without what is [`NEGLIGIBLE`] in it.
fn weights(logits: &[f32], temperature: f64) -> Vec<Weight> {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let least = f64::from(greatest) - NEGLIGIBLE * temperature;
    let counts = |(_, logit): &(u32, &f32)| f64::from(**logit) >= least;
    let weight = |logit: f32| ((f64::from(logit) - f64::from(greatest)) / temperature).exp();
    (0..).zip(logits).filter(counts).map(|(id, logit)| (id, weight(*logit))).collect()
}

fn likeliest_first(a: &Weight, b: &Weight) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

fn mass(weights: &[Weight]) -> f64 {
    weights.iter().map(|(_, weight)| weight).sum()
}

fn running_sum(weights: &[Weight]) -> impl Iterator<Item = f64> {
    weights.iter().scan(0.0, |sum, (_, weight)| {
        *sum += weight;
        Some(*sum)
    })
}

/// Chooses tokens one after the other; draws one random number a token.
#[derive(Debug)]
pub(crate) enum Sampler {
    Greedy,
    Random { options: Random, rng: Xoshiro256PlusPlus },
}

impl Sampler {
    /// Chooses from the token on that has `given` before it.
    pub(crate) fn new(sampling: Sampling, given: usize) -> Result<Self> {
        let Sampling::Random(options) = sampling else { return Ok(Self::Greedy) };
        options.check()?;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(options.seed);
        for _ in 0..given {
            let _: f64 = rng.random();
        }
        Ok(Self::Random { options, rng })
    }

    /// The token to follow, given its row of logits.
    pub(crate) fn choose(&mut self, logits: &[f32]) -> u32 {
        match self {
            Self::Greedy => most_likely(logits),
            Self::Random { options, rng } => options.at(logits, rng.random()),
        }
    }
}

/// The natural logarithm of a token's share in the softmax of the logits.
pub(crate) fn log_probability(logits: &[f32], token: u32) -> f64 {
    let own = logits.get(token as usize).map_or(f64::NEG_INFINITY, |logit| f64::from(*logit));
    own - log_sum(logits)
}

/// Logits so far below the greatest one are passed over: a million of them have less than two hundred-millionths of the whole between them.
const NEGLIGIBLE: f64 = 32.0;

/// The natural logarithm of the sum of the logits' exponentials.
pub(crate) fn log_sum(logits: &[f32]) -> f64 {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let counts = |logit: &&f32| f64::from(greatest - **logit) <= NEGLIGIBLE;
    let exponential = |logit: &f32| (f64::from(*logit) - f64::from(greatest)).exp();
    f64::from(greatest) + logits.iter().filter(counts).map(exponential).sum::<f64>().ln()
}

/// The index of the largest logit, the first of equals.
pub(crate) fn most_likely(logits: &[f32]) -> u32 {
    let better = |best: (u32, f32), next: (u32, f32)| if next.1 > best.1 { next } else { best };
    (0..).zip(logits.iter().copied()).reduce(better).map_or(0, |(id, _)| id)
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

    #[test]
    fn a_log_probability_is_that_of_the_softmax() {
        let shares = [0.5f64, 0.3, 0.2];
        // A logit counts relative to the others, however large they are.
        for shift in [0.0, 40.0, -90.0] {
            let logits = shares.map(|share| (share.ln() + shift) as f32);
            for (token, share) in (0..).zip(shares) {
                let found = log_probability(&logits, token).exp();
                assert!((found - share).abs() < 1e-5, "{found} is not {share}");
            }
        }
        assert_eq!(log_probability(&[1.0], 7), f64::NEG_INFINITY);
    }

    /// Chi-square of 20,000 draws against the stated probabilities; the bound is the 99.99 % quantile for two degrees of freedom.
    #[test]
    fn draws_follow_the_distribution() {
        let probabilities = [0.5, 0.3, 0.2];
        let logits = probabilities.map(|p: f64| (2.0 * p.ln()) as f32);
        let options = Random { temperature: 2.0, seed: 11, ..Random::default() };
        let mut sampler = Sampler::new(Sampling::Random(options), 0).unwrap();
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

    /// The tokens at several points of the distribution over 0.5, 0.3, 0.2.
    fn drawn(options: Random) -> [u32; 6] {
        let logits = [0.5f32, 0.3, 0.2].map(f32::ln);
        [0.0, 0.3, 0.62, 0.7, 0.95, 0.999].map(|uniform| options.at(&logits, uniform))
    }

    #[test]
    fn filters_keep_the_most_likely() {
        let top_p = |top_p| drawn(Random { top_p, ..Random::default() });
        assert_eq!(top_p(0.4), [0; 6]);
        assert_eq!(top_p(0.7), [0, 0, 0, 1, 1, 1]);
        assert_eq!(top_p(1.0), [0, 0, 1, 1, 2, 2]);
        let top_k = |k| drawn(Random { top_k: NonZeroUsize::new(k), ..Random::default() });
        assert_eq!(top_k(1), [0; 6]);
        assert_eq!(top_k(2), top_p(0.7));
        assert_eq!(top_k(9), top_p(1.0));
        let min_p = |min_p| drawn(Random { min_p, ..Random::default() });
        assert_eq!(min_p(1.0), [0; 6]);
        assert_eq!(min_p(0.5), top_p(0.7));
        assert_eq!(min_p(0.3), top_p(1.0));
    }

    #[test]
    fn each_filter_sees_what_the_one_before_left() {
        // Of the two that top_k leaves, 0.5 / 0.8 = 0.625 is enough for top_p.
        let options = Random { top_k: NonZeroUsize::new(2), top_p: 0.6, ..Random::default() };
        assert_eq!(drawn(options), [0; 6]);
        // min_p at 0.5 leaves two of which the first is 0.625 alone, but top_p came first, and needed both for 0.6 of the whole.
        let options = Random { top_p: 0.6, min_p: 0.5, ..Random::default() };
        assert_eq!(drawn(options), [0, 0, 0, 1, 1, 1]);
    }

    #[test]
    fn what_is_negligible_depends_on_the_temperature() {
        let logits = [40.0, f32::NEG_INFINITY, 0.0, f32::NAN];
        let ids = |temperature| weights(&logits, temperature).into_iter().map(|it| it.0);
        assert!(ids(1.0).eq([0]) && ids(2.0).eq([0, 2]));
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        let fair = Random::default();
        let wrong = [
            Random { temperature: 0.0, ..fair },
            Random { temperature: f32::NAN, ..fair },
            Random { top_p: 0.0, ..fair },
            Random { top_p: 1.5, ..fair },
            Random { min_p: -0.1, ..fair },
            Random { min_p: f32::NAN, ..fair },
        ];
        for options in wrong {
            let sampler = Sampler::new(Sampling::Random(options), 0);
            assert!(matches!(sampler, Err(Error::Sampling { .. })), "{options:?}");
        }
    }
}
