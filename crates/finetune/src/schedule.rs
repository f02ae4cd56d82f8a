//! The learning rate over the steps.

use serde::{Deserialize, Serialize};

/// How the learning rate goes down after the warm-up; the curves are those of Hugging Face transformers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Schedule {
    /// It stays.
    Constant,
    /// In a line to 0 after the last step.
    #[default]
    Linear,
    /// Along half a cosine wave to 0 after the last step.
    Cosine,
}

impl Schedule {
    /// What the learning rate is multiplied by in step `step`, from 0, of `steps`, the first `warmup` of which rise in a line from 0.
    pub fn factor(self, step: usize, warmup: usize, steps: usize) -> f64 {
        if step < warmup {
            return step as f64 / warmup as f64;
        }
        let done = (step - warmup) as f64 / steps.saturating_sub(warmup).max(1) as f64;
        match self {
            Self::Constant => 1.0,
            Self::Linear => (1.0 - done).max(0.0),
            Self::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values are what transformers' `get_scheduler` gives for 2 warm-up and 6 training steps.
    #[test]
    fn the_curves_are_those_of_transformers() {
        let curve = |schedule: Schedule| [0, 1, 2, 3, 4, 5].map(|step| schedule.factor(step, 2, 6));
        assert_eq!(curve(Schedule::Constant), [0.0, 0.5, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(curve(Schedule::Linear), [0.0, 0.5, 1.0, 0.75, 0.5, 0.25]);
        let cosine = [0.0, 0.5, 1.0, 0.853_553_390_6, 0.5, 0.146_446_609_4];
        for (found, expected) in curve(Schedule::Cosine).iter().zip(cosine) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
        assert_eq!(Schedule::Linear.factor(9, 0, 6), 0.0);
    }
}
