//! Breaks correct programs by every rule, and says who notices.
//!
//! ```text
//! cargo run --release -p fixwright-dataset --example noticed -- tree DIR PER_FILE [GCC_FLAG..]
//! cargo run --release -p fixwright-dataset --example noticed -- programs FILE PER_FILE STEP
//! ```
//!
//! DIR is a C tree whose files compile by themselves with the flags. FILE has pairs of programs with tests, of which every STEP-th fixed
//! one is broken. A tool notices a bug if it has a finding that it does not have without it; tests and sanitizers, if a test fails.

mod table;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fixwright_dataset::{Assignments, Correct, InjectOptions, Injection, RepairSample};
use fixwright_patch::Patch;
use fixwright_validate::{CopyOptions, Isolation, Launcher, Sandbox, Workspace, sandbox};

use table::Table;
use tools::{Noticed, Tools};

type Failed = Box<dyn std::error::Error>;

#[expect(clippy::print_stderr, clippy::print_stdout, reason = "an example talks to a person")]
fn main() -> ExitCode {
    if let Some(error) = sandbox::enter() {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let made =
        match arguments[..] {
            ["tree", tree, most, ref flags @ ..] => in_tree(&PathBuf::from(tree), most, flags),
            ["programs", file, most, step] => in_programs(&PathBuf::from(file), most, step),
            _ => Err("usage: noticed tree DIR PER_FILE [GCC_FLAG..] | programs FILE PER_FILE STEP"
                .into()),
        };
    match made {
        Ok(table) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The files of a tree, each analysed in it.
fn in_tree(tree: &Path, most: &str, flags: &[&str]) -> Result<Table, Failed> {
    let tools = Tools::new(isolation()?, flags);
    let workspace = Workspace::copy_of(tree, &CopyOptions::default())?;
    let mut table = Table::default();
    for original in Correct::open(tree)? {
        let original = original?;
        let path = original.source_code_path.clone().unwrap_or_default();
        let before = tools.findings(&workspace, &path, original.fixed.as_deref())?;
        if !before.compiles() {
            table.unfit += 1;
            continue;
        }
        for sample in broken(original.clone(), most)? {
            let after = tools.findings(&workspace, &path, sample.code.as_deref())?;
            table.add(
                &sample,
                &Noticed { restored: restores(&sample), ..before.noticed(&after, &sample) },
            )?;
        }
        // As it was, for the files that include this one.
        tools.write(&workspace, &path, original.fixed.as_deref())?;
    }
    Ok(table)
}

/// Programs of one file, analysed and tested.
fn in_programs(file: &Path, most: &str, step: &str) -> Result<Table, Failed> {
    let tools = Tools::new(isolation()?, &[]);
    let mut table = Table::default();
    for original in Assignments::open(file, usize::MAX)?.step_by(step.parse()?) {
        let original = original?;
        let workspace = Workspace::of_file("main.c", "")?;
        let before = tools.findings(&workspace, "main.c", original.fixed.as_deref())?;
        if !before.compiles() {
            table.unfit += 1;
            continue;
        }
        for sample in broken(original, most)? {
            let after = tools.findings(&workspace, "main.c", sample.code.as_deref())?;
            let mut noticed =
                Noticed { restored: restores(&sample), ..before.noticed(&after, &sample) };
            tools.test(&sample, &mut noticed)?;
            table.add(&sample, &noticed)?;
        }
    }
    Ok(table)
}

fn isolation() -> Result<Isolation, Failed> {
    Ok(Isolation::Sandboxed(Sandbox::new(Launcher::this_program()?)?))
}

fn broken(original: RepairSample, most: &str) -> Result<Vec<RepairSample>, Failed> {
    let mut options = InjectOptions::default();
    options.per_file = most.parse()?;
    Ok(Injection::new([Ok(original)], options).collect::<Result<_, _>>()?)
}

/// Whether the sample's diff makes the correct program of the broken one, byte for byte.
fn restores(sample: &RepairSample) -> bool {
    let diff = sample.diff_text.as_deref().unwrap_or_default();
    let code = sample.code.as_deref().unwrap_or_default();
    let Ok(patch) = Patch::parse(diff.as_bytes()) else { return false };
    let [file] = patch.files.as_slice() else { return false };
    let fixed = sample.fixed.as_deref().map(str::as_bytes);
    file.apply(code.as_bytes()).is_ok_and(|applied| Some(&*applied.text) == fixed)
}
