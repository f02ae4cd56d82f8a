//! What all answers came to, as a table.

use std::io::{self, Write};

use super::metrics::{Group, Metrics, Rate};

/// Groups that are listed, the most frequent first.
const GROUPS: usize = 12;

pub(super) fn write(metrics: &Metrics<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} answers for {} samples", metrics.answers, metrics.samples)?;
    for (verdict, count) in &metrics.verdicts {
        writeln!(out, "  {verdict:<14} {count:>6}")?;
    }
    for rate in &metrics.rates {
        writeln!(out, "{:<26} {}", rate.measure, shown(rate))?;
    }
    groups(out, "by kind of bug", &metrics.classes)?;
    groups(out, "by problem", &metrics.problems)
}

fn groups(out: &mut dyn Write, title: &str, groups: &[Group<'_>]) -> io::Result<()> {
    if groups.len() < 2 {
        return Ok(());
    }
    writeln!(out, "plausible {title}, the most frequent of {}", groups.len())?;
    for Group { name, samples, rates } in groups.iter().take(GROUPS) {
        let plausible = rates.iter().filter(|rate| rate.measure == "plausible");
        let plausible: Vec<_> = plausible.map(shown).collect();
        writeln!(out, "  {name:<32} {samples:>5}  {}", plausible.join("  "))?;
    }
    Ok(())
}

fn shown(rate: &Rate) -> String {
    let [mean, low, high] = [rate.mean, rate.low, rate.high].map(|share| 100.0 * share);
    format!("@{:<2} {mean:>5.1} %  ({low:.1} to {high:.1})", rate.k)
}
