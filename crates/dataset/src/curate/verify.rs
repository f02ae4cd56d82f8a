//! Whether a sample's programs do what it says of them.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fixwright_validate::Verdict;
use xxhash_rust::xxh3::Xxh3;

use super::{CurateContext, CurateEvent};
use crate::{Error, Evaluator, RepairSample};

/// The file of outcomes, beside the data set while it is made.
const FILE: &str = "verified.partial";

const NO_FIX: &str = "no fix to run";
const FIX_FAILS: &str = "fix fails its tests";
const CODE_PASSES: &str = "code passes its tests";
const CODE_COMPILES: &str = "code compiles, without tests";
const REASONS: [&str; 4] = [NO_FIX, FIX_FAILS, CODE_PASSES, CODE_COMPILES];

/// What verifying says of samples. It is kept on the disk until the data set is complete: a run that was broken off goes on.
pub(super) struct Verified<'a> {
    evaluator: &'a Evaluator,
    path: PathBuf,
    file: Mutex<File>,
    known: HashMap<u128, Option<&'static str>>,
}

impl<'a> Verified<'a> {
    /// Begins with what an earlier run left in `folder`.
    pub(super) fn open(folder: &Path, evaluator: &'a Evaluator) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let failed = |source| Error::File { path: path.clone(), source };
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            text => text.unwrap_or_default(),
        };
        // What is behind the last line end was being written when the run ended.
        let lines = text.rfind('\n').map_or("", |end| &text[..=end]);
        let known = lines.lines().filter_map(outcome).collect();
        let mut file = OpenOptions::new().append(true).create(true).open(&path).map_err(failed)?;
        if lines.len() < text.len() {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self { evaluator, file: Mutex::new(file), known, path })
    }

    /// Why the programs of a sample speak against it; `None` if they do not, or if it has none.
    pub(super) fn reason(
        &self,
        sample: &RepairSample,
        context: &CurateContext<'_>,
    ) -> Result<Option<&'static str>, Error> {
        let key = self.key(sample);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let reason = self.judge(sample, context)?;
        let line = format!("{key:032x} {}\n", reason.unwrap_or_default());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |source| Error::File { path: self.path.clone(), source };
        file.write_all(line.as_bytes()).map_err(failed)?;
        Ok(reason)
    }

    /// Takes the file away, when the data set is complete.
    pub(super) fn finish(self) -> Result<(), Error> {
        fs::remove_file(&self.path).map_err(|source| Error::File { path: self.path, source })
    }

    /// What the outcome depends on.
    fn key(&self, sample: &RepairSample) -> u128 {
        let mut hasher = Xxh3::new();
        let mut add = |text: &str| {
            hasher.update(&text.len().to_le_bytes());
            hasher.update(text.as_bytes());
        };
        add(&self.evaluator.ways());
        for text in [&sample.code, &sample.fixed, &sample.diff_text, &sample.problem] {
            add(text.as_deref().unwrap_or_default());
        }
        add(sample.extra.get::<&str>("compare").ok().flatten().unwrap_or_default());
        for test in sample.tests.iter().flatten() {
            add(&test.input);
            add(&test.output);
        }
        hasher.digest128()
    }

    fn judge(
        &self,
        sample: &RepairSample,
        context: &CurateContext<'_>,
    ) -> Result<Option<&'static str>, Error> {
        let Some(code) = sample.code.as_deref() else { return Ok(None) };
        let Ok(Some(fixed)) = sample.reference() else { return Ok(Some(NO_FIX)) };
        let judge = |text: &str| {
            let mut watch = |_| (context.progress)(CurateEvent::Running);
            let judged = self.evaluator.judge_text(sample, code, text, &mut watch)?;
            Ok::<_, Error>(judged.judged.map(|judged| judged.verdict))
        };
        let tested = sample.tests.as_ref().is_some_and(|tests| !tests.is_empty());
        Ok(match judge(&fixed)? {
            None => None,
            Some(Verdict::Plausible) => passes(judge(code)?.as_ref()).then_some(CODE_PASSES),
            Some(Verdict::Compiles) if !tested => {
                passes(judge(code)?.as_ref()).then_some(CODE_COMPILES)
            }
            Some(_) => Some(FIX_FAILS),
        })
    }
}

fn passes(verdict: Option<&Verdict>) -> bool {
    matches!(verdict, Some(Verdict::Plausible | Verdict::Compiles))
}

/// A line of the file; none if it is none.
fn outcome(line: &str) -> Option<(u128, Option<&'static str>)> {
    let (key, reason) = line.split_once(' ')?;
    let known = REASONS.into_iter().find(|known| *known == reason);
    let key = u128::from_str_radix(key, 16).ok()?;
    (known.is_some() || reason.is_empty()).then_some((key, known))
}
