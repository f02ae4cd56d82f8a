//! What the first answers of each sample come to: the first one alone, and one of several.

use fixwright_validate::Estimate;
use serde::Serialize;

use super::metrics::{Candidates, DRAWS, Rate, SEED};
use super::row::Row;

/// Fixes that change so many lines at most are small.
const SMALL: usize = 5;

/// What is asked of answers, and of which samples.
struct Question {
    name: &'static str,
    is_about: fn(&Row) -> bool,
    holds: fn(&Row) -> bool,
}

const QUESTIONS: [Question; 6] = [
    Question { name: "plausible", is_about: |row| row.has_tests, holds: Row::is_plausible },
    Question {
        name: "exact",
        is_about: Row::has_reference,
        holds: |row| row.is_like(|it| it.exact),
    },
    Question {
        name: "same edited lines",
        is_about: Row::has_reference,
        holds: |row| row.is_like(|it| it.same_edited_lines),
    },
    Question {
        name: "same tokens",
        is_about: Row::has_reference,
        holds: |row| row.is_like(|it| it.same_tokens),
    },
    Question { name: "applies", is_about: |_| true, holds: |row| row.verdict != "not_applied" },
    Question { name: "unchanged", is_about: |_| true, holds: |row| row.unchanged },
];

/// The shares of samples with such an answer among their first `k`.
#[derive(Debug, Serialize)]
pub(super) struct First {
    /// Of all samples.
    pub(super) all: Vec<Rate>,
    /// Of those whose reference fix deletes and inserts at most [`SMALL`] lines together.
    pub(super) small: Small,
}

/// Samples with a small fix.
#[derive(Debug, Serialize)]
pub(super) struct Small {
    pub(super) changed_lines_at_most: usize,
    pub(super) rates: Vec<Rate>,
}

impl First {
    pub(super) fn of(samples: &[Candidates<'_>]) -> Self {
        let is_small = |rows: &&Candidates<'_>| {
            rows.first().and_then(|row| row.changed_lines).is_some_and(|lines| lines <= SMALL)
        };
        let small: Vec<_> = samples.iter().filter(is_small).cloned().collect();
        let small = Small { changed_lines_at_most: SMALL, rates: rates(&small) };
        Self { all: rates(samples), small }
    }
}

fn rates(samples: &[Candidates<'_>]) -> Vec<Rate> {
    let most = samples.iter().map(Vec::len).min().unwrap_or_default() as u64;
    let mut counts: Vec<u64> = DRAWS.into_iter().take_while(|k| *k < most).collect();
    counts.push(most);
    let asked = QUESTIONS.iter().flat_map(|question| counts.iter().map(move |k| (question, *k)));
    asked.filter_map(|(question, k)| rate(samples, question, k)).collect()
}

fn rate(samples: &[Candidates<'_>], question: &Question, k: u64) -> Option<Rate> {
    let about = |rows: &&Candidates<'_>| rows.first().is_some_and(|row| (question.is_about)(row));
    let value = |rows: &Candidates<'_>| {
        f64::from(u8::from(rows.iter().take(k as usize).any(|row| (question.holds)(row))))
    };
    let values: Vec<f64> = samples.iter().filter(about).map(value).collect();
    Estimate::bootstrap(&values, SEED).map(|estimate| Rate::new(question.name, k, &estimate))
}
