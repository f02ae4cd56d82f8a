//! Rates over many problems, and how sure they are.

use serde::{Deserialize, Serialize};

/// What the candidates for one problem came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many candidates there are.
    pub candidates: u64,
    /// How many of them are right.
    pub right: u64,
}

impl Tally {
    /// The chance that at least one of `k` candidates drawn without replacement is right: the unbiased pass@k (Chen and
    /// others, *Evaluating Large Language Models Trained on Code*, 2021, section 2.1). `None` for fewer than `k` candidates.
    ///
    /// ```
    /// use fixwright_validate::Tally;
    ///
    /// let tally = Tally { candidates: 4, right: 1 };
    /// assert_eq!(tally.pass_at(1), Some(0.25));
    /// assert_eq!(tally.pass_at(2), Some(0.5));
    /// assert_eq!(tally.pass_at(5), None);
    /// ```
    pub fn pass_at(&self, k: u64) -> Option<f64> {
        let wrong = self.candidates.saturating_sub(self.right);
        if k == 0 || k > self.candidates {
            return None;
        }
        if wrong < k {
            return Some(1.0);
        }
        let all_wrong: f64 =
            (0..k).map(|drawn| (wrong - drawn) as f64 / (self.candidates - drawn) as f64).product();
        Some(1.0 - all_wrong)
    }
}

/// A mean with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The mean of the values.
    pub mean: f64,
    /// The lower end of the interval of 95 %.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How many values there are.
    pub count: usize,
}

/// How often the values are drawn again.
const RESAMPLES: usize = 10_000;

impl Estimate {
    /// The mean of `values` with its 95 % interval by the percentile bootstrap (Efron, 1979): of 10,000 means of as many values
    /// drawn with replacement, the middle 95 %. The same values and seed give the same interval. `None` without values.
    pub fn bootstrap(values: &[f64], seed: u64) -> Option<Self> {
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        let mut state = seed;
        let mut means: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                (0..count).map(|_| values[below(count, &mut state)]).sum::<f64>() / count as f64
            })
            .collect();
        means.sort_unstable_by(f64::total_cmp);
        let at = |part: f64| means[((RESAMPLES - 1) as f64 * part).round() as usize];
        (count > 0).then(|| Self { mean, low: at(0.025), high: at(0.975), count })
    }
}

/// A number below `count`, from a SplitMix64 sequence (Steele, Lea and Flood, OOPSLA 2014), which is the same for ever.
fn below(count: usize, state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    ((u128::from(z) * count as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pass_at_k_is_the_share_of_draws_with_a_right_one() {
        // By counting: of the C(6, 3) = 20 draws from 6 candidates, C(4, 3) = 4 have none of the 2 right ones.
        let tally = Tally { candidates: 6, right: 2 };
        assert!((tally.pass_at(3).unwrap() - 0.8).abs() < 1e-12);
        assert_eq!(tally.pass_at(5), Some(1.0));
        assert_eq!(tally.pass_at(0), None);
        assert_eq!(Tally { candidates: 3, right: 0 }.pass_at(3), Some(0.0));
        assert!(Tally { candidates: 1_000_000, right: 1 }.pass_at(1000).unwrap() < 0.0011);
    }

    #[test]
    fn the_interval_is_that_of_the_normal_distribution_for_many_values() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(u8::from(i % 4 == 0))).collect();
        let estimate = Estimate::bootstrap(&values, 7).unwrap();
        assert_eq!(estimate.mean, 0.25);
        let half = 1.96 * (0.25f64 * 0.75 / 1000.0).sqrt();
        assert!((estimate.mean - estimate.low - half).abs() < 0.003, "{estimate:?}");
        assert!((estimate.high - estimate.mean - half).abs() < 0.003, "{estimate:?}");
        assert_eq!(Estimate::bootstrap(&values, 7), Some(estimate));
    }

    #[test]
    fn few_values_have_an_interval_too() {
        assert_eq!(Estimate::bootstrap(&[], 0), None);
        let one = Estimate::bootstrap(&[0.5], 0).unwrap();
        assert_eq!((one.low, one.mean, one.high, one.count), (0.5, 0.5, 0.5, 1));
    }
}
