//! Pairs of a report and a diff in a folder, as the original pipeline keeps them: `NAME-bug.txt` beside `NAME-diff.txt`.

mod tree;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::vec;

use fixwright_patch::{FilePatch, Patch};
use fixwright_report::{BugReport, parse};
use sha2::{Digest as _, Sha256};

use crate::curate::hex;
use crate::walk::{files, read_limited};
use crate::{Error, RepairSample, Skipped, Source};
use tree::Tree;

const REPORT: &str = "-bug.txt";
const DIFF: &str = "-diff.txt";

/// The samples of a folder of reports and diffs, with their source files out of a tree.
///
/// Which file is meant: the one that the diff changes if the tree has it, else the one that the report names. A path counts from the root of the
/// tree, or else as the end of a longer one, if that is the end of one file's path alone. Where report and diff disagree, the
/// report's path is in the field `reported_path`.
pub struct Paired {
    tree: Tree,
    reports: vec::IntoIter<PathBuf>,
    skipped: Skipped,
    hash: Sha256,
}

impl fmt::Debug for Paired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paired").field("skipped", &self.skipped).finish_non_exhaustive()
    }
}

impl Paired {
    /// The pairs in `folder` and the folders in it, with source files from `tree`.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] if one of the two cannot be read.
    pub fn open(folder: &Path, tree: &Path) -> Result<Self, Error> {
        let is_report = |path: &PathBuf| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.ends_with(REPORT))
        };
        let reports: Vec<_> = files(folder)?.into_iter().filter(is_report).collect();
        Ok(Self {
            tree: Tree::new(tree)?,
            reports: reports.into_iter(),
            skipped: Skipped::default(),
            hash: Sha256::new(),
        })
    }

    /// The sample of a report; the reason if there is none.
    fn sample(&mut self, path: &Path) -> Result<Result<RepairSample, &'static str>, Error> {
        let diff_path = PathBuf::from(path.to_string_lossy().replace(REPORT, DIFF));
        if !diff_path.exists() {
            return Ok(Err("no diff beside the report"));
        }
        let (text, diff) = (self.text(path)?, self.text(&diff_path)?);
        let (Some(text), Some(diff)) = (text, diff) else { return Ok(Err("not UTF-8")) };
        let report = parse(&text).ok().and_then(|found| found.reports.into_iter().next());
        let report = report.unwrap_or_default();
        let reported = report.location.path.clone();
        let found = match self.find(&diff, reported.as_deref()) {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        let Some(code) = self.text(&self.tree.root.join(&found))? else {
            return Ok(Err("not UTF-8"));
        };
        let mut sample = RepairSample::default();
        if let Some(reported) = reported.filter(|path| !same_file(path, &found)) {
            sample.extra.insert("reported_path", &reported)?;
        }
        sample.line_number = line(&report, &code);
        sample.bug_report_path = Some(path.to_string_lossy().into_owned());
        sample.diff_path = Some(diff_path.to_string_lossy().into_owned());
        (sample.bug_report_text, sample.diff_text) = (Some(text), Some(diff));
        (sample.source_code_path, sample.code) = (Some(found), Some(code));
        Ok(Ok(sample))
    }

    /// A file's text, if it is UTF-8.
    fn text(&mut self, path: &Path) -> Result<Option<String>, Error> {
        let bytes = read_limited(path)?;
        self.hash.update(path.as_os_str().as_encoded_bytes());
        self.hash.update((bytes.len() as u64).to_le_bytes());
        self.hash.update(&bytes);
        Ok(String::from_utf8(bytes).ok())
    }

    /// The path in the tree of the file that is meant.
    fn find(&mut self, diff: &str, reported: Option<&str>) -> Result<String, &'static str> {
        let files = Patch::recover(diff).map(|found| found.files).unwrap_or_default();
        if files.is_empty() {
            return Err("no diff in the file");
        }
        let mut names: Vec<_> = files.iter().filter_map(|file| name(&file.patch)).collect();
        // Of several files of a diff the one that the report is about comes first.
        names.sort_by_key(|name| !reported.is_some_and(|reported| same_file(reported, name)));
        let mut reason = "source file not in the tree";
        for name in names.iter().map(String::as_str).chain(reported) {
            match self.tree.find(name) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                Err(ambiguous) => reason = ambiguous,
            }
        }
        Err(reason)
    }
}

impl Iterator for Paired {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let path = self.reports.next()?;
            match self.sample(&path) {
                Ok(Ok(sample)) => return Some(Ok(sample)),
                Ok(Err(reason)) => self.skipped.add(reason),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Source for Paired {
    fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// The `sha256` of the names, lengths and contents of all files read.
    fn facts(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("sha256".into(), hex(self.hash.clone()))])
    }
}

/// The name of the old file, without git's `a/`.
fn name(file: &FilePatch) -> Option<String> {
    let path = str::from_utf8(file.old_path.as_ref().or(file.new_path.as_ref())?).ok()?;
    let short = path.strip_prefix("a/").or_else(|| path.strip_prefix("b/"));
    Some(short.unwrap_or(path).into())
}

/// Whether one path is the other, or its end.
fn same_file(left: &str, right: &str) -> bool {
    Path::new(left).ends_with(right) || Path::new(right).ends_with(left)
}

/// The line of the report, if the file has it.
fn line(report: &BugReport, code: &str) -> Option<u32> {
    report.location.line.filter(|line| (1..=code.lines().count()).contains(&(*line as usize)))
}
