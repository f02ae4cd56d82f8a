//! The judged answers, on their way into a file.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::answers::Job;
use super::row::Row;
use crate::exit::{BadInput, note};
use crate::flags::EvaluateFlags;
use crate::replace::replace;

/// The rows, on their way into a file if one is named: under a name of its own until all are there.
pub(super) struct Rows {
    done: Vec<Row>,
    file: Option<File>,
    partial: PathBuf,
    target: Option<PathBuf>,
}

impl Rows {
    /// Starts with what a run before has left, if the flags say so; it has to be of the same answers.
    pub(super) fn open(flags: &EvaluateFlags, jobs: &[Job]) -> anyhow::Result<Self> {
        let target = flags.json.clone();
        let mut name = target.clone().unwrap_or_default().into_os_string();
        name.push(".partial");
        let partial = PathBuf::from(name);
        let done = if flags.resume { read(&partial)? } else { Vec::new() };
        let fits = |((row, _), job): (&(Row, String), &Job)| row.is_of(job);
        if done.len() > jobs.len() || !done.iter().zip(jobs).all(fits) {
            let what = "has rows of other answers: run without --resume";
            return Err(BadInput(format!("{}: {what}", partial.display())).into());
        }
        let (rows, lines): (Vec<Row>, Vec<String>) = done.into_iter().unzip();
        let mut file = None;
        if target.is_some() {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            replace(&partial, text.as_bytes())?;
            file =
                Some(File::options().append(true).open(&partial).context("cannot write the rows")?);
        }
        Ok(Self { done: rows, file, partial, target })
    }

    /// How many there are.
    pub(super) fn done(&self) -> usize {
        self.done.len()
    }

    /// Takes the row of the next answer; without one, that of the first answer like it.
    pub(super) fn push(&mut self, job: &Job, row: Option<Row>) -> anyhow::Result<()> {
        let row = row.unwrap_or_else(|| self.done[job.first].repeated(job));
        if let Some(file) = &mut self.file {
            // Whole, and with the operating system before the next one is judged.
            let line = serde_json::to_string(&row)? + "\n";
            file.write_all(line.as_bytes()).context("cannot write the rows")?;
        }
        self.done.push(row);
        Ok(())
    }

    /// Leaves what is done for another run.
    pub(super) fn keep(self) {
        match &self.file {
            Some(_) => note(format_args!(
                "interrupted with {} answers judged; the same command with --resume goes on",
                self.done.len()
            )),
            None => note("interrupted; with --json the rows would have been kept"),
        }
    }

    pub(super) fn finish(self) -> anyhow::Result<Vec<Row>> {
        if let Some(target) = &self.target {
            fs::rename(&self.partial, target).with_context(|| target.display().to_string())?;
        }
        Ok(self.done)
    }
}

/// The rows of an interrupted run, with their lines; a last one that was cut off is judged again.
fn read(partial: &Path) -> anyhow::Result<Vec<(Row, String)>> {
    let file = match File::open(partial) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| partial.display().to_string()),
    };
    let mut rows = Vec::new();
    for line in BufReader::new(file).lines() {
        let line = line?;
        match serde_json::from_str(&line) {
            Ok(row) => rows.push((row, line)),
            Err(_) => break,
        }
    }
    Ok(rows)
}
