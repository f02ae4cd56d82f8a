//! How likely the next token is changed while copying.

use std::ops::Range;

use super::prior;

/// The chance of a change by place: from experience with this answer, and from where the report points.
#[derive(Debug, Clone, Default)]
pub(super) struct Hazard {
    copied: f64,
    changed: f64,
    reported: Option<Range<usize>>,
}

impl Hazard {
    /// The tokens of the source around the reported line.
    pub(super) fn report(&mut self, tokens: Range<usize>) {
        self.reported = Some(tokens);
    }

    /// Counts a token where copying was expected to go on.
    pub(super) fn count(&mut self, copied: bool) {
        if copied {
            self.copied += 1.0;
        } else {
            self.changed += 1.0;
        }
    }

    /// The chance that the token expected from position `at` is another one.
    pub(super) fn at(&self, at: usize) -> f64 {
        let place = match &self.reported {
            None => 1.0,
            Some(tokens) if tokens.contains(&at) => prior::NEAR,
            Some(_) => prior::FAR,
        };
        let changes = prior::HAZARD * prior::HAZARD_TOKENS + self.changed;
        let tokens = prior::HAZARD_TOKENS + self.copied + self.changed;
        (place * changes / tokens).min(prior::MOST_HAZARD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn experience_and_report_move_it() {
        let mut hazard = Hazard::default();
        let before = hazard.at(0);
        (0..400).for_each(|_| hazard.count(true));
        assert!(hazard.at(0) < before / 2.0);
        (0..400).for_each(|_| hazard.count(false));
        assert!(hazard.at(0) > before);
        let mut hazard = Hazard::default();
        hazard.report(10..20);
        assert!(hazard.at(9) < before && hazard.at(10) > before && hazard.at(20) < before);
    }
}
