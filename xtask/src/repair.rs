//! `cargo xtask repair`: a bug report in, a verified patch out.

use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use fixwright::decode::Target;
use fixwright::prompt::{Index, Request};
use fixwright::repair::{Candidate, LoadOptions, Options, Repair, Repairer};
use fixwright::validate::{CopyOptions, Isolation, Launcher, Sandbox, Validator};

use crate::exit::{BadInput, Exit, note};
use crate::flags::{self, RepairFlags};
use crate::models;
use crate::replace::replace_json;

mod case;
mod record;
mod show;
mod watch;

use case::Case;
use watch::Watch;

/// Repairs what the flags name, or the shipped example; prints the diff to stdout, everything else to stderr.
///
/// # Errors
///
/// [`BadInput`] for a report, source tree or model that cannot be used; others when the work itself cannot be done.
pub fn run(flags: &RepairFlags) -> anyhow::Result<Exit> {
    let start = Instant::now();
    let case = Case::read(flags)?;
    let options = flags.context.options().with_target(flags.target.into());
    let request = Request::new(&case.report, &case.file.path, &case.file.text, case.line, &options)
        .map_err(bad_input)?;
    let mut watch = Watch::new()?;
    let validator = validator(&case, flags, &mut watch)?;
    let model = models::resolve(flags.model.as_deref())?;
    watch.say("loading the model");
    let job = Job { flags, case: &case, validator: &validator };
    let repair = job.run(&model, request, &mut watch)?;
    watch.finish();

    let exit = conclude(flags, &case, &repair, start)?;
    if let Some(path) = &flags.json {
        let record = record::Record::new(flags, &case, &model, &repair, start.elapsed())?;
        replace_json(path, &record)?;
    }
    Ok(exit)
}

/// What is to be repaired, and how candidates are judged.
struct Job<'a> {
    flags: &'a RepairFlags,
    case: &'a Case,
    validator: &'a Validator,
}

impl Job<'_> {
    /// Repairs with the model on the device that the flags name.
    fn run(&self, model: &Path, request: Request<'_>, watch: &mut Watch) -> anyhow::Result<Repair> {
        if self.flags.device == "cpu" {
            return self.search(
                &Repairer::load(model, &LoadOptions::default()).map_err(bad_input)?,
                request,
                watch,
            );
        }
        #[cfg(feature = "model")]
        {
            let device = self.flags.device.parse().map_err(bad_input)?;
            self.search(
                &Repairer::load_on(model, device, &LoadOptions::default()).map_err(bad_input)?,
                request,
                watch,
            )
        }
        #[cfg(not(feature = "model"))]
        Err(BadInput(format!("device {}: this program has the processor alone", self.flags.device))
            .into())
    }

    fn search<T: Target + Clone>(
        &self,
        repairer: &Repairer<T>,
        request: Request<'_>,
        watch: &mut Watch,
    ) -> anyhow::Result<Repair> {
        let request = self.in_context(request, repairer, watch)?;
        let options = search(self.flags);
        Ok(repairer.repair(&request, self.validator, &options, &mut |event| watch.event(&event))?)
    }

    /// The request with what its code uses, if the flags have room for that.
    fn in_context<'c, T: Target + Clone>(
        &self,
        request: Request<'c>,
        repairer: &Repairer<T>,
        watch: &mut Watch,
    ) -> anyhow::Result<Request<'c>> {
        let tokens = self.flags.context.tokens;
        if tokens == 0 {
            return Ok(request);
        }
        watch.say("reading the source tree");
        let tree = Index::of_tree(&self.case.root, &|_| watch.flow())?;
        Ok(repairer.in_context(request, &tree, tokens))
    }
}

fn search(flags: &RepairFlags) -> Options {
    Options::default().with_candidates(flags.candidates.into()).with_seed(flags.seed)
}

/// A validator for the tree, which must compile as it is: no verdict on a candidate would mean anything otherwise.
fn validator(case: &Case, flags: &RepairFlags, watch: &mut Watch) -> anyhow::Result<Validator> {
    let compile = case.compile(flags);
    watch.say(&format!("compiling {} as it is: {}", case.root.display(), compile.argv.join(" ")));
    let validator = Validator::new(
        &case.root,
        compile,
        CopyOptions::default(),
        isolation(flags)?,
        &mut |_| watch.flow(),
    )?;
    let baseline = validator.baseline();
    if baseline.succeeded() {
        return Ok(validator);
    }
    let what = match baseline.ending {
        ending if ending.is_time_out() => format!("compiling the source as it is takes over {} s: --timeout allows more", flags.timeout),
        _ => "the source does not compile as it is, so no fix can be judged; --compile names another command".to_owned(),
    };
    Err(BadInput(format!("{what}\n{}", baseline.output.trim_end())).into())
}

/// The sandbox, or none where there is none and that is allowed.
fn isolation(flags: &RepairFlags) -> anyhow::Result<Isolation> {
    let sandbox = Launcher::this_program().and_then(Sandbox::new);
    match sandbox {
        Ok(sandbox) => {
            Ok(Isolation::Sandboxed(flags.allow_read.iter().fold(sandbox, Sandbox::with_readable)))
        }
        Err(error) if flags.allow_unsandboxed => {
            note(format_args!("{error}; compiling without one"));
            Ok(Isolation::None)
        }
        Err(error) => Err(error).context("--allow-unsandboxed compiles without one"),
    }
}

fn conclude(
    flags: &RepairFlags,
    case: &Case,
    repair: &Repair,
    start: Instant,
) -> anyhow::Result<Exit> {
    let exit = if repair.is_cancelled() { Exit::CouldNotRun } else { Exit::Failed };
    let Some(best) = repair.repaired() else {
        show::failures(repair);
        let what = if repair.is_cancelled() { "interrupted" } else { "no valid patch found" };
        note(format_args!("{}: {what}", case.place()));
        return Ok(exit);
    };
    if repair.is_cancelled() {
        note("interrupted: this is the best until then, and is not applied");
    } else if flags.apply {
        apply(case, best)?;
    }
    print(best)?;
    show::summary(case, best, start.elapsed());
    Ok(if repair.is_cancelled() { exit } else { Exit::Done })
}

fn print(best: &Candidate) -> anyhow::Result<()> {
    let Ok(patch) = &best.proposal.patch else { return Ok(()) };
    let mut out = io::stdout();
    out.write_all(&show::coloured(&patch.to_bytes())).and_then(|()| out.flush())?;
    Ok(())
}

fn apply(case: &Case, best: &Candidate) -> anyhow::Result<()> {
    let Ok(patch) = &best.proposal.patch else { return Ok(()) };
    let plan = patch.plan(&case.root, 1).context("the source has changed meanwhile")?;
    plan.write()?;
    note(format_args!("applied to {}", case.root.join(&case.file.path).display()));
    Ok(())
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
