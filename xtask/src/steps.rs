//! One external check after another, each announced and timed.

use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;

use crate::exit::note;

/// Runs one command with its output on the terminal; false if it ran and failed.
///
/// # Errors
///
/// The program cannot be started.
pub fn run(name: &str, command: &mut Command) -> anyhow::Result<bool> {
    note(format_args!("── {name}"));
    let start = Instant::now();
    let program = command.get_program().to_owned();
    let status = command.status().with_context(|| format!("cannot start {}", program.display()))?;
    let outcome = if status.success() { "ok" } else { "FAILED" };
    note(format_args!("── {name}: {outcome} after {:.1} s", start.elapsed().as_secs_f64()));
    Ok(status.success())
}

/// Whether cargo knows a subcommand that is installed separately.
#[must_use]
pub fn is_installed(subcommand: &str) -> bool {
    let probe = crate::workspace::cargo([subcommand, "--version"]).output();
    probe.is_ok_and(|output| output.status.success())
}
