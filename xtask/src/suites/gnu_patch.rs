//! GNU patch's own tests, which compare what it says and what it writes.
//!
//! The adapter `tests/outside/gnu-patch` says what GNU patch would say, out of the document of `apply --json`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::scripts::{Outcome, Passes, Reasons, report};
use super::{Bench, tar};
use crate::exit::{Exit, note};
use crate::workspace::root;

/// Runs the scripts twice and reports.
pub(super) fn run(bench: &Bench, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let source = bench.apt.source("patch")?;
    let folder = bench.folder("gnu-patch")?;
    for archive in source.archives(".orig.") {
        tar(
            archive,
            &["-x", "--strip-components=1", "--wildcards", "-C"],
            &[&folder, Path::new("*/tests")],
        )?;
    }
    let tests = folder.join("tests");
    let adapter = root().join("tests/outside/gnu-patch");
    let mut outcomes = Vec::new();
    for script in scripts(&tests)?.into_iter().filter(|name| bench.takes(name)) {
        note(&script);
        let run = |patch: &Path| passes(&tests, &script, patch, &bench.program);
        let (ours, theirs) = (run(&adapter)?, run(Path::new("/usr/bin/patch"))?);
        outcomes.push(Outcome { script, ours, theirs });
    }
    let version = Command::new("patch").arg("--version").output().context("patch")?.stdout;
    let version = String::from_utf8_lossy(&version).lines().next().unwrap_or_default().to_owned();
    writeln!(out, "Scripts of patch {}.\n", source.version)?;
    report(&outcomes, &Reasons::read("gnu-patch.toml")?, &version, out)
}

fn scripts(tests: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(tests)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.contains('.') && !name.starts_with("Makefile") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Runs a script with `patch` as the program.
fn passes(tests: &Path, script: &str, patch: &Path, program: &Path) -> anyhow::Result<Passes> {
    let scratch = tests.with_file_name("scratch");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    fs::create_dir_all(scratch.join("tests"))?;
    let output = Command::new("timeout")
        .args(["300", "bash", &format!("./{script}")])
        .current_dir(tests)
        .env("srcdir", tests)
        .env("abs_top_builddir", &scratch)
        .env("PATCH", patch)
        .env("FIXWRIGHT", program)
        .output()
        .context("timeout")?;
    Ok(read(&String::from_utf8_lossy(&output.stdout)))
}

/// The tests by the lines of the script: `[LINE] COMMAND -- ok`, or `FAILED`, where the command may have several lines.
fn read(output: &str) -> Passes {
    let mut passes = Passes::new();
    let mut number = None;
    for line in output.lines() {
        let begun = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
        number = begun.and_then(|(digits, _)| digits.parse().ok()).or(number);
        let ended = [(" -- ok", true), (" -- FAILED", false)];
        let ended = ended.into_iter().find(|(end, _)| line.ends_with(end));
        if let (Some(test), Some((_, passed))) = (number, ended) {
            // A test in a loop passes if it always does.
            *passes.entry(test).or_insert(true) &= passed;
        }
    }
    passes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_by_line() {
        let output = "[3] a -- ok\n[7] b\nc -- FAILED\n--- expected\n+++ got\n[9] d -- ok\n[9] d -- FAILED\n3 tests (1 passed, 2 failed)\n";
        assert_eq!(read(output), Passes::from([(3, true), (7, false), (9, false)]));
    }
}
