//! `cargo xtask evaluate`: what became of a model's answers.

mod analysed;
mod answering;
mod answers;
mod first;
mod kept;
mod metrics;
mod origin;
mod row;
mod rows;
mod samples;
mod seconds;
mod summary;

use std::io::Write;
use std::num::NonZeroUsize;

use fixwright_dataset::{Evaluator, Programs};
use rayon::prelude::*;

use crate::counter::Counter;
use crate::exit::{BadInput, Exit, note};
use crate::flags::{EvaluateFlags, Target};
use crate::interrupt::Interrupt;
use crate::isolation::isolation;
use crate::models::Chosen;
use crate::replace::replace_json;
use answers::{Job, jobs};
use kept::Kept;
use metrics::Metrics;
use origin::Origin;
use row::Row;
use rows::Rows;
use samples::Samples;

/// Answers that are judged before their rows are written, for each thread.
const CHUNK: usize = 16;

/// Makes the answers if there are none, and judges every one; prints a summary.
///
/// # Errors
///
/// [`BadInput`] for samples and answers that cannot be read or do not belong together; others when judging is not possible.
pub fn run(flags: &EvaluateFlags, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if flags.answering.ranked && matches!(flags.target, Target::Diff) {
        return Err(BadInput("--ranked: diffs are sampled, and come as they are".into()).into());
    }
    // What would keep the answers from being judged shows before they are made.
    let judge = evaluator(flags)?;
    let interrupt = Interrupt::listen()?;
    let Some((jobs, origin)) = answered(flags, &judge, &interrupt)? else {
        return Ok(Exit::CouldNotRun);
    };
    let Some(rows) = judged(flags, &judge, &jobs, &interrupt)? else {
        return Ok(Exit::CouldNotRun);
    };
    let metrics = Metrics::new(&rows, &origin);
    if let Some(path) = &flags.metrics {
        replace_json(path, &metrics)?;
    }
    summary::write(&metrics, out)?;
    Ok(Exit::Done)
}

fn evaluator(flags: &EvaluateFlags) -> anyhow::Result<Evaluator> {
    let isolation = isolation(flags.allow_unsandboxed, &[])?;
    let evaluator = Evaluator::new(flags.target.into(), Programs::default(), isolation);
    Ok(match &flags.analyser {
        Some(analyser) => evaluator.with_analyser(analyser.clone()),
        None => evaluator,
    })
}

/// The answers, from a file or from a model; `None` if that was interrupted.
fn answered(
    flags: &EvaluateFlags,
    judge: &Evaluator,
    interrupt: &Interrupt,
) -> anyhow::Result<Option<(Vec<Job>, Origin)>> {
    if let Some(path) = &flags.answers {
        let lines = answers::read(path)?;
        let samples = Samples::answered(&flags.samples, path, &lines)?;
        let answers = lines.into_iter().map(|(_, answer)| answer).collect();
        return Ok(Some((jobs(answers, &samples, &judged_by(flags)), Origin::read(flags, path)?)));
    }
    let answering = &flags.answering;
    let samples = Samples::read(&flags.samples, answering.limit)?;
    let (model, adapter) = (answering.model.as_deref(), answering.adapter.as_deref());
    let model = Chosen::new(model, adapter, flags.target.into())?;
    let origin = Origin::made(flags, &model)?;
    let settings = origin.settings();
    let kept = Kept::open(answering.answers_out.as_deref(), &settings)?;
    let Some(answers) =
        answering::answers(flags, judge, &model, &samples, kept, &settings, interrupt)?
    else {
        note(match &answering.answers_out {
            Some(_) => "interrupted; the same command goes on",
            None => "interrupted; with --answers-out the answers would have been kept",
        });
        return Ok(None);
    };
    Ok(Some((jobs(answers, &samples, &judged_by(flags)), origin)))
}

/// What decides a verdict besides the sample and the answer.
fn judged_by(flags: &EvaluateFlags) -> String {
    let analyser = flags.analyser.as_ref().map(|analyser| &analyser.name);
    format!("{:?} {analyser:?}", flags.target)
}

/// What became of each answer; `None` if that was interrupted.
fn judged(
    flags: &EvaluateFlags,
    evaluator: &Evaluator,
    jobs: &[Job],
    interrupt: &Interrupt,
) -> anyhow::Result<Option<Vec<Row>>> {
    let mut rows = Rows::open(flags, jobs)?;
    let threads = flags.jobs.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let done = rows.done();
    let mut counter = Counter::new("answers judged", Some(jobs.len() as u64), done as u64);
    let mut place = done;
    for chunk in jobs[done..].chunks(CHUNK * pool.current_num_threads()) {
        let judge = |(place, job): (usize, &Job)| {
            (job.first == place)
                .then(|| Row::judge(evaluator, job, &mut |_| interrupt.flow()))
                .transpose()
        };
        let numbered = chunk.par_iter().enumerate().map(|(index, job)| (place + index, job));
        let judged: Vec<_> = pool.install(|| numbered.map(judge).collect());
        if interrupt.flow().is_break() {
            drop(counter);
            rows.keep();
            return Ok(None);
        }
        for (job, row) in chunk.iter().zip(judged) {
            rows.push(job, row?)?;
        }
        place += chunk.len();
        counter.add(chunk.len() as u64);
    }
    drop(counter);
    Ok(Some(rows.finish()?))
}
