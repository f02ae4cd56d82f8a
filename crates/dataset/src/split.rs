//! Parts of a data set that share nothing which would let a model cheat.

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::{Extra, RepairSample};

/// What stays together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    /// All programs for one problem.
    Problem,
    /// All files of one repository, or of one data set without repositories.
    Repository,
    /// The samples of a time: those to train on are older than those to validate with, and these older than those to test with.
    Date,
}

/// How samples are divided.
///
/// By problem or repository, the part of a group is a seeded hash of its name: it stays the same whatever else is added, and
/// the shares are met only roughly where groups are few. What a sample lacks is replaced by the next thing that it has: problem,
/// repository, file, code.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Split {
    /// What stays together.
    pub by: SplitBy,
    /// The share of the validation part, from 0 to 1.
    pub validation: f64,
    /// The share of the test part, from 0 to 1.
    pub test: f64,
    /// Another seed gives other parts.
    pub seed: u64,
}

/// A part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// To train on.
    Train,
    /// To choose among trained models.
    Validation,
    /// To judge the chosen one.
    Test,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// The name of the part, which its file has too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// What the part of a sample is found by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Key {
    /// Where its group stands, from 0 to 1.
    Group(f64),
    /// Its date, in seconds since 1970.
    Date(i64),
}

impl Split {
    /// The key of a sample; `None` if a date is needed and it has none.
    pub(crate) fn key(&self, sample: &RepairSample) -> Option<Key> {
        let repository = repository(sample);
        let groups = match self.by {
            SplitBy::Date => return date(&sample.extra).map(Key::Date),
            SplitBy::Problem => [sample.problem.as_deref(), repository.as_deref()],
            SplitBy::Repository => [repository.as_deref(), sample.problem.as_deref()],
        };
        let others = [sample.source_code_path.as_deref(), sample.code.as_deref()];
        let named = groups.into_iter().chain(others).flatten().find(|name| !name.is_empty());
        let hash = xxh3_64_with_seed(named.unwrap_or_default().as_bytes(), self.seed);
        Some(Key::Group(hash as f64 / u64::MAX as f64))
    }

    /// The parts of samples with these keys.
    pub(crate) fn parts(&self, keys: &[Key]) -> impl Fn(Key) -> Part {
        let (test, validation) = (self.test, self.test + self.validation);
        let mut dates: Vec<_> = keys.iter().filter_map(Key::date).collect();
        dates.sort_unstable();
        let first = |share: f64| {
            let count = (dates.len() as f64 * share).round() as usize;
            dates.len().checked_sub(count).and_then(|at| dates.get(at)).copied().unwrap_or(i64::MAX)
        };
        let (tested, validated) = (first(test), first(validation));
        move |key| match key {
            Key::Group(place) if place < test => Part::Test,
            Key::Group(place) if place < validation => Part::Validation,
            Key::Date(date) if date >= tested => Part::Test,
            Key::Date(date) if date >= validated => Part::Validation,
            _ => Part::Train,
        }
    }
}

impl Key {
    fn date(&self) -> Option<i64> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Group(_) => None,
        }
    }
}

/// The repository of a sample: its field `split_unit` or `repo`, or where it comes from.
fn repository(sample: &RepairSample) -> Option<String> {
    let field = |name| sample.extra.get::<String>(name).ok().flatten();
    field("split_unit").or_else(|| field("repo")).or_else(|| sample.origin.clone())
}

/// The field `date`: seconds since 1970, or a text that begins with year, month and day.
fn date(extra: &Extra) -> Option<i64> {
    if let Ok(Some(seconds)) = extra.get::<i64>("date") {
        return Some(seconds);
    }
    let text = extra.get::<String>("date").ok()??;
    let mut numbers = text.get(..10)?.splitn(3, '-').map(|number| number.parse::<i64>().ok());
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    // The day of the era of a year that begins in March (H. Hinnant, "chrono-compatible low-level date algorithms").
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(days * 86_400)
}

#[cfg(test)]
mod tests;
