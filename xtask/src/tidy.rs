//! `cargo xtask tidy`: everything that can be checked without running a test.

use std::process::Command;

use crate::exit::{Exit, note};
use crate::flags::Scope;
use crate::workspace::{TEXT_HALF, WHOLE, cargo, root, select};
use crate::{layers, sources, steps};

/// Runs every check, the cheap ones first, and lists all findings at the end.
///
/// # Errors
///
/// A check could not be run.
pub fn run(scope: Scope) -> anyhow::Result<Exit> {
    let mut findings = sources::check(root())?;
    findings.extend(layers::check()?);
    for (name, mut command) in checks(scope) {
        if !steps::run(name, &mut command)? {
            findings.push(format!("{name} failed, see above"));
        }
    }
    for finding in &findings {
        note(finding);
    }
    note(format_args!("tidy: {} findings", findings.len()));
    Ok(if findings.is_empty() { Exit::Done } else { Exit::Failed })
}

fn checks(scope: Scope) -> Vec<(&'static str, Command)> {
    let mut checks = vec![("cargo fmt", cargo(["fmt", "--all", "--check"]))];
    if steps::is_installed("deny") {
        checks.push(("cargo deny", cargo(["deny", "check", "bans", "licenses", "sources"])));
    } else {
        note("cargo-deny is not installed: licences and sources of dependencies are not checked");
    }
    if scope.text_only {
        checks.push(("clippy, text half", clippy(select(&TEXT_HALF))));
    } else {
        checks.push(("clippy, llama without burn", clippy(select(&["fixwright-llama"]))));
        checks.push(("clippy, workspace", clippy(WHOLE)));
    }
    let mut doc = cargo(["doc", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    if scope.text_only {
        doc.args(select(&TEXT_HALF))
    } else {
        doc.args(WHOLE)
    };
    checks.push(("cargo doc", doc));
    checks
}

fn clippy(packages: impl IntoIterator<Item = &'static str>) -> Command {
    let mut command = cargo(["clippy", "--all-targets", "--keep-going"]);
    command.args(packages).args(["--", "-D", "warnings"]);
    command
}
