//! The answers of a model, each with the sample that it is for.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;

use fixwright_dataset::{Reader, RepairSample};
use serde::Deserialize;

use crate::exit::BadInput;

/// A line of the file with answers; other fields are passed over.
#[derive(Deserialize)]
struct Answer {
    id: String,
    answer: String,
}

/// An answer to judge.
pub(super) struct Job {
    pub(super) id: String,
    /// Which of the answers for this sample it is, from 0.
    pub(super) candidate: usize,
    pub(super) answer: String,
    pub(super) sample: Arc<RepairSample>,
}

/// The answers in the order of their file.
pub(super) fn jobs(samples: &Path, answers: &Path) -> anyhow::Result<Vec<Job>> {
    let answers = read(answers)?;
    let wanted: HashSet<&str> = answers.iter().map(|(_, answer)| answer.id.as_str()).collect();
    let samples = self::samples(samples, &wanted)?;
    let mut counts = HashMap::new();
    let job = |(line, Answer { id, answer })| {
        let sample = samples.get(&id).cloned();
        let sample =
            sample.ok_or_else(|| BadInput(format!("{line}: no sample has the id `{id}`")))?;
        let count = counts.entry(id.clone()).or_insert(0);
        *count += 1;
        Ok(Job { id, candidate: *count - 1, answer, sample })
    };
    answers.into_iter().map(job).collect()
}

/// The answers, each with its place.
fn read(path: &Path) -> anyhow::Result<Vec<(String, Answer)>> {
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
        answers.push((place, answer));
    }
    Ok(answers)
}

/// The samples that are wanted. One without an id goes by its number in the file, counted from 1.
fn samples(
    path: &Path,
    wanted: &HashSet<&str>,
) -> anyhow::Result<HashMap<String, Arc<RepairSample>>> {
    let bad = |error: &dyn std::fmt::Display| BadInput(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| bad(&error))?;
    let mut samples = HashMap::new();
    for (number, sample) in (1..).zip(Reader::new(BufReader::new(file))) {
        let sample = sample.map_err(|error| bad(&error))?;
        let id = sample.id.clone().unwrap_or_else(|| format!("{number}"));
        if wanted.contains(id.as_str()) && samples.insert(id.clone(), Arc::new(sample)).is_some() {
            return Err(bad(&format!("two samples have the id `{id}`")).into());
        }
    }
    Ok(samples)
}
