//! The judged answers, on their way into a file.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::answers::Job;
use super::row::Row;
use crate::exit::{BadInput, note};
use crate::flags::EvaluateFlags;

/// The rows, on their way into a file if one is named: under a name of its own until all are there.
pub(super) struct Rows {
    done: Vec<Row>,
    file: Option<BufWriter<File>>,
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
        let mut rows = Self { done: Vec::new(), file: None, partial, target };
        if rows.target.is_some() {
            rows.file =
                Some(BufWriter::new(File::create(&rows.partial).context("cannot write the rows")?));
        }
        done.into_iter().try_for_each(|(row, line)| rows.write(row, &line))?;
        Ok(rows)
    }

    /// How many there are.
    pub(super) fn done(&self) -> usize {
        self.done.len()
    }

    /// Takes the row of the next answer; without one, that of the first answer like it.
    pub(super) fn push(&mut self, job: &Job, row: Option<Row>) -> anyhow::Result<()> {
        let row = row.unwrap_or_else(|| self.done[job.first].repeated(job));
        let line = serde_json::to_string(&row)?;
        Ok(self.write(row, &line)?)
    }

    fn write(&mut self, row: Row, line: &str) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            writeln!(file, "{line}")?;
        }
        self.done.push(row);
        Ok(())
    }

    /// Leaves what is done for another run.
    pub(super) fn keep(mut self) -> io::Result<()> {
        match &mut self.file {
            Some(file) => {
                file.flush()?;
                note(format_args!(
                    "interrupted with {} answers judged; the same command with --resume goes on",
                    self.done.len()
                ));
            }
            None => note("interrupted; with --json the rows would have been kept"),
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<Vec<Row>> {
        if let (Some(file), Some(target)) = (&mut self.file, &self.target) {
            file.flush()?;
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
