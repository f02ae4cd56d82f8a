//! `cargo xtask test`: what CI runs.

use std::path::Path;
use std::process::Command;

use crate::exit::{Exit, note};
use crate::flags::Scope;
use crate::models::{Manifest, Terminal, ensure};
use crate::workspace::{TEXT_HALF, WHOLE, cargo, select};
use crate::{steps, tidy};

/// The model that tests read, small enough to fetch on every machine.
const TEST_MODEL: &str = "smollm2-135m-instruct";

/// Runs tidy and all tests, ending at the first step that fails.
///
/// Tests find the test model through `FIXWRIGHT_SMOLLM2_GGUF`, which is set here, and the corpus through
/// `FIXWRIGHT_CORPUS`, which is passed through and may be missing.
///
/// # Errors
///
/// The test model cannot be fetched, or cargo cannot be started.
pub fn run(scope: Scope) -> anyhow::Result<Exit> {
    if tidy::run(scope)? != Exit::Done {
        return Ok(Exit::Failed);
    }
    let mut tests = vec![
        ("tests, text half", units(select(&TEXT_HALF))),
        ("doctests, text half", doctests(select(&TEXT_HALF))),
    ];
    if !scope.text_only {
        let model = ensure(Manifest::load()?.find(Some(TEST_MODEL))?, &mut Terminal::default())?;
        tests.push(("tests, all, optimised", with_model(units(whole()), &model)));
        tests.push(("doctests, all, optimised", with_model(doctests(whole()), &model)));
    }
    for (name, mut command) in tests {
        if !steps::run(name, &mut command)? {
            return Ok(Exit::Failed);
        }
    }
    note("all tests passed");
    Ok(Exit::Done)
}

/// Everything once more, optimised and with burn: unoptimised arithmetic takes minutes where this takes seconds.
fn whole() -> impl Iterator<Item = &'static str> {
    ["--release"].into_iter().chain(WHOLE)
}

fn units(packages: impl IntoIterator<Item = &'static str>) -> Command {
    let mut command = if steps::is_installed("nextest") {
        cargo(["nextest", "run", "--no-tests=pass"])
    } else {
        cargo(["test", "--lib", "--bins", "--tests"])
    };
    command.args(packages);
    command
}

fn doctests(packages: impl IntoIterator<Item = &'static str>) -> Command {
    let mut command = cargo(["test", "--doc"]);
    command.args(packages);
    command
}

fn with_model(mut command: Command, model: &Path) -> Command {
    command.env("FIXWRIGHT_SMOLLM2_GGUF", model);
    command
}
