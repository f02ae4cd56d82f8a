//! What all answers came to, as a table.

use std::collections::BTreeMap;
use std::io::{self, Write};

use fixwright_validate::{Estimate, Likeness, Tally};

use super::analysed::Analysed;
use super::row::Row;

/// The seed of the confidence intervals.
const SEED: u64 = 0;
/// Kinds of bugs that are listed, the most frequent first.
const CLASSES: usize = 12;

/// The rows of one sample.
type Candidates<'a> = Vec<&'a Row>;

pub(super) struct Summary<'a> {
    rows: &'a [Row],
    samples: BTreeMap<&'a str, Candidates<'a>>,
}

impl<'a> Summary<'a> {
    pub(super) fn new(rows: &'a [Row]) -> Self {
        let mut samples: BTreeMap<&str, Candidates<'_>> = BTreeMap::new();
        rows.iter().for_each(|row| samples.entry(&row.id).or_default().push(row));
        Self { rows, samples }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{} answers for {} samples", self.rows.len(), self.samples.len())?;
        self.verdicts(out)?;
        let like =
            |is: fn(&Likeness) -> bool| move |row: &Row| row.likeness.as_ref().is_some_and(is);
        self.rate(out, "plausible", Row::is_plausible)?;
        self.rate(out, "exact", |row| row.verdict == "exact")?;
        self.rate(out, "equal but for white space", like(|likeness| likeness.modulo_whitespace))?;
        self.rate(out, "same edited lines", like(|likeness| likeness.same_edited_lines))?;
        self.rate(out, "same tokens", like(|likeness| likeness.same_tokens))?;
        if self.rows.iter().any(|row| row.analysis.is_some()) {
            let is =
                |is: fn(&Analysed) -> bool| move |row: &Row| row.analysis.as_ref().is_some_and(is);
            self.rate(out, "reported finding gone", is(Analysed::is_gone))?;
            self.rate(out, "and none has come", is(Analysed::is_clean))?;
        }
        self.groups(out, "by kind of bug", |row| row.class.as_deref())?;
        self.groups(out, "by problem", |row| row.problem.as_deref())
    }

    fn verdicts(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        self.rows.iter().for_each(|row| *counts.entry(&row.verdict).or_default() += 1);
        counts.iter().try_for_each(|(verdict, count)| writeln!(out, "  {verdict:<14} {count:>6}"))
    }

    /// The share of samples with a right answer, for one draw and for more.
    fn rate(
        &self,
        out: &mut dyn Write,
        name: &str,
        is_right: impl Fn(&Row) -> bool,
    ) -> io::Result<()> {
        let tallies: Vec<_> = self.samples.values().map(|rows| tally(rows, &is_right)).collect();
        let most = tallies.iter().map(|tally| tally.candidates).min().unwrap_or_default();
        for k in [1, 2, 4, 8, 16, 32, 64].into_iter().take_while(|k| *k <= most) {
            let values: Vec<f64> = tallies.iter().filter_map(|tally| tally.pass_at(k)).collect();
            if let Some(estimate) = Estimate::bootstrap(&values, SEED) {
                let Estimate { mean, low, high, .. } = estimate;
                writeln!(
                    out,
                    "{name:<26} @{k:<2} {:>5.1} %  ({:.1} to {:.1})",
                    100.0 * mean,
                    100.0 * low,
                    100.0 * high
                )?;
            }
        }
        Ok(())
    }

    fn groups(
        &self,
        out: &mut dyn Write,
        title: &str,
        group: impl Fn(&Row) -> Option<&str>,
    ) -> io::Result<()> {
        let mut groups: BTreeMap<&str, Vec<Tally>> = BTreeMap::new();
        for rows in self.samples.values() {
            if let Some(name) = rows.first().and_then(|row| group(row)) {
                groups.entry(name).or_default().push(tally(rows, Row::is_plausible));
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        if groups.len() < 2 {
            return Ok(());
        }
        groups.sort_by_key(|(name, tallies)| (usize::MAX - tallies.len(), *name));
        writeln!(out, "plausible @1 {title}, the most frequent of {}", groups.len())?;
        for (name, tallies) in groups.iter().take(CLASSES) {
            let rate: f64 = tallies.iter().filter_map(|tally| tally.pass_at(1)).sum();
            let share = 100.0 * rate / tallies.len() as f64;
            writeln!(out, "  {name:<32} {share:>5.1} %  of {}", tallies.len())?;
        }
        Ok(())
    }
}

fn tally(rows: &[&Row], is_right: impl Fn(&Row) -> bool) -> Tally {
    let right = rows.iter().filter(|row| is_right(row)).count() as u64;
    Tally { candidates: rows.len() as u64, right }
}
