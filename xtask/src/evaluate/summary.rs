//! What all answers came to, as a table.

use std::io::{self, Write};

use super::first::First;
use super::metrics::{Group, Metrics, Rate};
use super::seconds::{Spread, Times};

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
    first(out, &metrics.first)?;
    if let Some(Times { answer, verdict, .. }) = &metrics.seconds {
        spread(out, "seconds to the first answer", answer)?;
        spread(out, "seconds to its verdict", verdict)?;
    }
    groups(out, "by kind of bug", &metrics.classes)?;
    groups(out, "by problem", &metrics.problems)
}

/// One of the first answers, in their order, is so.
fn first(out: &mut dyn Write, first: &First) -> io::Result<()> {
    let small = format!("fixes of at most {} lines", first.small.changed_lines_at_most);
    for (of, rates) in [("samples", &first.all), (small.as_str(), &first.small.rates)] {
        for rate in rates {
            let answers = match rate.k {
                1 => "first answer".to_owned(),
                k => format!("one of the first {k}"),
            };
            let (measure, shown, count) = (rate.measure, percent(rate), rate.samples);
            writeln!(out, "{answers:<20} {measure:<18} {shown} of {count} {of}")?;
        }
    }
    Ok(())
}

fn spread(out: &mut dyn Write, what: &str, spread: &Spread) -> io::Result<()> {
    let Spread { median, low, high, .. } = spread;
    writeln!(out, "{what:<28} {median:.1} in the median, {low:.1} to {high:.1} for four of five")
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
    format!("@{:<2} {}", rate.k, percent(rate))
}

fn percent(rate: &Rate) -> String {
    let [mean, low, high] = [rate.mean, rate.low, rate.high].map(|share| 100.0 * share);
    format!("{mean:>5.1} %  ({low:.1} to {high:.1})")
}
