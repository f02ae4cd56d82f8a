//! `cargo xtask repair`: bug reports in, verified patches out.

use std::time::Duration;

use fixwright::decode::Target;
use fixwright::prompt::Request;
use fixwright::repair::{Options, Repairer};

use crate::exit::{BadInput, Exit};
use crate::flags::{self, RepairFlags};
use crate::models::Chosen;

mod case;
mod course;
mod judging;
mod pile;
mod record;
mod show;
mod single;
mod watch;

use case::Case;

/// Repairs what the flags name, or the shipped example. The diff of a single report goes to stdout, for a pile of them a table; everything else goes to
/// stderr.
///
/// # Errors
///
/// [`BadInput`] for a report, source tree or model that cannot be used; others when the work itself cannot be done.
pub fn run(flags: &RepairFlags) -> anyhow::Result<Exit> {
    match (flags.source.as_ref().or(flags.programs.as_ref()), &flags.out) {
        (Some(source), Some(out)) => {
            pile::run(flags, &pile::Paths { reports: flags.reports.as_deref(), source, out })
        }
        _ => single::run(flags),
    }
}

/// Something to be done with a model.
trait Work {
    type Out;

    fn with<T: Target + Clone + Send + Sync>(
        self,
        repairer: &Repairer<T>,
    ) -> anyhow::Result<Self::Out>;
}

/// Loads the model onto the device that the flags name.
fn with_model<W: Work>(flags: &RepairFlags, model: &Chosen, work: W) -> anyhow::Result<W::Out> {
    let (path, options) = (&model.model, model.load_options());
    if flags.device == "cpu" {
        return work.with(&Repairer::load(path, &options).map_err(bad_input)?);
    }
    #[cfg(feature = "model")]
    {
        let device = flags.device.parse().map_err(bad_input)?;
        let repairer = Repairer::load_on(path, device, &options);
        work.with(&repairer.map_err(bad_input)?)
    }
    #[cfg(not(feature = "model"))]
    Err(BadInput(format!("device {}: this program has the processor alone", flags.device)).into())
}

/// The model and the adapter that the flags name.
fn chosen(flags: &RepairFlags) -> anyhow::Result<Chosen> {
    Chosen::new(flags.model.as_deref(), flags.adapter.as_deref(), flags.target.into())
}

/// What the model is asked.
fn request<'c>(flags: &RepairFlags, case: &'c Case) -> fixwright::prompt::Result<Request<'c>> {
    let options = flags.context.options().with_target(flags.target.into());
    Request::new(&case.report, &case.file.path, &case.file.text, case.line, &options)
}

/// How it is searched.
fn options(flags: &RepairFlags) -> Options {
    let is_told = flags.tests.is_some() || flags.test.is_some() || flags.analyser.is_some();
    // A budget may end before eight answers are there, and one that was tried is better than seven that were not.
    let ranked = !is_told && flags.time_budget.is_none();
    let options = Options::default()
        .with_candidates(flags.candidates.into())
        .with_ranking(ranked)
        .with_rounds(flags.rounds.into());
    match flags.time_budget {
        Some(seconds) => options.with_time_budget(Duration::from_secs(seconds.get())),
        None => options,
    }
}

/// Keeps the causes of an error in its text and makes it the caller's.
fn bad_input(error: impl Into<anyhow::Error>) -> BadInput {
    BadInput(format!("{:#}", error.into()))
}

impl From<flags::Target> for fixwright::prompt::Target {
    fn from(target: flags::Target) -> Self {
        match target {
            flags::Target::Diff => Self::Diff,
            flags::Target::Window => Self::Window,
            flags::Target::Program => Self::Program,
        }
    }
}
