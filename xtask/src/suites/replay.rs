//! The patches that Debian carries for its packages, applied beside GNU patch.
//!
//! Three rounds for each package. *In order*: the series from the first patch to the last, and GNU patch without fuzz, as
//! `dpkg-source` has it. *Reversed*: from the last to the first. *Alone*: each patch on the tree without those before
//! it, which most were not made for, so that offsets, fuzz and misfits come up; here GNU patch has its two lines of
//! fuzz. After each patch the two trees have to have the same files, bytes and modes.

mod package;
mod tally;
mod tools;
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use anyhow::Context as _;
use serde::Deserialize;

use super::Bench;
use crate::exit::{Exit, note};
use crate::workspace::root;
use package::Package;
use tally::{Difference, Tally};
use tools::Tools;

/// The packages to replay, and why some outcomes differ.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    packages: Vec<String>,
    /// The reasons by short names.
    reasons: BTreeMap<String, String>,
    /// The patches by package and reason.
    differences: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl List {
    fn reason(&self, package: &str, patch: &str) -> Option<&str> {
        let mut reasons = self.differences.get(package)?.iter();
        let (reason, _) = reasons.find(|(_, patches)| patches.iter().any(|name| name == patch))?;
        self.reasons.get(reason).map(String::as_str)
    }
}

/// Replays every package of the list.
pub(super) fn run(bench: &Bench, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let path = root().join("tests/outside/debian.toml");
    let list: List =
        toml::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
    let tools = Tools::new(&bench.program)?;
    let mut total = Tally::default();
    writeln!(out, "{}", Tally::HEAD)?;
    for name in list.packages.iter().filter(|name| bench.takes(name)) {
        let source = bench.apt.source(name)?;
        note(format_args!("replaying {name} {}", source.version));
        let package = Package::unpack(&source, &bench.folder(&format!("replay/{name}"))?)?;
        let tally = package.replay(&tools)?;
        writeln!(out, "{}", tally.row(&format!("{name} {}", source.version)))?;
        out.flush()?;
        total.add(name, tally);
    }
    writeln!(out, "{}\n", total.row("all"))?;
    writeln!(out, "{}\n", total.hunks())?;
    explain(&list, &total.differences, out)
}

/// Prints the differences with their reasons; [`Exit::Failed`] if one has none.
fn explain(list: &List, differences: &[Difference], out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut unexplained = 0;
    writeln!(out, "| package | patch | round | difference | reason |\n|---|---|---|---|---|")?;
    for difference in differences {
        let Difference { package, patch, round, what } = difference;
        let reason = list.reason(package, patch);
        unexplained += usize::from(reason.is_none());
        let reason = reason.unwrap_or("**none**");
        writeln!(out, "| {package} | {patch} | {round} | {what} | {reason} |")?;
    }
    note(format_args!("{} differences, {unexplained} without a reason", differences.len()));
    Ok(if unexplained == 0 { Exit::Done } else { Exit::Failed })
}
