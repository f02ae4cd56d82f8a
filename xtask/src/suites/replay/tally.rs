//! What a replay came to.

use std::collections::BTreeMap;
use std::fmt;

use super::tools::Fate;

/// One of the three rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    InOrder,
    Reversed,
    Alone,
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InOrder => "in order",
            Self::Reversed => "reversed",
            Self::Alone => "alone",
        })
    }
}

/// A patch of which the two programs made different things.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    pub(super) package: String,
    pub(super) patch: String,
    pub(super) round: Round,
    pub(super) what: String,
}

/// Counts of one package, or of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    patches: usize,
    /// The patches after which both trees were the same, by round.
    same: [usize; 3],
    /// Of those alone, the ones that both refused.
    refused: usize,
    /// Patches alone that only this program applied, in a way that GNU patch does not know.
    beyond: usize,
    hunks: usize,
    needs: BTreeMap<String, usize>,
    pub(super) differences: Vec<Difference>,
}

impl Tally {
    pub(super) const HEAD: &'static str = "| package | patches | same in order | same reversed | \
        same alone (of these refused by both) | alone, only ours applies | differ |\n\
        |---|---|---|---|---|---|---|";

    pub(super) fn of(patches: usize) -> Self {
        Self { patches, ..Self::default() }
    }

    /// Counts one patch of a round: what this program made of it, whether GNU patch applied it, and what differs between
    /// the trees.
    pub(super) fn count(
        &mut self,
        patch: &str,
        round: Round,
        ours: &Fate,
        theirs: bool,
        differs: Option<String>,
    ) {
        if let Fate::Applied(hunks) = ours {
            self.hunks += hunks.len();
            for need in hunks.iter().flatten() {
                *self.needs.entry(need.clone()).or_default() += 1;
            }
        }
        let what = match (ours, theirs, differs) {
            (Fate::Refused(_), false, _) if round == Round::Alone => {
                self.refused += 1;
                None
            }
            (_, false, _) if round == Round::Alone => {
                self.beyond += 1;
                return;
            }
            (Fate::Refused(reason), true, _) => Some(format!("refused: {reason}")),
            (Fate::Refused(reason), false, _) => Some(format!("both refuse; ours: {reason}")),
            (_, false, _) => Some("GNU patch refuses".to_owned()),
            (_, true, differs) => differs,
        };
        match what {
            None => self.same[round as usize] += 1,
            Some(what) => self.differences.push(Difference {
                package: String::new(),
                patch: patch.to_owned(),
                round,
                what,
            }),
        }
    }

    pub(super) fn add(&mut self, package: &str, other: Self) {
        self.patches += other.patches;
        self.refused += other.refused;
        self.beyond += other.beyond;
        self.hunks += other.hunks;
        for (sum, same) in self.same.iter_mut().zip(other.same) {
            *sum += same;
        }
        for (need, count) in other.needs {
            *self.needs.entry(need).or_default() += count;
        }
        let named = |difference| Difference { package: package.to_owned(), ..difference };
        self.differences.extend(other.differences.into_iter().map(named));
    }

    /// The row of a table with [`Tally::HEAD`].
    pub(super) fn row(&self, name: &str) -> String {
        let Self { patches, same: [in_order, reversed, alone], refused, beyond, .. } = self;
        let differ = self.differences.len();
        format!(
            "| {name} | {patches} | {in_order} | {reversed} | {alone} ({refused}) | {beyond} | {differ} |"
        )
    }

    /// What the hunks needed in all rounds.
    pub(super) fn hunks(&self) -> String {
        let needs = self.needs.iter().map(|(need, count)| format!("{need} {count}"));
        format!("{} hunks applied; needed: {}", self.hunks, needs.collect::<Vec<_>>().join(", "))
    }
}
