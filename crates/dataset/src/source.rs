//! What every source of samples has in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::{Error, Outcomes, RepairSample};

/// Where samples come from: an iterator over them that counts what it leaves out.
///
/// An error is about one thing that could not be read, and the iteration goes on behind it unless the source itself failed.
/// The same input gives the same samples in the same order.
pub trait Source: Iterator<Item = Result<RepairSample, Error>> {
    /// What was left out so far, and why.
    fn skipped(&self) -> &Skipped;

    /// What there is to know of the input once it is read: its `sha256`, a `commit`, the version of a program by its name.
    fn facts(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    /// Is told where what programs said is remembered, before the first sample. A source that runs none has no use for it.
    fn remember(&mut self, _outcomes: &Arc<Outcomes>) {}
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn skipped(&self) -> &Skipped {
        (**self).skipped()
    }

    fn facts(&self) -> BTreeMap<String, String> {
        (**self).facts()
    }

    fn remember(&mut self, outcomes: &Arc<Outcomes>) {
        (**self).remember(outcomes);
    }
}

/// How much was left out for each reason.
///
/// ```
/// use fixwright_dataset::Skipped;
///
/// let mut skipped = Skipped::default();
/// skipped.add("merge");
/// skipped.add("revert");
/// skipped.add("merge");
/// assert_eq!(skipped.total(), 3);
/// assert_eq!(skipped.iter().collect::<Vec<_>>(), [("merge", 2), ("revert", 1)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<&'static str, u64>);

impl Skipped {
    /// Counts one more that was left out; `reason` reads as the name of a column: `too many hunks`.
    pub fn add(&mut self, reason: &'static str) {
        *self.0.entry(reason).or_default() += 1;
    }

    /// Adds the counts of another one.
    pub fn merge(&mut self, other: &Self) {
        for (reason, count) in other.iter() {
            *self.0.entry(reason).or_default() += count;
        }
    }

    /// How many were left out for `reason`.
    pub fn count(&self, reason: &str) -> u64 {
        self.0.get(reason).copied().unwrap_or_default()
    }

    /// How many were left out.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The reasons in alphabetical order, each with its count.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(reason, count)| (*reason, *count))
    }
}

impl Serialize for Skipped {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
