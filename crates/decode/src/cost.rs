//! What a forward pass costs by how many tokens it has.

use std::iter;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::target::Target;

/// The cost of a forward pass over some tokens, relative to that of one.
///
/// On a GPU that waits for memory it is nearly flat: then long drafts pay even when they are rarely accepted whole. On a CPU every
/// token costs arithmetic, and a draft pays only as far as it is likely.
#[derive(Debug, Clone, PartialEq)]
pub struct CostCurve {
    /// Tokens and cost, ascending, (1, 1) first.
    points: Vec<(usize, f64)>,
}

impl CostCurve {
    /// Every forward pass costs the same.
    pub fn flat() -> Self {
        Self { points: vec![(1, 1.0)] }
    }

    /// Every token after the first costs `slope` of a forward pass over one.
    pub fn linear(slope: f64) -> Self {
        Self::from_times(&[(1, 1.0), (2, 1.0 + slope)])
    }

    /// The curve through measured times, given as (tokens, time) in any unit and order.
    ///
    /// Between two points it is straight, and beyond the last it goes on as between the last two. Times that are not positive numbers are
    /// left out; without any the curve is [`flat`](Self::flat). A time shorter than that of fewer tokens counts as equal to it.
    pub fn from_times(times: &[(usize, f64)]) -> Self {
        let sane = |(tokens, time): &(usize, f64)| *tokens > 0 && time.is_finite() && *time > 0.0;
        let mut points: Vec<_> = times.iter().copied().filter(sane).collect();
        points.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        points.dedup_by_key(|(tokens, _)| *tokens);
        let Some(&(_, one)) = points.first() else { return Self::flat() };
        let mut least = 1.0f64;
        for (tokens, time) in &mut points {
            least = least.max(*time / one);
            *time = least;
            *tokens = (*tokens).max(1);
        }
        points[0].0 = 1;
        Self { points }
    }

    /// The curve of a target on this machine, as far as `most` tokens and the context allow: the time to verify 1, 4, 16, ... tokens where the target stands, the better of
    /// two tries each. The target then has seen what it had seen before.
    ///
    /// # Errors
    ///
    /// [`Error::Target`] when the model fails.
    pub fn measure<T: Target>(target: &mut T, most: usize) -> Result<Self> {
        let position = target.position();
        let most = most.min(target.context_length().saturating_sub(position));
        let mut times = Vec::new();
        let sizes = iter::successors(Some(1), |tokens| Some(4 * tokens));
        for tokens in sizes.take_while(|tokens| *tokens <= most) {
            let mut best = f64::INFINITY;
            for _ in 0..2 {
                let start = Instant::now();
                target.greedy(&vec![0; tokens], tokens).map_err(|e| Error::Target(Box::new(e)))?;
                best = best.min(start.elapsed().as_secs_f64());
                target.truncate(position);
            }
            times.push((tokens, best));
        }
        Ok(Self::from_times(&times))
    }

    /// The cost of a forward pass over `tokens` tokens; that over one costs 1.
    pub fn of(&self, tokens: usize) -> f64 {
        let tokens = tokens.max(1);
        let after = self.points.partition_point(|(at, _)| *at <= tokens);
        let Some(&(x0, y0)) = self.points.get(after.saturating_sub(1)) else { return 1.0 };
        let segment = match self.points.get(after) {
            Some(&next) => Some(((x0, y0), next)),
            None => self.points.len().checked_sub(2).map(|last| (self.points[last], (x0, y0))),
        };
        let slope = segment.map_or(0.0, |((x0, y0), (x1, y1))| (y1 - y0) / (x1 - x0) as f64);
        y0 + slope * (tokens - x0) as f64
    }
}

impl Default for CostCurve {
    /// That of a quantised model on a CPU that verifies 17 tokens in twice the time of one.
    fn default() -> Self {
        Self::linear(1.0 / 16.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_and_beyond_points_it_is_straight() {
        let curve = CostCurve::from_times(&[(16, 40.0), (1, 20.0), (32, 80.0)]);
        let costs = [0, 1, 16, 24, 32, 48].map(|tokens| curve.of(tokens));
        assert_eq!(costs, [1.0, 1.0, 2.0, 3.0, 4.0, 6.0]);
        assert_eq!([1, 9, 17].map(|tokens| CostCurve::linear(0.125).of(tokens)), [1.0, 2.0, 3.0]);
        assert_eq!([1, 1000].map(|tokens| CostCurve::flat().of(tokens)), [1.0, 1.0]);
    }

    #[test]
    fn no_measurement_makes_it_fall_or_break() {
        let odd = [(8, 1.0), (1, 2.0), (4, f64::NAN), (0, 1.0), (2, -1.0), (8, 3.0)];
        let curve = CostCurve::from_times(&odd);
        assert_eq!([1, 8, 100].map(|tokens| curve.of(tokens)), [1.0; 3]);
        assert_eq!(CostCurve::from_times(&[]), CostCurve::flat());
    }
}
