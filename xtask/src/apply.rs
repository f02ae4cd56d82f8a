//! `cargo xtask apply`: a diff put into a folder, with what each hunk needed.

mod advice;
mod partial;
mod record;
mod show;

use std::fs;
use std::io::{self, Read as _, Write};
use std::path::Path;

use anyhow::Context as _;
use fixwright_patch::{ApplyOptions, Names, Patch, PlanOptions, Recovered, Settled, settle};

use crate::exit::{BadInput, Exit, note};
use crate::flags::{ApplyFlags, Forgive};
use record::Record;

/// Applies what the flags name: all files of the diff, or none; with `--reject` what fits.
///
/// # Errors
///
/// [`BadInput`] for a diff that cannot be read or a root that is no folder; others when the tree cannot be read or
/// written, or `out` cannot.
pub fn run(flags: &ApplyFlags, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let text = read(&flags.patch)?;
    if !flags.root.is_dir() {
        return Err(BadInput(format!("{}: there is no such folder", flags.root.display())).into());
    }
    say_settled(settle(&flags.root)?, &flags.root);
    let (diff, options) = (parse(&text, flags)?, options(flags));
    let planned = diff.plan_with(&flags.root, &options)?;
    let mut record = Record::new(flags, &text, &diff, &planned);
    let exit = if planned.fits() { Exit::Done } else { Exit::Failed };
    let plan = if planned.fits() {
        Some(planned.into_plan()?)
    } else if flags.reject {
        let (fitting, rejects) = partial::split(&diff, &planned, flags);
        record.name_rejects(&rejects);
        Some(fitting.plan_with(&flags.root, &options)?.into_plan()?)
    } else {
        None
    };
    if let Some(plan) = plan.filter(|_| !flags.dry_run) {
        plan.write()?;
    }
    if flags.json {
        serde_json::to_writer_pretty(&mut *out, &record)?;
        writeln!(out)?;
    } else {
        show::show(&record, out)?;
    }
    Ok(exit)
}

/// The diff's text; `-` is stdin.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    if path == Path::new("-") {
        io::stdin().read_to_end(&mut text).context("stdin")?;
    } else {
        text = fs::read(path).map_err(|error| BadInput(format!("{}: {error}", path.display())))?;
    }
    Ok(text)
}

fn parse(text: &[u8], flags: &ApplyFlags) -> Result<Recovered, BadInput> {
    let read =
        if flags.strict { Patch::parse(text).map(Recovered::from) } else { Patch::recover(text) };
    let name = flags.patch.display();
    let diff = read.map_err(|error| BadInput(format!("{name}: {error}")))?;
    if diff.files.is_empty() {
        return Err(BadInput(format!("{name}: there is no diff in it")));
    }
    Ok(if flags.reverse { diff.reverse() } else { diff })
}

fn options(flags: &ApplyFlags) -> PlanOptions {
    let mut options = if flags.strict {
        PlanOptions::strict(flags.strip.unwrap_or(1))
    } else {
        let names = flags.strip.map_or(Names::Find, Names::Strip);
        PlanOptions::default().with_names(names).with_apply(forgiveness(flags))
    };
    options.file.clone_from(&flags.file);
    options
}

fn forgiveness(flags: &ApplyFlags) -> ApplyOptions {
    let mut options = ApplyOptions::default();
    options.fuzz = flags.fuzz;
    if !flags.forgive.is_empty() {
        let is = |what| flags.forgive.contains(&what);
        options.offset = is(Forgive::Offset);
        options.line_ends = is(Forgive::LineEnds);
        options.whitespace = is(Forgive::Whitespace);
        options.interruptions = is(Forgive::Interruptions);
        options.unprefixed = is(Forgive::Unprefixed);
        options.elisions = is(Forgive::Elisions);
        options.fuzz = if is(Forgive::Fuzz) { flags.fuzz } else { 0 };
    }
    options
}

fn say_settled(settled: Settled, root: &Path) {
    let done = match settled {
        Settled::TakenBack => "was taken back: nothing of it had changed the folder",
        Settled::Finished => "was finished",
        _ => return,
    };
    note(format_args!("{}: an earlier write was cut off, and {done}", root.display()));
}
