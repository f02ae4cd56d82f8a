//! The answers of a model, each with the sample that it is for.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;

use fixwright_dataset::RepairSample;
use serde::{Deserialize, Serialize};

use sha2::{Digest as _, Sha256};

use super::samples::Samples;
use crate::exit::BadInput;
use crate::models::hex;

/// A line of a file with answers; other fields are passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) answer: String,
    /// What it took to make it; missing for answers that others made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cost: Option<Cost>,
    /// A hash of all that decides the answers of this file, where `evaluate` made them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) settings: Option<String>,
}

/// What an answer took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Cost {
    /// Tokens of the prompt that were computed: of a sample's later answers the last one, or none.
    pub(super) prompt_tokens: usize,
    /// Tokens that were decoded.
    pub(super) tokens: usize,
    pub(super) forwards: usize,
    pub(super) drafted: usize,
    pub(super) accepted: usize,
    pub(super) prefill_seconds: f64,
    pub(super) decode_seconds: f64,
    /// What compiling took that told it, and those passed over, from others.
    #[serde(default)]
    pub(super) screen_seconds: f64,
    /// Answers that were passed over for it; their tokens and time are among these.
    #[serde(default)]
    pub(super) passed_over: usize,
    /// Of the answer's tokens, as the model gives it without regard to temperature; missing where answers are neither sampled nor ranked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) log_probability: Option<f64>,
}

impl Cost {
    /// Seconds from the prompt to the whole answer.
    pub(super) fn seconds(&self) -> f64 {
        self.prefill_seconds + self.decode_seconds + self.screen_seconds
    }
}

/// An answer to judge.
pub(super) struct Job {
    pub(super) id: String,
    /// Which of the answers for this sample it is, from 0.
    pub(super) candidate: usize,
    pub(super) answer: String,
    pub(super) cost: Option<Cost>,
    pub(super) sample: Arc<RepairSample>,
    /// The place among all jobs of the first one with the same answer for the same sample.
    pub(super) first: usize,
    /// A hash of all that decides its verdict but the sample.
    pub(super) key: String,
}

/// The answers with their samples, in the same order; `judged_by` is what their verdicts depend on besides.
pub(super) fn jobs(answers: Vec<Answer>, samples: &Samples, judged_by: &str) -> Vec<Job> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut firsts = HashMap::new();
    let answered =
        answers.into_iter().filter_map(|answer| Some((samples.get(&answer.id)?, answer)));
    let job = |(place, (sample, Answer { id, answer, cost, .. })): (usize, (_, _))| {
        let count = counts.entry(id.clone()).or_default();
        *count += 1;
        let first = *firsts.entry((id.clone(), answer.clone())).or_insert(place);
        let key = hex(&Sha256::digest(format!("{judged_by}\n{answer}"))[..8]);
        Job { id, candidate: *count - 1, answer, cost, sample, first, key }
    };
    answered.enumerate().map(job).collect()
}

/// The answers of a file, each with its line.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<(usize, Answer)>> {
    let file =
        File::open(path).map_err(|error| BadInput(format!("{}: {error}", path.display())))?;
    let mut answers = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let place = format!("{}:{number}", path.display());
        let line = line.map_err(|error| BadInput(format!("{place}: {error}")))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        let answer = serde_json::from_str(line).map_err(|error| {
            BadInput(format!(
                "{place}: no answer of the form {{\"id\": .., \"answer\": ..}}: {error}"
            ))
        })?;
        answers.push((number, answer));
    }
    Ok(answers)
}
