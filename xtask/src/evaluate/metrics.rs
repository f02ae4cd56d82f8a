//! What all answers came to, in numbers.

use std::collections::BTreeMap;

use fixwright_validate::{Estimate, Tally};
use serde::Serialize;

use super::analysed::Analysed;
use super::origin::Origin;
use super::row::Row;

/// The seed of the confidence intervals.
const SEED: u64 = 0;
/// The numbers of draws that rates are given for, as far as there are candidates.
const DRAWS: [u64; 7] = [1, 2, 4, 8, 16, 32, 64];

/// What is asked of an answer.
type Measure = (&'static str, fn(&Row) -> bool);

/// What is asked of the answers of every group.
const MEASURES: [Measure; 2] =
    [("plausible", Row::is_plausible), ("exact", |row| row.verdict == "exact")];
/// What is asked of all answers beside.
const LIKENESSES: [Measure; 3] = [
    ("equal but for white space", |row| row.is_like(|it| it.modulo_whitespace)),
    ("same edited lines", |row| row.is_like(|it| it.same_edited_lines)),
    ("same tokens", |row| row.is_like(|it| it.same_tokens)),
];
/// The same if an analyser was run.
const ANALYSES: [Measure; 2] = [
    ("reported finding gone", |row| row.analysis.as_ref().is_some_and(Analysed::is_gone)),
    ("and none has come", |row| row.analysis.as_ref().is_some_and(Analysed::is_clean)),
];

/// The rows of one sample.
type Candidates<'a> = Vec<&'a Row>;

/// What all answers came to.
#[derive(Debug, Serialize)]
pub(super) struct Metrics<'a> {
    /// What made the answers.
    origin: &'a Origin,
    pub(super) answers: usize,
    pub(super) samples: usize,
    /// How many answers there are of each verdict.
    pub(super) verdicts: BTreeMap<&'a str, usize>,
    pub(super) rates: Vec<Rate>,
    pub(super) classes: Vec<Group<'a>>,
    pub(super) problems: Vec<Group<'a>>,
}

/// The share of samples with a right answer among `k` drawn ones, and its interval of 95 %.
#[derive(Debug, Serialize)]
pub(super) struct Rate {
    /// What makes an answer right.
    pub(super) measure: &'static str,
    pub(super) k: u64,
    pub(super) mean: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The samples of one kind.
#[derive(Debug, Serialize)]
pub(super) struct Group<'a> {
    pub(super) name: &'a str,
    pub(super) samples: usize,
    pub(super) rates: Vec<Rate>,
}

impl<'a> Metrics<'a> {
    pub(super) fn new(rows: &'a [Row], origin: &'a Origin) -> Self {
        let mut by_id: BTreeMap<&str, Candidates<'_>> = BTreeMap::new();
        rows.iter().for_each(|row| by_id.entry(&row.id).or_default().push(row));
        let samples: Vec<_> = by_id.into_values().collect();
        let mut verdicts = BTreeMap::new();
        rows.iter().for_each(|row| *verdicts.entry(&*row.verdict).or_default() += 1);
        let analysed = rows.iter().any(|row| row.analysis.is_some());
        let analyses = if analysed { &ANALYSES[..] } else { &[] };
        Self {
            origin,
            answers: rows.len(),
            samples: samples.len(),
            verdicts,
            rates: rates(&samples, &[&MEASURES[..], &LIKENESSES, analyses].concat()),
            classes: groups(&samples, |row| row.class.as_deref()),
            problems: groups(&samples, |row| row.problem.as_deref()),
        }
    }
}

/// The samples that say what kind they are, the most frequent kind first.
fn groups<'a>(
    samples: &[Candidates<'a>],
    kind: impl Fn(&'a Row) -> Option<&'a str>,
) -> Vec<Group<'a>> {
    let mut by_name: BTreeMap<&str, Vec<Candidates<'_>>> = BTreeMap::new();
    for rows in samples {
        if let Some(name) = rows.first().and_then(|row| kind(row)) {
            by_name.entry(name).or_default().push(rows.clone());
        }
    }
    let group = |(name, samples): (_, Vec<_>)| Group {
        name,
        samples: samples.len(),
        rates: rates(&samples, &MEASURES),
    };
    let mut groups: Vec<_> = by_name.into_iter().map(group).collect();
    groups.sort_by_key(|group| (usize::MAX - group.samples, group.name));
    groups
}

fn rates(samples: &[Candidates<'_>], measures: &[Measure]) -> Vec<Rate> {
    let most = samples.iter().map(Vec::len).min().unwrap_or_default() as u64;
    let draws = || DRAWS.into_iter().take_while(|k| *k <= most);
    let measured = measures.iter().flat_map(|measure| draws().map(move |k| (*measure, k)));
    measured.filter_map(|(measure, k)| rate(samples, measure, k)).collect()
}

fn rate(samples: &[Candidates<'_>], (measure, is_right): Measure, k: u64) -> Option<Rate> {
    let tally = |rows: &Candidates<'_>| Tally {
        candidates: rows.len() as u64,
        right: rows.iter().filter(|row| is_right(row)).count() as u64,
    };
    let values: Vec<f64> = samples.iter().filter_map(|rows| tally(rows).pass_at(k)).collect();
    let Estimate { mean, low, high, .. } = Estimate::bootstrap(&values, SEED)?;
    Some(Rate { measure, k, mean, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two answers for each of four samples: of `overflow` half are right, of `leak` one in four.
    const ROWS: &str = r#"
{"id":"a","candidate":0,"verdict":"plausible","class":"overflow","problem":"p"}
{"id":"a","candidate":1,"verdict":"exact","class":"overflow","problem":"p"}
{"id":"b","candidate":0,"verdict":"failed","class":"overflow","problem":"q"}
{"id":"b","candidate":1,"verdict":"not_applied","class":"overflow","problem":"q"}
{"id":"c","candidate":0,"verdict":"failed","class":"leak","problem":"p"}
{"id":"c","candidate":1,"verdict":"plausible","class":"leak","problem":"p"}
{"id":"d","candidate":0,"verdict":"failed","class":"leak","problem":"p"}
{"id":"d","candidate":1,"verdict":"failed","class":"leak","problem":"p"}
"#;

    fn shown(rates: &[Rate]) -> Vec<(&str, u64, f64)> {
        rates.iter().map(|rate| (rate.measure, rate.k, rate.mean)).collect()
    }

    #[test]
    fn each_class_and_each_problem_has_its_rates() {
        let lines = ROWS.lines().filter(|line| !line.is_empty());
        let rows: Vec<Row> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        let origin = Origin::default();
        let metrics = Metrics::new(&rows, &origin);
        assert_eq!((metrics.answers, metrics.samples, metrics.verdicts["failed"]), (8, 4, 4));
        let plausible: Vec<_> = metrics.rates.iter().map(|rate| (rate.k, rate.mean)).collect();
        assert_eq!(plausible[..2], [(1, 0.375), (2, 0.5)]);
        let [leak, overflow] = &metrics.classes[..] else { panic!("{metrics:?}") };
        assert_eq!((leak.name, leak.samples), ("leak", 2));
        let expected =
            [("plausible", 1, 0.25), ("plausible", 2, 0.5), ("exact", 1, 0.0), ("exact", 2, 0.0)];
        assert_eq!(shown(&leak.rates), expected);
        let expected =
            [("plausible", 1, 0.5), ("plausible", 2, 0.5), ("exact", 1, 0.25), ("exact", 2, 0.5)];
        assert_eq!(shown(&overflow.rates), expected);
        let wide = &overflow.rates[0];
        assert_eq!((wide.low, wide.high), (0.0, 1.0), "of two samples none or both are drawn");
        let problems: Vec<_> = metrics.problems.iter().map(|it| (it.name, it.samples)).collect();
        assert_eq!(problems, [("p", 3), ("q", 1)]);
    }
}
