//! The findings of all reports, each place once; of programs each is one.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use fixwright::report::{BugReport, Event, stream};
use fixwright::source::SourceFile;
use serde::Serialize;

use super::Paths;
use crate::exit::{BadInput, note};
use crate::flags::Target;
use crate::repair::bad_input;
use crate::repair::case::Case;
use crate::replace::lossy;
use crate::report::Sources;

/// A finding that is to be repaired.
#[derive(Clone)]
pub(super) struct Finding {
    /// Its number, from 1, in the order of the reports.
    pub(super) number: usize,
    pub(super) case: Case,
    /// Further reports of the same place.
    pub(super) also: usize,
    /// What a program's patch and results are called, whatever other programs there are; findings of reports go by their numbers.
    pub(super) program: Option<String>,
}

/// A report that is not repaired, or a file that is none.
#[derive(Serialize)]
pub(super) struct LeftOut {
    #[serde(serialize_with = "lossy")]
    report: PathBuf,
    place: Option<String>,
    rule: Option<String>,
    reason: String,
}

impl LeftOut {
    /// A file without reports.
    fn file(report: PathBuf, reason: String) -> Self {
        Self { report, place: None, rule: None, reason }
    }
}

/// All that the reports say.
pub(super) struct Findings {
    pub(super) found: Vec<Finding>,
    pub(super) left_out: Vec<LeftOut>,
    /// Whether a report could not be found in the source.
    pub(super) misplaced: bool,
}

impl Findings {
    /// Those of the reports, or all programs.
    pub(super) fn of(paths: &Paths<'_>, target: Target) -> anyhow::Result<Self> {
        let reader = Reader::new(paths.source, target);
        match paths.reports {
            Some(reports) => Self::read(reader, reports),
            None => Self::programs(reader),
        }
    }

    /// Every C file of the folder. What is wrong with a program, if anything is, its tests have to say.
    fn programs(mut reader: Reader<'_>) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        collect(reader.root, &mut files, &mut reader.findings.left_out)?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "c"));
        for file in files {
            reader.program(&file);
        }
        match reader.findings {
            findings if findings.found.is_empty() && findings.left_out.is_empty() => {
                Err(BadInput(format!("{}: has no file NAME.c", reader.root.display())).into())
            }
            findings => Ok(findings),
        }
    }

    /// Reads a file, or every file of a folder, in the order of their names.
    fn read(mut reader: Reader<'_>, reports: &Path) -> anyhow::Result<Self> {
        if !reports.is_dir() {
            reader.file(reports)?;
            return Ok(reader.findings);
        }
        let mut files = Vec::new();
        collect(reports, &mut files, &mut reader.findings.left_out)?;
        for file in files {
            if let Err(error) = reader.file(&file) {
                note(&error);
                reader.findings.left_out.push(LeftOut::file(file, error.0));
            }
        }
        Ok(reader.findings)
    }
}

/// The files of a folder and of those in it, hidden ones left out, and folders in it that cannot be read.
fn collect(
    folder: &Path,
    files: &mut Vec<PathBuf>,
    left_out: &mut Vec<LeftOut>,
) -> anyhow::Result<()> {
    let context = || format!("cannot read {}", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).with_context(context)? {
        let entry = entry.with_context(context)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden {
            entries.push((entry.path(), entry.file_type().with_context(context)?));
        }
    }
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    for (path, kind) in entries {
        match kind {
            kind if kind.is_dir() => {
                if let Err(error) = collect(&path, files, left_out) {
                    note(format_args!("{error:#}"));
                    left_out.push(LeftOut::file(path, format!("{error:#}")));
                }
            }
            kind if kind.is_file() => files.push(path),
            _ => {}
        }
    }
    Ok(())
}

struct Reader<'a> {
    root: &'a Path,
    target: Target,
    /// What resolves places that are given in bytes.
    sources: Sources,
    /// The files that reports name, by their names.
    files: HashMap<String, Result<Arc<SourceFile>, String>>,
    /// Which finding is at a place.
    places: BTreeMap<(String, Option<usize>), usize>,
    findings: Findings,
}

impl<'a> Reader<'a> {
    fn new(root: &'a Path, target: Target) -> Self {
        let findings = Findings { found: Vec::new(), left_out: Vec::new(), misplaced: false };
        let sources = Sources::new(root.to_owned());
        let (files, places) = (HashMap::new(), BTreeMap::new());
        Self { root, target, sources, files, places, findings }
    }

    fn file(&mut self, path: &Path) -> Result<(), BadInput> {
        let fault = |what: String| BadInput(format!("{}: {what}", path.display()));
        let input = File::open(path).map_err(|e| fault(format!("cannot be read: {e}")))?;
        let read = stream(BufReader::new(input), None, &mut |event| {
            match event {
                Event::Report(report) => self.report(path, *report),
                Event::Warning(warning) => {
                    let line = warning.place.line;
                    note(format_args!("{}:{line}: {}", path.display(), warning.message));
                }
                _ => {}
            }
            ControlFlow::Continue(())
        });
        read.map(|_| ()).map_err(|e| fault(bad_input(e).0))
    }

    fn program(&mut self, path: &Path) {
        let name = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy();
        let file = match SourceFile::find(self.root, &name) {
            Ok(file) if file.path == name => Ok(file),
            Ok(_) | Err(fixwright::Error::SourceMissing { .. }) => {
                Err("its path has signs that no patch can name: rename it".to_owned())
            }
            Err(error) => Err(bad_input(error).0),
        };
        match file {
            Ok(file) => {
                let (report, report_path) = (BugReport::default(), path.to_owned());
                let program = name.strip_suffix(".c").map(str::to_owned);
                let (root, file) = (self.root.to_owned(), Arc::new(file));
                let case = Case { report, report_path, root, file, line: None };
                let number = self.findings.found.len() + 1;
                self.findings.found.push(Finding { number, case, also: 0, program });
            }
            Err(reason) => {
                note(format_args!("{} is left out: {reason}", path.display()));
                self.findings.left_out.push(LeftOut::file(path.to_owned(), reason));
            }
        }
    }

    fn report(&mut self, path: &Path, mut report: BugReport) {
        report.resolve(&mut |place| self.sources.read(place));
        let settled = report.status.settled();
        let placed = match settled {
            Some(reason) => Err(reason.to_owned()),
            None => self.place(&report),
        };
        let (file, line) = match placed {
            Ok(placed) => placed,
            Err(reason) => {
                self.findings.misplaced |= settled.is_none();
                self.findings.left_out.push(LeftOut {
                    report: path.to_owned(),
                    place: Some(report.location.to_string()),
                    rule: report.rule.id,
                    reason,
                });
                return;
            }
        };
        let found = &mut self.findings.found;
        let index = *self.places.entry((file.path.clone(), line)).or_insert(found.len());
        let (report_path, root) = (path.to_owned(), self.root.to_owned());
        let case = Case { report, report_path, root, file, line };
        match found.get_mut(index) {
            Some(known) => {
                known.also += 1;
                if case.report.severity.level > known.case.report.severity.level {
                    known.case = case;
                }
            }
            None => found.push(Finding { number: index + 1, case, also: 0, program: None }),
        }
    }

    /// The file and line that a report is about, or why there is none.
    fn place(&mut self, report: &BugReport) -> Result<(Arc<SourceFile>, Option<usize>), String> {
        let name = report.location.path.as_deref().ok_or("names no file")?;
        let line = report.location.line.map(|line| line as usize);
        if line.is_none() && self.target != Target::Program {
            return Err("names no line".to_owned());
        }
        if !self.files.contains_key(name) {
            let found = SourceFile::find(self.root, name).map(Arc::new);
            self.files.insert(name.to_owned(), found.map_err(|error| bad_input(error).0));
        }
        let file = self.files.get(name).cloned().unwrap_or(Err("names no file".to_owned()))?;
        Ok((file, line))
    }
}
