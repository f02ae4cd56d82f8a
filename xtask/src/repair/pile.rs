//! A pile of reports, or of programs: each finding gets a patch, or a reason why it has none.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use fixwright::decode::Target;
use fixwright::prompt::{Index, Request};
use fixwright::repair::{Judge, Progress, Repair, Repairer};

use super::course::Course;
use super::judging::Judging;
use super::{Work, chosen, options, with_model};
use crate::exit::{Exit, note};
use crate::flags::RepairFlags;
use crate::interrupt::Interrupt;
use crate::models::WeightFile;

mod finding;
mod folder;
mod judges;
mod mail;
mod outcome;
mod settings;
mod table;
mod work;

#[cfg(test)]
mod tests;

use finding::Findings;
use folder::Folder;
use judges::Judges;
use outcome::Outcome;
use settings::Settings;

/// Where reports and source are, and where the patches go. Without reports the source is programs.
pub(super) struct Paths<'a> {
    pub(super) reports: Option<&'a Path>,
    pub(super) source: &'a Path,
    pub(super) out: &'a Path,
}

/// Repairs every finding that has no result in the folder yet, and prints a table of all.
pub(super) fn run(flags: &RepairFlags, paths: &Paths<'_>) -> anyhow::Result<Exit> {
    let course = Course::read(flags)?;
    let findings = Findings::of(paths, flags.target)?;
    let interrupt = Interrupt::listen()?;
    let input = Input { flags, source: paths.source, course: course.as_ref() };
    if findings.found.is_empty() {
        let pile = Pile::open(input, paths.out, findings, None, interrupt)?;
        return pile.conclude(&mut io::stdout());
    }
    let model = chosen(flags)?;
    let weights = model.files()?;
    let mut pile = Pile::open(input, paths.out, findings, Some(&weights), interrupt)?;
    let mut worked = Ok(());
    if pile.is_open() {
        let judges = input.judges(&pile.findings, &pile.interrupt)?;
        note("loading the model");
        worked = with_model(flags, &model, Searching { pile: &mut pile, judges });
    }
    // What is finished is told, also where the work could not go on.
    let exit = pile.conclude(&mut io::stdout())?;
    worked.map(|()| exit)
}

/// What is worked on, and how.
#[derive(Clone, Copy)]
struct Input<'a> {
    flags: &'a RepairFlags,
    source: &'a Path,
    /// What programs have to do, where the source is programs.
    course: Option<&'a Course>,
}

impl<'a> Input<'a> {
    /// What judges candidates. A tree that is compiled as a whole has to compile as it is.
    fn judges(self, findings: &Findings, interrupt: &Interrupt) -> anyhow::Result<Judges<'a>> {
        let files = findings.found.iter().map(|finding| &*finding.case.file.path);
        let judging = Judging::new(self.flags, self.source)?.of_tree_as_it_is()?;
        Judges::new(judging.of_programs(self.course, files), &mut |_| interrupt.flow())
    }
}

/// The findings, and what became of them.
struct Pile<'a> {
    input: Input<'a>,
    weights: &'a [WeightFile],
    findings: Findings,
    folder: Folder,
    /// For each finding.
    outcomes: Vec<Option<Outcome>>,
    interrupt: Interrupt,
}

/// Searches for the repair of one request; several threads at a time.
type Search<'a> =
    dyn Fn(Request<'_>, &dyn Judge, Progress<'_>) -> fixwright::Result<Repair> + Sync + 'a;

impl<'a> Pile<'a> {
    /// The pile with the results that the folder has already. Without findings no model is needed.
    fn open(
        input: Input<'a>,
        out: &Path,
        findings: Findings,
        weights: Option<&'a [WeightFile]>,
        interrupt: Interrupt,
    ) -> anyhow::Result<Self> {
        let settings = weights.map(|weights| Settings::new(input, &findings, weights));
        let folder = Folder::open(out, settings.as_ref())?;
        let outcomes: Vec<_> =
            findings.found.iter().map(|finding| folder.kept(finding)).collect::<Result<_, _>>()?;
        let kept = outcomes.iter().flatten().count();
        if kept > 0 {
            note(format_args!("{kept} of {} findings are done already", outcomes.len()));
        }
        let weights = weights.unwrap_or_default();
        Ok(Self { input, weights, findings, folder, outcomes, interrupt })
    }

    /// Whether there is anything to do.
    fn is_open(&self) -> bool {
        self.outcomes.iter().any(Option::is_none)
    }

    /// Whether there are programs that cannot be repaired because they cannot be read.
    fn lacks_programs(&self, findings: &Findings) -> bool {
        self.input.course.is_some() && !findings.left_out.is_empty()
    }

    /// Writes the summary, prints the table, and says how it went.
    fn conclude(&self, out: &mut dyn Write) -> anyhow::Result<Exit> {
        let done: Vec<_> = self.outcomes.iter().flatten().collect();
        let summary = table::Summary::new(&done, &self.findings);
        self.folder.write_summary(&summary)?;
        summary.print(out)?;
        if done.len() < self.outcomes.len() {
            note(match self.interrupt.flow() {
                ControlFlow::Break(()) => "interrupted; the same command goes on",
                ControlFlow::Continue(()) => "the same command goes on with those not tried",
            });
            return Ok(Exit::CouldNotRun);
        }
        Ok(match &self.findings {
            Findings { found, misplaced: true, .. } if found.is_empty() => {
                note("no report is about the source: see summary.json");
                Exit::BadInput
            }
            findings if summary.failed > 0 || self.lacks_programs(findings) => Exit::Failed,
            _ => Exit::Done,
        })
    }
}

/// Works through a pile with a model.
struct Searching<'a, 'p> {
    pile: &'a mut Pile<'p>,
    judges: Judges<'p>,
}

impl Work for Searching<'_, '_> {
    type Out = ();

    fn with<T: Target + Clone + Send + Sync>(self, repairer: &Repairer<T>) -> anyhow::Result<()> {
        let Input { flags, source, course } = self.pile.input;
        // What other students wrote is no context.
        let tokens = if course.is_some() { 0 } else { flags.context.tokens };
        let options = options(flags);
        let interrupt = self.pile.interrupt.clone();
        let tree = match tokens {
            0 => None,
            _ => Some(Index::of_tree(source, &|_| interrupt.flow())?),
        };
        self.pile.work(&self.judges, &|request, judge, progress| {
            let request = match &tree {
                Some(tree) => repairer.in_context(request, tree, tokens),
                None => request,
            };
            repairer.repair(&request, judge, &options, progress)
        })
    }
}
