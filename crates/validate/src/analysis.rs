//! What an analyser says of a tree before and after a change.

mod moves;

use std::collections::HashMap;
use std::hash::Hash;

use fixwright_report::BugReport;
use serde::{Deserialize, Serialize};

pub use self::moves::Moves;
use crate::Findings;

/// What an analyser says of a tree before and after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Analysis {
    /// It has no result for the tree as it is.
    NotBefore {
        /// Why, as far as it says.
        reason: String,
    },
    /// It has no result for the changed tree.
    NotAfter {
        /// Why, as far as it says.
        reason: String,
    },
    /// It has one for both.
    Compared {
        /// What became of the finding that was reported; none if no report was given.
        reported: Option<Reported>,
        /// The findings that the change makes vanish.
        gone: Vec<BugReport>,
        /// The findings that the change brings.
        new: Vec<BugReport>,
    },
}

/// What became of a reported finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reported {
    /// The analyser no longer makes it.
    Gone,
    /// The analyser still makes it, perhaps in another line.
    Still,
    /// The analyser does not make it for the tree as it is either.
    Unseen,
}

impl Analysis {
    /// Compares what an analyser says before and after a change that moves lines as `moves` says.
    ///
    /// Two findings are the same if they say the same, but for numbers, by the same rule about the same function of the same file.
    /// Of several that are alike, those whose line moved as the change moves it belong together.
    /// The finding that `report` is about may be named by a longer or shorter path, and stand in another line or have other words,
    /// though not both.
    pub fn between(
        before: &Findings,
        after: &Findings,
        moves: &Moves,
        report: Option<&BugReport>,
    ) -> Self {
        let (before, after) = match (before, after) {
            (Findings::Made(before), Findings::Made(after)) => (before, after),
            (Findings::None { reason }, _) => return Self::NotBefore { reason: reason.clone() },
            (_, Findings::None { reason }) => return Self::NotAfter { reason: reason.clone() },
        };
        let (mut gone, mut new): (Vec<_>, Vec<_>) =
            (before.iter().collect(), after.iter().collect());
        let line = |finding: &BugReport| finding.location.line;
        let moved = |finding: &BugReport| {
            line(finding).map(|line| moves.line(path(finding), line).ok_or(())).transpose().ok()
        };
        // First those that only moved, then whatever is alike wherever it stands.
        let placed = |finding: &BugReport| Some((Key::of(finding), line(finding)));
        pair_off(&mut gone, &mut new, |old| Some((Key::of(old), moved(old)?)), placed);
        pair_off(&mut gone, &mut new, |old| Some(Key::of(old)), |new| Some(Key::of(new)));
        let reported = report.map(|report| match find(report, before) {
            None => Reported::Unseen,
            Some(found) if gone.iter().any(|gone| std::ptr::eq(*gone, found)) => Reported::Gone,
            Some(_) => Reported::Still,
        });
        let owned = |findings: Vec<&BugReport>| findings.into_iter().cloned().collect();
        Self::Compared { reported, gone: owned(gone), new: owned(new) }
    }

    /// Whether there is nothing that a better change could mend: what was seen before is gone, and no other finding has come. Where the analyser did not
    /// make the reported finding before either, nothing shows that it is gone, and nothing can.
    pub fn has_no_complaint(&self) -> bool {
        match self {
            Self::NotBefore { .. } => true,
            Self::NotAfter { .. } => false,
            Self::Compared { reported, new, .. } => {
                *reported != Some(Reported::Still) && new.is_empty()
            }
        }
    }

    /// Whether the analyser still makes the reported finding, or has no result where it had one before.
    pub fn refutes(&self) -> bool {
        matches!(
            self,
            Self::NotAfter { .. } | Self::Compared { reported: Some(Reported::Still), .. }
        )
    }

    /// Whether the reported finding is gone, and no other has come.
    pub fn is_clean(&self) -> bool {
        matches!(self, Self::Compared { reported: Some(Reported::Gone), new, .. } if new.is_empty())
    }
}

/// What tells a finding from others.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    path: String,
    rule: Option<String>,
    function: Option<String>,
    words: String,
}

impl Key {
    fn of(finding: &BugReport) -> Self {
        Self {
            path: path(finding).to_owned(),
            rule: finding.rule.id.clone(),
            function: finding.location.function.clone(),
            words: words(finding),
        }
    }
}

fn path(finding: &BugReport) -> &str {
    finding.location.path.as_deref().unwrap_or_default().trim_start_matches("./")
}

/// What it says. Numbers do not count: they are often lines or sizes.
fn words(finding: &BugReport) -> String {
    let said = finding.title.as_ref().or(finding.description.as_ref());
    said.into_iter().flat_map(|text| text.chars()).filter(|c| !c.is_ascii_digit()).collect()
}

/// Removes findings of both sides that have the same key, one for one.
fn pair_off<K: Eq + Hash>(
    old: &mut Vec<&BugReport>,
    new: &mut Vec<&BugReport>,
    old_key: impl Fn(&BugReport) -> Option<K>,
    new_key: impl Fn(&BugReport) -> Option<K>,
) {
    let mut there: HashMap<K, usize> = HashMap::new();
    new.iter().filter_map(|finding| new_key(finding)).for_each(|key| {
        *there.entry(key).or_default() += 1;
    });
    let mut paired: HashMap<K, usize> = HashMap::new();
    old.retain(|finding| match old_key(finding) {
        Some(key) if take_one(&mut there, &key) => {
            *paired.entry(key).or_default() += 1;
            false
        }
        _ => true,
    });
    new.retain(|finding| !new_key(finding).is_some_and(|key| take_one(&mut paired, &key)));
}

fn take_one<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) -> bool {
    let Some(count) = counts.get_mut(key).filter(|count| **count > 0) else { return false };
    *count -= 1;
    true
}

/// The finding that `report` is about.
fn find<'a>(report: &BugReport, findings: &'a [BugReport]) -> Option<&'a BugReport> {
    let line = report.location.line;
    let distance = |finding: &BugReport| match (line, finding.location.line) {
        (Some(one), Some(other)) => one.abs_diff(other),
        _ => u32::MAX,
    };
    let same_words = |finding: &BugReport| words(finding) == words(report);
    let same_rule =
        |finding: &&BugReport| report.rule.id.is_none() || finding.rule.id == report.rule.id;
    let named = path(report);
    findings
        .iter()
        .filter(|finding| same_file(named, path(finding)))
        .filter(same_rule)
        .filter(|finding| same_words(finding) || distance(finding) == 0)
        .min_by_key(|finding| (!same_words(finding), distance(finding)))
}

/// Whether two paths may name the same file, one of them beginning above or below the other's root.
///
/// ```
/// use fixwright_validate::same_file;
///
/// assert!(same_file("/build/x/src/a.c", "src/a.c") && same_file("./a.c", "src/a.c"));
/// assert!(!same_file("ba.c", "a.c") && !same_file("lib/a.c", "src/a.c"));
/// ```
pub fn same_file(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_start_matches("./"), other.trim_start_matches("./"));
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|above| above.is_empty() || above.ends_with('/'))
    };
    !one.is_empty() && !other.is_empty() && (ends(one, other) || ends(other, one))
}

#[cfg(test)]
mod tests {
    use fixwright_report::parse;

    use super::*;

    /// What is gone and new between two outputs of an analyser, by line, and what became of `report`.
    fn compared(
        (old, new): (&str, &str),
        (before, after): (&str, &str),
        report: Option<&str>,
    ) -> (Vec<u32>, Vec<u32>, Option<Reported>) {
        let made =
            |text: &str| Findings::Made(parse(text).map(|read| read.reports).unwrap_or_default());
        let mut moves = Moves::default();
        moves.add("a.c", old.as_bytes(), new.as_bytes());
        let report = report.map(|text| parse(text).unwrap().reports.remove(0));
        let analysis = Analysis::between(&made(before), &made(after), &moves, report.as_ref());
        let Analysis::Compared { reported, gone, new } = analysis else { panic!("{analysis:?}") };
        let lines = |found: &[BugReport]| {
            found.iter().filter_map(|finding| finding.location.line).collect()
        };
        (lines(&gone), lines(&new), reported)
    }

    const TEXTS: (&str, &str) = ("a\nbad\nb\nc\nbad2\nd\n", "new\na\nb\nc\nbad2\nd\n");

    #[test]
    fn of_findings_that_are_alike_the_one_whose_line_is_gone_is_gone() {
        let before = "a.c:2:1: warning: leak of 'p' [-Wx]\na.c:5:1: warning: leak of 'p' [-Wx]\n";
        let after = "./a.c:5:1: warning: leak of 'p' [-Wx]\n";
        let first = "/home/u/a.c:2:1: warning: leak of 'p' [-Wx]\n";
        let (gone, new, reported) = compared(TEXTS, (before, after), Some(first));
        assert_eq!((gone, new, reported), (vec![2], vec![], Some(Reported::Gone)));
        let second = "a.c:5:9: warning: leak of 'p' [-Wx]\n";
        let reported = compared(TEXTS, (before, after), Some(second)).2;
        assert_eq!(reported, Some(Reported::Still));
    }

    #[test]
    fn a_finding_on_a_changed_line_that_is_still_made_is_not_gone() {
        let texts = ("a\nbad\n", "a\nstill bad\nb\n");
        let before = "a.c:2:1: warning: size 12 [-Wx]\n";
        let after = "a.c:2:7: warning: size 13 [-Wx]\na.c:3:1: warning: size 14 [-Wx]\n";
        let found = compared(texts, (before, after), Some(before));
        assert_eq!(found, (vec![], vec![3], Some(Reported::Still)));
    }

    #[test]
    fn another_file_or_rule_is_another_finding() {
        let before = "a.c:2:1: warning: m [-Wx]\nb.c:2:1: warning: m [-Wx]\n";
        let after = "a.c:2:1: warning: m [-Wy]\nb.c:2:1: warning: m [-Wx]\n";
        let found = compared(("a\nbad\n", "a\ngood\n"), (before, after), None);
        assert_eq!(found, (vec![2], vec![2], None));
        let elsewhere = "c.c:2:1: warning: m [-Wx]\n";
        let reported = compared(("a\n", "b\n"), (before, after), Some(elsewhere)).2;
        assert_eq!(reported, Some(Reported::Unseen));
    }

    #[test]
    fn no_result_is_not_the_same_as_no_finding() {
        let (none, some) = (Findings::None { reason: "x".into() }, Findings::Made(Vec::new()));
        let between = |before, after| Analysis::between(before, after, &Moves::default(), None);
        assert_eq!(between(&some, &none), Analysis::NotAfter { reason: "x".into() });
        assert_eq!(between(&none, &some), Analysis::NotBefore { reason: "x".into() });
        assert!(!between(&some, &some).is_clean());
    }
}
