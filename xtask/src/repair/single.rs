//! One report: its diff goes to stdout.

use std::io::{self, Write};
use std::time::Instant;

use anyhow::Context as _;
use fixwright::decode::Target;
use fixwright::prompt::{Index, Request};
use fixwright::repair::{About, Candidate, Repair, Repairer};

use super::case::Case;
use super::judging::Judging;
use super::watch::Watch;
use super::{Work, bad_input, chosen, options, record, request, show, with_model};
use crate::exit::{Exit, note};
use crate::flags::RepairFlags;
use crate::models::Chosen;
use crate::replace::replace_json;

/// Repairs what the flags name, or the shipped example.
pub(super) fn run(flags: &RepairFlags) -> anyhow::Result<Exit> {
    let start = Instant::now();
    let case = Case::read(flags)?;
    let request = request(flags, &case).map_err(bad_input)?;
    let mut watch = Watch::new()?;
    let judging = Judging::new(flags, &case.root)?;
    let command = judging.compile(&case.file.path).argv.join(" ");
    watch.say(&format!("compiling {} as it is: {command}", case.root.display()));
    let validator = judging.validator(&case.file.path, &mut |_| watch.flow())?;
    let model = chosen(flags)?;
    watch.say("loading the model");
    let judge = About { validator: &validator, report: &case.report };
    let search = Search { flags, case: &case, judge, request, watch: &mut watch };
    let repair = with_model(flags, &model, search)?;
    watch.finish();

    let written = write(flags, &case, &model, &repair, start);
    // What was found is told, also where it could not be written.
    let exit = conclude(flags, &case, &repair, start);
    written.and(exit)
}

fn write(
    flags: &RepairFlags,
    case: &Case,
    model: &Chosen,
    repair: &Repair,
    start: Instant,
) -> anyhow::Result<()> {
    let Some(path) = &flags.json else { return Ok(()) };
    let weights = model.files()?;
    replace_json(path, &record::Record::new(flags, case, &weights, repair, start.elapsed()))
}

/// What is to be repaired, how candidates are judged, and who watches.
struct Search<'a> {
    flags: &'a RepairFlags,
    case: &'a Case,
    judge: About<'a>,
    request: Request<'a>,
    watch: &'a mut Watch,
}

impl Work for Search<'_> {
    type Out = Repair;

    fn with<T: Target + Clone + Send + Sync>(
        self,
        repairer: &Repairer<T>,
    ) -> anyhow::Result<Repair> {
        let Self { flags, case, judge, mut request, watch } = self;
        if flags.context.tokens > 0 {
            watch.say("reading the source tree");
            let tree = Index::of_tree(&case.root, &|_| watch.flow())?;
            request = repairer.in_context(request, &tree, flags.context.tokens);
        }
        let progress = &mut |event: fixwright::repair::Event<'_>| watch.event(&event);
        Ok(repairer.repair(&request, &judge, &options(flags), progress)?)
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
    print(best)?;
    if repair.is_cancelled() {
        note("interrupted: this is the best until then, and is not applied");
    } else if flags.apply {
        apply(case, best)?;
    }
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
