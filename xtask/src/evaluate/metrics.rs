//! What all answers came to, in numbers.

use std::collections::BTreeMap;

use fixwright_validate::{Estimate, Tally};
use serde::Serialize;

use super::analysed::Analysed;
use super::first::First;
use super::origin::Origin;
use super::row::Row;
use super::seconds::Times;

/// The seed of the confidence intervals.
pub(super) const SEED: u64 = 0;
/// The numbers of draws that rates are given for, as far as there are candidates.
pub(super) const DRAWS: [u64; 7] = [1, 2, 4, 8, 16, 32, 64];

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
pub(super) type Candidates<'a> = Vec<&'a Row>;

/// What all answers came to.
#[derive(Debug, Serialize)]
pub(super) struct Metrics<'a> {
    /// What made the answers.
    origin: &'a Origin,
    pub(super) answers: usize,
    pub(super) samples: usize,
    /// How many answers there are of each verdict.
    pub(super) verdicts: BTreeMap<&'a str, usize>,
    /// Of `k` answers drawn at random.
    pub(super) rates: Vec<Rate>,
    /// Of the first `k` answers: with 1, of the model's own.
    pub(super) first: First,
    /// How long it took, where the answers say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seconds: Option<Times>,
    pub(super) classes: Vec<Group<'a>>,
    pub(super) problems: Vec<Group<'a>>,
}

/// The share of samples with a right answer among `k` ones, and its interval of 95 %.
#[derive(Debug, Serialize)]
pub(super) struct Rate {
    /// What makes an answer right.
    pub(super) measure: &'static str,
    pub(super) k: u64,
    /// How many samples there are that can be asked this.
    pub(super) samples: usize,
    pub(super) mean: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Rate {
    pub(super) fn new(measure: &'static str, k: u64, estimate: &Estimate) -> Self {
        let Estimate { mean, low, high, count: samples, .. } = *estimate;
        Self { measure, k, samples, mean, low, high }
    }
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
            first: First::of(&samples),
            seconds: Times::of(&samples),
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
    Estimate::bootstrap(&values, SEED).map(|estimate| Rate::new(measure, k, &estimate))
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

    #[test]
    fn the_first_answers_count_in_their_order_and_only_where_they_can_be_asked() {
        // Tests: a passes at once, b with its second answer. References: of b a small one, of c a large one, met by the first answer.
        let rows: Vec<Row> = [
            r#"{"id":"a","candidate":0,"verdict":"plausible","has_tests":true}"#,
            r#"{"id":"a","candidate":1,"verdict":"failed","has_tests":true}"#,
            r#"{"id":"b","candidate":0,"verdict":"not_applied","unchanged":true,"has_tests":true,"changed_lines":5}"#,
            r#"{"id":"b","candidate":1,"verdict":"plausible","has_tests":true,"changed_lines":5}"#,
            r#"{"id":"c","candidate":0,"verdict":"applies","changed_lines":6,"likeness":{"exact":false,"modulo_whitespace":true,"same_edited_lines":true,"same_tokens":true,"relative_patch_size":0.1,"reference_patch_size":0.1}}"#,
            r#"{"id":"c","candidate":1,"verdict":"applies","changed_lines":6}"#,
        ]
        .map(|line| serde_json::from_str(line).unwrap())
        .into();
        let origin = Origin::default();
        let First { all, small } = Metrics::new(&rows, &origin).first;
        let of = |rates: &[Rate], measure| -> Vec<_> {
            let rates = rates.iter().filter(|rate| rate.measure == measure);
            rates.map(|rate| (rate.k, rate.samples, (rate.mean * 6.0).round())).collect()
        };
        assert_eq!(of(&all, "plausible"), [(1, 2, 3.0), (2, 2, 6.0)]);
        assert_eq!(of(&all, "same edited lines"), [(1, 2, 3.0), (2, 2, 3.0)]);
        assert_eq!(of(&all, "unchanged"), [(1, 3, 2.0), (2, 3, 2.0)]);
        assert_eq!(of(&all, "applies"), [(1, 3, 4.0), (2, 3, 6.0)]);
        assert_eq!(of(&small.rates, "plausible"), [(1, 1, 0.0), (2, 1, 6.0)]);
        assert_eq!(of(&small.rates, "same edited lines"), [(1, 1, 0.0), (2, 1, 0.0)]);
    }
}
