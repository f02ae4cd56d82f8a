//! `cargo xtask suites`: other programs' own tests, and other people's patches, tried on `cargo xtask apply`.
//!
//! The suites come from Debian's source packages, with Debian's ordinary client; nothing of them is part of this
//! repository. Where the outcome differs from that of the program that a suite was made for, `tests/outside` has the
//! reason; a difference without a reason makes the command fail.

mod apt;
mod git_apply;
mod gnu_patch;
mod replay;
mod scripts;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, ensure};

use crate::exit::Exit;
use crate::flags::{Suite, SuitesFlags};
use crate::workspace::root;
use apt::Apt;

/// What every suite needs.
struct Bench {
    apt: Apt,
    /// Where sources are unpacked and tests run.
    work: PathBuf,
    /// This program, whose `apply` is tried.
    program: PathBuf,
    /// The scripts or packages to take; all if there are none.
    only: Vec<String>,
}

impl Bench {
    /// Whether a script or package is to be taken.
    fn takes(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }

    /// A new empty folder.
    fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.work.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(folder)
    }
}

/// Runs one suite and prints its results as Markdown tables.
///
/// # Errors
///
/// A source package cannot be fetched, a program that the suite needs cannot be run, or `out` cannot be written.
pub fn run(flags: &SuitesFlags, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let work = flags.work.clone().unwrap_or_else(|| root().join("target/suites"));
    fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
    let work = work.canonicalize()?;
    let bench = Bench {
        apt: Apt::open(&work.join("apt"))?,
        work,
        program: env::current_exe()?,
        only: flags.only.clone(),
    };
    match flags.suite {
        Suite::GitApply => git_apply::run(&bench, out),
        Suite::GnuPatch => gnu_patch::run(&bench, out),
        Suite::Debian => replay::run(&bench, out),
    }
}

/// Runs tar on an archive: `flags`, and `paths` after them.
fn tar(archive: &Path, flags: &[&str], paths: &[&Path]) -> anyhow::Result<Vec<u8>> {
    let output = Command::new("tar")
        .arg("-f")
        .arg(archive)
        .args(flags)
        .args(paths)
        .output()
        .context("tar")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "tar: {}: {said}", archive.display());
    Ok(output.stdout)
}
