//! Test scripts of another program, run on that program and on this one, and the differences explained.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;

use anyhow::Context as _;
use serde::Deserialize;

use crate::exit::{Exit, note};
use crate::workspace::root;

/// The tests of a script by number: whether each passed.
pub(super) type Passes = BTreeMap<usize, bool>;

/// What one script came to.
pub(super) struct Outcome {
    pub(super) script: String,
    pub(super) ours: Passes,
    pub(super) theirs: Passes,
}

/// Why tests end differently with this program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reasons {
    /// The reasons by short names.
    reasons: BTreeMap<String, String>,
    /// The tests by script and reason.
    differences: BTreeMap<String, BTreeMap<String, Vec<usize>>>,
}

impl Reasons {
    /// Reads a file of `tests/outside`.
    pub(super) fn read(name: &str) -> anyhow::Result<Self> {
        let path = root().join("tests/outside").join(name);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    fn of(&self, script: &str, test: usize) -> Option<&str> {
        let mut reasons = self.differences.get(script)?.iter();
        reasons.find(|(_, tests)| tests.contains(&test)).map(|(reason, _)| reason.as_str())
    }
}

impl Outcome {
    /// The tests that end differently.
    fn differences(&self) -> impl Iterator<Item = usize> {
        let tests: BTreeSet<_> = self.ours.keys().chain(self.theirs.keys()).copied().collect();
        tests.into_iter().filter(|test| self.ours.get(test) != self.theirs.get(test))
    }
}

/// How many of how many tests pass.
#[derive(Clone, Copy, Default)]
struct Score(usize, usize);

impl Score {
    fn of(passes: &Passes) -> Self {
        Self(passes.values().filter(|passed| **passed).count(), passes.len())
    }

    fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.0, self.1)
    }
}

/// Prints a row for each script and one for each reason; [`Exit::Failed`] if a difference has no reason.
pub(super) fn report(
    outcomes: &[Outcome],
    reasons: &Reasons,
    system: &str,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = 0;
    let [mut all_ours, mut all_theirs] = [Score::default(); 2];
    writeln!(out, "| script | `xtask apply` | {system} | differ because of |\n|---|---|---|---|")?;
    for outcome in outcomes {
        let Outcome { script, .. } = outcome;
        let mut here: BTreeMap<&str, usize> = BTreeMap::new();
        for test in outcome.differences() {
            match reasons.of(script, test) {
                Some(reason) => *here.entry(reason).or_default() += 1,
                None => {
                    note(format_args!("{script}: test {test} differs without a reason"));
                    unexplained += 1;
                }
            }
        }
        let (ours, theirs) = (Score::of(&outcome.ours), Score::of(&outcome.theirs));
        (all_ours, all_theirs) = (all_ours.plus(ours), all_theirs.plus(theirs));
        let why: Vec<_> = here.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        writeln!(out, "| {script} | {ours} | {theirs} | {} |", why.join(", "))?;
        here.into_iter().for_each(|(reason, count)| *counts.entry(reason).or_default() += count);
    }
    writeln!(out, "| all | {all_ours} | {all_theirs} | |\n\n| reason | tests | |\n|---|---|---|")?;
    for (reason, count) in counts {
        let text = reasons.reasons.get(reason).map_or("", String::as_str);
        writeln!(out, "| {reason} | {count} | {text} |")?;
    }
    Ok(if unexplained == 0 { Exit::Done } else { Exit::Failed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(differences: &str) -> (Exit, String) {
        let text = format!("reasons.why = \"because\"\n[differences]\n{differences}");
        let outcome = Outcome {
            script: "t1".to_owned(),
            ours: Passes::from([(1, true), (2, false)]),
            theirs: Passes::from([(1, true), (2, true), (3, true)]),
        };
        let mut out = Vec::new();
        let exit = report(&[outcome], &toml::from_str(&text).unwrap(), "git", &mut out).unwrap();
        (exit, String::from_utf8(out).unwrap())
    }

    #[test]
    fn every_difference_needs_a_reason() {
        let (exit, text) = reported("t1.why = [2, 3]");
        assert_eq!(exit, Exit::Done);
        assert!(text.contains("| t1 | 1 of 2 | 3 of 3 | why 2 |"), "{text}");
        assert!(text.contains("| why | 2 | because |"), "{text}");
        assert_eq!(reported("t1.why = [2]").0, Exit::Failed);
    }
}
