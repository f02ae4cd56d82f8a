//! `cargo xtask curate`: a data set out of histories, hand-ins and other data sets.

mod sources;
mod summary;

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroUsize;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use fixwright_dataset::{
    CurateContext, CurateEvent, CurateOptions, Evaluator, Filter, Programs, Split, SplitBy, curate,
    words_and_signs,
};
use fixwright_prompt::Target;

use crate::counter::Counter;
use crate::exit::{BadInput, Exit, note};
use crate::flags::{self, CurateFlags};
use crate::interrupt::Interrupt;
use crate::isolation::isolation;

/// Things that cannot be read and are told; more are counted.
const MOST_ERRORS: u64 = 20;

/// Makes the data set; prints what became of the samples.
///
/// # Errors
///
/// [`BadInput`] for sources that are not there and shares that make no sense; others when the data set cannot be made.
pub fn run(flags: &CurateFlags, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if !(0.0..=1.0).contains(&(flags.validation + flags.test))
        || flags.validation.min(flags.test) < 0.0
    {
        return Err(
            BadInput("--validation and --test are shares, together at most 1".into()).into()
        );
    }
    let interrupt = Interrupt::listen()?;
    let sources = sources::open(flags, &interrupt)?;
    let evaluator = match flags.verify {
        true => Some(evaluator(flags)?),
        false => None,
    };
    let threads = flags.jobs.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let counter = Mutex::new((Counter::new("samples", None, 0), 0));
    let progress = |event: CurateEvent<'_>| {
        let (counter, errors) = &mut *counter.lock().unwrap_or_else(PoisonError::into_inner);
        tell(&event, counter, errors);
        interrupt.flow()
    };
    let context = CurateContext {
        tokens: &words_and_signs,
        evaluator: evaluator.as_ref(),
        progress: &progress,
    };
    let (options, tools) = (options(flags), tools(flags));
    let manifest = pool.install(|| curate(sources, &flags.out, &options, tools, &context))?;
    drop(counter);
    summary::write(&manifest, out)?;
    if !manifest.complete {
        note("interrupted: what was finished is written, and the manifest says that it is not all");
        return Ok(Exit::CouldNotRun);
    }
    Ok(Exit::Done)
}

fn tell(event: &CurateEvent<'_>, counter: &mut Counter, errors: &mut u64) {
    match event {
        CurateEvent::Done { samples } => counter.add(*samples),
        CurateEvent::Unreadable { source, error } => {
            *errors += 1;
            if *errors <= MOST_ERRORS {
                note(format_args!("{source}: {error}"));
            }
        }
        _ => {}
    }
}

fn evaluator(flags: &CurateFlags) -> anyhow::Result<Evaluator> {
    let isolation = isolation(flags.allow_unsandboxed, &[])?;
    Ok(Evaluator::new(Target::Program, Programs::default(), isolation))
}

fn options(flags: &CurateFlags) -> CurateOptions {
    let mut filter = Filter::default();
    filter.max_tokens = flags.max_tokens;
    filter.max_changed_lines = flags.max_changed_lines;
    filter.max_hunks = flags.max_hunks;
    filter.max_files = flags.max_files;
    filter.licences = Some(flags.licences.clone()).filter(|licences| !licences.is_empty());
    filter.keep_generated = flags.keep_generated;
    filter.only_applicable = flags.only_applicable;
    let mut options = CurateOptions::default();
    options.filter = filter;
    options.without_spoilers = flags.without_spoilers;
    options.minimise = flags.minimise;
    options.near_duplicates = (!flags.keep_near_duplicates).then_some(flags.near_duplicates);
    options.split = flags.split.map(|by| Split {
        by: match by {
            flags::SplitBy::Problem => SplitBy::Problem,
            flags::SplitBy::Repository => SplitBy::Repository,
            flags::SplitBy::Date => SplitBy::Date,
        },
        validation: flags.validation,
        test: flags.test,
        seed: flags.seed,
    });
    options
}

/// The versions of the programs that the flags make us run.
fn tools(flags: &CurateFlags) -> BTreeMap<String, String> {
    let uses = |kind: &str| flags.sources.iter().any(|source| source.starts_with(kind));
    let analyser = flags.analyser.as_ref().map(|analyser| analyser.name.as_str());
    let programs = [
        ("git", uses("git:") || uses("replay:")),
        (analyser.unwrap_or(sources::ANALYSER), uses("replay:")),
        ("gcc", flags.verify),
    ];
    let used = programs.into_iter().filter(|(_, used)| *used);
    used.map(|(program, _)| (program.to_owned(), version(program))).collect()
}

/// The first line that a program says of itself.
fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.ok()
        .and_then(|text| text.lines().next().map(str::to_owned))
        .unwrap_or_else(|| "unknown".into())
}
