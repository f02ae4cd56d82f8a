//! The folder of patches and results. What stands there under its final name is whole.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context as _;
use fixwright::patch::Patch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::finding::Finding;
use super::mail;
use super::outcome::Outcome;
use super::settings::{Settings, difference, sha256};
use super::table::Summary;
use crate::exit::BadInput;
use crate::repair::record::Record;
use crate::replace::{replace, replace_json};

pub(super) struct Folder {
    path: PathBuf,
}

/// The result of a finding as it is kept.
#[derive(Serialize)]
struct Entry<'a> {
    /// The sha256 of the source file that the finding is in, and of its report.
    source: String,
    outcome: &'a Outcome,
    /// The search, if there was one.
    record: Option<Record<'a>>,
}

/// What is read of it again.
#[derive(Deserialize)]
struct Kept {
    source: String,
    outcome: Outcome,
    record: Option<Candidates>,
}

#[derive(Deserialize)]
struct Candidates {
    /// The best first.
    candidates: Vec<Diff>,
}

#[derive(Deserialize)]
struct Diff {
    patch: Option<String>,
}

impl Kept {
    /// Whether the source is as the patch of a finding has made it. A program's tests say themselves that nothing is wrong any more.
    fn is_applied(&self, finding: &Finding) -> bool {
        if self.outcome.patch.is_none() || finding.program.is_some() {
            return false;
        }
        let best = self.record.as_ref().and_then(|record| record.candidates.first());
        let patch = best.and_then(|best| Patch::parse(best.patch.as_ref()?).ok());
        patch.is_some_and(|patch| patch.reverse().plan(&finding.case.root, 1).is_ok())
    }
}

impl Folder {
    /// The folder, made if it is not there. One with results that were made with other settings is refused; without any there are no results in it.
    pub(super) fn open(path: &Path, settings: Option<&Settings<'_>>) -> anyhow::Result<Self> {
        let folder = Self { path: path.to_owned() };
        let results = path.join("results");
        fs::create_dir_all(&results)
            .map_err(|e| BadInput(format!("{}: cannot be made: {e}", results.display())))?;
        let Some(settings) = settings else { return Ok(folder) };
        let (run, new) = (path.join("run.json"), serde_json::to_value(settings)?);
        if let Some(old) = read::<Value>(&run)? {
            let different = difference(&old, &new);
            let has_results = fs::read_dir(&results).is_ok_and(|mut found| found.next().is_some());
            if has_results && !different.is_empty() {
                let what = different.join(", ");
                let path = path.display();
                let message = format!(
                    "{path}: was made with another {what}: name another folder, or what it was made with"
                );
                return Err(BadInput(message).into());
            }
        }
        replace_json(&run, &new)?;
        Ok(folder)
    }

    /// What became of a finding in an earlier run, if its source and its report are still the same, or the source has had its patch, and that is there.
    pub(super) fn kept(&self, finding: &Finding) -> anyhow::Result<Option<Outcome>> {
        let Some(kept) = read::<Kept>(&self.result(finding))? else { return Ok(None) };
        let there = kept.outcome.patch.as_ref().is_none_or(|name| self.path.join(name).is_file());
        let same = kept.source == fingerprint(finding) || kept.is_applied(finding);
        // Programs have come and gone since.
        let outcome = Outcome { number: finding.number, ..kept.outcome };
        Ok((there && same).then_some(outcome))
    }

    /// Keeps what became of a finding: the patch first, so that a result is never without it.
    pub(super) fn keep(
        &self,
        finding: &Finding,
        outcome: &Outcome,
        mail: Option<&[u8]>,
        record: Option<Record<'_>>,
    ) -> anyhow::Result<()> {
        let patch = self.path.join(mail::file_name(finding));
        match mail {
            Some(mail) => {
                make_room(&patch)?;
                replace(&patch, mail)?;
            }
            None => remove(&patch)?,
        }
        let source = fingerprint(finding);
        let result = self.result(finding);
        make_room(&result)?;
        replace_json(&result, &Entry { source, outcome, record })
    }

    /// Removes what an earlier run kept of a finding.
    pub(super) fn forget(&self, finding: &Finding) -> anyhow::Result<()> {
        remove(&self.result(finding))?;
        remove(&self.path.join(mail::file_name(finding)))
    }

    pub(super) fn write_summary(&self, summary: &Summary<'_>) -> anyhow::Result<()> {
        replace_json(&self.path.join("summary.json"), summary)
    }

    fn result(&self, finding: &Finding) -> PathBuf {
        let number = || format!("{:04}", finding.number);
        let name = finding.program.clone().unwrap_or_else(number);
        self.path.join("results").join(name + ".json")
    }
}

/// The sha256 of what a finding's result is of.
fn fingerprint(finding: &Finding) -> String {
    let case = &finding.case;
    sha256(&format!("{}\0{}", case.file.text, case.report.text))
}

/// A JSON file; none if there is no such file.
fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Option<T>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let value = serde_json::from_slice(&bytes).map_err(|e| {
        BadInput(format!("{}: is not what this command writes: {e}", path.display()))
    })?;
    Ok(Some(value))
}

/// Makes the folder of a file.
fn make_room(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
