//! The samples of a run, by their ids.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use fixwright_dataset::{Reader, RepairSample};

use super::answers::Answer;
use crate::exit::{BadInput, note};
use crate::spread::spread;

/// Samples in the order of their file. One without an id goes by its number in the file, counted from 1.
pub(super) struct Samples {
    list: Vec<(String, Arc<RepairSample>)>,
    places: HashMap<String, usize>,
}

impl Samples {
    /// As many of a file's samples as `limit` says, spread evenly. Those whose own fix does not apply are left out, and told.
    pub(super) fn read(path: &Path, limit: Option<NonZeroUsize>) -> anyhow::Result<Self> {
        let mut samples = read(path, |_| true)?;
        samples.retain(|(id, sample)| match sample.reference() {
            Ok(_) => true,
            Err(error) => {
                note(format_args!("sample `{id}` left out: {error}"));
                false
            }
        });
        Ok(Self::new(spread(samples, limit)))
    }

    /// Those of a file's samples that there are answers for.
    pub(super) fn answered(
        path: &Path,
        answers: &Path,
        lines: &[(usize, Answer)],
    ) -> anyhow::Result<Self> {
        let wanted: HashSet<&str> = lines.iter().map(|(_, answer)| answer.id.as_str()).collect();
        let samples = Self::new(read(path, |id| wanted.contains(id))?);
        match lines.iter().find(|(_, answer)| samples.get(&answer.id).is_none()) {
            None => Ok(samples),
            Some((line, Answer { id, .. })) => {
                let place = answers.display();
                Err(BadInput(format!("{place}:{line}: no sample has the id `{id}`")).into())
            }
        }
    }

    fn new(list: Vec<(String, Arc<RepairSample>)>) -> Self {
        let places = list.iter().enumerate().map(|(place, (id, _))| (id.clone(), place)).collect();
        Self { list, places }
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<RepairSample>> {
        self.places.get(id).map(|place| Arc::clone(&self.list[*place].1))
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &RepairSample)> {
        self.list.iter().map(|(id, sample)| (id.as_str(), &**sample))
    }
}

/// The samples whose ids are wanted.
fn read(
    path: &Path,
    wanted: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<(String, Arc<RepairSample>)>> {
    let bad = |error: &dyn std::fmt::Display| BadInput(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| bad(&error))?;
    let mut samples = Vec::new();
    let mut seen = HashSet::new();
    for (number, sample) in (1..).zip(Reader::new(BufReader::new(file))) {
        let sample = sample.map_err(|error| bad(&error))?;
        let id = sample.id.clone().unwrap_or_else(|| format!("{number}"));
        if wanted(&id) {
            if !seen.insert(id.clone()) {
                return Err(bad(&format!("two samples have the id `{id}`")).into());
            }
            samples.push((id, Arc::new(sample)));
        }
    }
    Ok(samples)
}
