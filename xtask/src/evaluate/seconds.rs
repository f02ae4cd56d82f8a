//! How long answers and verdicts took.

use serde::Serialize;

use super::metrics::Candidates;
use super::row::Seconds;

/// Seconds from the prompt on, over the samples whose answers say.
#[derive(Debug, Serialize)]
pub(super) struct Times {
    /// To the end of the first answer.
    pub(super) answer: Spread,
    /// To its verdict.
    pub(super) verdict: Spread,
    /// To the verdict of the last answer, one after the other.
    pub(super) all_verdicts: Spread,
}

/// Where most of some numbers lie.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) count: usize,
    pub(super) median: f64,
    pub(super) mean: f64,
    /// A tenth is below.
    pub(super) low: f64,
    /// A tenth is above.
    pub(super) high: f64,
    pub(super) greatest: f64,
}

impl Times {
    pub(super) fn of(samples: &[Candidates<'_>]) -> Option<Self> {
        let each = |seconds: fn(&[Seconds]) -> f64| {
            let timed = samples.iter().map(|rows| {
                let times: Option<Vec<Seconds>> = rows.iter().map(|row| row.seconds).collect();
                times.filter(|times| !times.is_empty()).map(|times| seconds(&times))
            });
            Spread::of(timed.flatten().collect())
        };
        Some(Self {
            answer: each(|times| times[0].answer)?,
            verdict: each(|times| times[0].verdict)?,
            all_verdicts: each(|times| times.iter().map(|it| it.verdict).sum())?,
        })
    }
}

impl Spread {
    fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        let greatest = *numbers.last()?;
        let at = |part: f64| {
            let place = part * (numbers.len() - 1) as f64;
            let (below, rest) = (place.floor(), place.fract());
            let next = numbers[(below as usize + 1).min(numbers.len() - 1)];
            numbers[below as usize] * (1.0 - rest) + next * rest
        };
        let count = numbers.len();
        let mean = numbers.iter().sum::<f64>() / count as f64;
        Some(Self { count, median: at(0.5), mean, low: at(0.1), high: at(0.9), greatest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_numbers() {
        let spread = Spread::of(vec![4.0, 1.0, 2.0]).unwrap();
        assert_eq!((spread.count, spread.median, spread.greatest), (3, 2.0, 4.0));
        assert!((spread.low - 1.2).abs() < 1e-12 && (spread.high - 3.6).abs() < 1e-12);
        assert!((spread.mean - 7.0 / 3.0).abs() < 1e-12);
        let one = Spread::of(vec![5.0]).unwrap();
        assert_eq!((one.low, one.median, one.high), (5.0, 5.0, 5.0));
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
