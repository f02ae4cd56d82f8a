//! `cargo xtask evaluate`: what became of a model's answers.

mod analysed;
mod answers;
mod metrics;
mod row;
mod summary;

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use fixwright_dataset::{Evaluator, Programs};
use fixwright_prompt::Target;
use fixwright_validate::{Isolation, Launcher, Sandbox};
use rayon::prelude::*;

use crate::counter::Counter;
use crate::exit::{BadInput, Exit, note};
use crate::flags::{self, EvaluateFlags};
use crate::interrupt::Interrupt;
use crate::replace::replace_json;
use answers::{Job, jobs};
use metrics::Metrics;
use row::Row;

/// Answers that are judged before their rows are written, for each thread.
const CHUNK: usize = 16;

/// Judges every answer; prints a summary.
///
/// # Errors
///
/// [`BadInput`] for samples and answers that cannot be read or do not belong together; others when judging is not possible.
pub fn run(flags: &EvaluateFlags, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let jobs = jobs(&flags.samples, &flags.answers)?;
    let isolation = isolation(flags.allow_unsandboxed)?;
    let mut evaluator = Evaluator::new(target(flags.target), Programs::default(), isolation);
    if let Some(analyser) = &flags.analyser {
        evaluator = evaluator.with_analyser(analyser.clone());
    }
    let interrupt = Interrupt::listen()?;
    let mut rows = Rows::open(flags)?;
    if rows.done.len() > jobs.len() {
        return Err(BadInput(format!(
            "{}: has more rows than there are answers",
            rows.partial.display()
        ))
        .into());
    }
    let threads = flags.jobs.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let left = &jobs[rows.done.len()..];
    let mut counter = Counter::new("answers", Some(jobs.len() as u64), rows.done.len() as u64);
    for chunk in left.chunks(CHUNK * pool.current_num_threads()) {
        let judge = |job: &Job| Row::judge(&evaluator, job, &mut |_| interrupt.flow());
        let judged: Vec<_> = pool.install(|| chunk.par_iter().map(judge).collect());
        if interrupt.flow().is_break() {
            drop(counter);
            rows.keep()?;
            return Ok(Exit::CouldNotRun);
        }
        for row in judged {
            let row = row?;
            let line = serde_json::to_string(&row)?;
            rows.push(row, &line)?;
        }
        counter.add(chunk.len() as u64);
    }
    drop(counter);
    let done = rows.finish()?;
    let metrics = Metrics::new(&done);
    if let Some(path) = &flags.metrics {
        replace_json(path, &metrics)?;
    }
    summary::write(&metrics, out)?;
    Ok(Exit::Done)
}

fn target(target: flags::Target) -> Target {
    match target {
        flags::Target::Diff => Target::Diff,
        flags::Target::Window => Target::Window,
        flags::Target::Program => Target::Program,
    }
}

/// The sandbox, or none where there is none and that is allowed.
pub(crate) fn isolation(allow_unsandboxed: bool) -> anyhow::Result<Isolation> {
    match Launcher::this_program().and_then(Sandbox::new) {
        Ok(sandbox) => Ok(Isolation::Sandboxed(sandbox)),
        Err(error) if allow_unsandboxed => {
            note(format_args!("{error}; running programs without one"));
            Ok(Isolation::None)
        }
        Err(error) => Err(error).context("--allow-unsandboxed runs programs without one"),
    }
}

/// The rows, on their way into a file if one is named: under a name of its own until all are there.
struct Rows {
    done: Vec<Row>,
    file: Option<BufWriter<File>>,
    partial: PathBuf,
    target: Option<PathBuf>,
}

impl Rows {
    fn open(flags: &EvaluateFlags) -> anyhow::Result<Self> {
        let target = flags.json.clone();
        let mut name = target.clone().unwrap_or_default().into_os_string();
        name.push(".partial");
        let partial = PathBuf::from(name);
        let done = if flags.resume { read(&partial)? } else { Vec::new() };
        let mut rows = Self { done: Vec::new(), file: None, partial, target };
        if rows.target.is_some() {
            rows.file =
                Some(BufWriter::new(File::create(&rows.partial).context("cannot write the rows")?));
        }
        done.into_iter().try_for_each(|(row, line)| rows.push(row, &line))?;
        Ok(rows)
    }

    /// Takes a row and the line that it is written as.
    fn push(&mut self, row: Row, line: &str) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            writeln!(file, "{line}")?;
        }
        self.done.push(row);
        Ok(())
    }

    /// Leaves what is done for another run.
    fn keep(mut self) -> io::Result<()> {
        match &mut self.file {
            Some(file) => {
                file.flush()?;
                note(format_args!(
                    "interrupted after {} answers; the same command with --resume goes on",
                    self.done.len()
                ));
            }
            None => note("interrupted; with --json the rows would have been kept"),
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Vec<Row>> {
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
