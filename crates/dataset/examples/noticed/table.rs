//! How often each rule fired, and who noticed.

use std::collections::BTreeMap;
use std::fmt;

use fixwright_dataset::{RepairSample, Rule};

use crate::Failed;
use crate::tools::Noticed;

/// The columns behind that of the samples.
const COLUMNS: [&str; 8] = [
    "compile",
    "restored",
    "gcc -Wall -Wextra",
    "gcc -fanalyzer",
    "cppcheck",
    "sanitizers",
    "tests",
    "noticed",
];

#[derive(Default)]
pub(crate) struct Table {
    /// Files that do not compile as they are.
    pub(crate) unfit: usize,
    rules: BTreeMap<String, Counts>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    samples: usize,
    columns: [usize; 8],
}

impl Table {
    pub(crate) fn add(&mut self, sample: &RepairSample, noticed: &Noticed) -> Result<(), Failed> {
        let rule: String = sample.extra.get("rule")?.unwrap_or_default();
        let counts = self.rules.entry(rule).or_default();
        let Noticed { compiles, restored, warnings, analyzer, cppcheck, sanitizers, tests } =
            *noticed;
        let any = warnings || analyzer || cppcheck || sanitizers || tests;
        let columns = [compiles, restored, warnings, analyzer, cppcheck, sanitizers, tests, any];
        counts.samples += 1;
        for (count, is) in counts.columns.iter_mut().zip(columns) {
            *count += usize::from(is);
        }
        Ok(())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} files do not compile as they are", self.unfit)?;
        writeln!(f, "| rule | samples | {} |", COLUMNS.join(" | "))?;
        writeln!(f, "|---|---{}|", "|---".repeat(COLUMNS.len()))?;
        let row = |f: &mut fmt::Formatter<'_>, name: &str, counts: &Counts| {
            let columns = counts.columns.map(|count| count.to_string()).join(" | ");
            writeln!(f, "| {name} | {} | {columns} |", counts.samples)
        };
        let mut all = Counts::default();
        for (rule, counts) in &self.rules {
            row(f, rule, counts)?;
            all.samples += counts.samples;
            all.columns.iter_mut().zip(counts.columns).for_each(|(sum, count)| *sum += count);
        }
        row(f, "all", &all)?;
        let silent: Vec<_> = Rule::all()
            .map(|rule| rule.name())
            .filter(|name| !self.rules.contains_key(*name))
            .collect();
        writeln!(f, "{} rules did not fire: {}", silent.len(), silent.join(", "))
    }
}
