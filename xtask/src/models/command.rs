//! `cargo xtask model`: list, fetch, path.

use std::io::Write;

use anyhow::Context as _;
use fixwright_prompt::Target;
use indicatif::DecimalBytes;
use serde::Serialize;

use super::{Adapter, Manifest, Store, Terminal, ensure};
use crate::exit::{Exit, note};
use crate::flags::Format;

/// One model as `model list` shows it.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    default: bool,
    size: u64,
    sha256: &'a str,
    licence: &'a str,
    architecture: &'a str,
    path: Option<String>,
    adapters: Vec<AdapterRow<'a>>,
}

/// An adapter for it.
#[derive(Serialize)]
struct AdapterRow<'a> {
    name: &'a str,
    default: bool,
    targets: &'a [Target],
    size: u64,
    sha256: &'a str,
    licence: &'a str,
}

impl<'a> From<&'a Adapter> for AdapterRow<'a> {
    fn from(adapter: &'a Adapter) -> Self {
        let Adapter { name, default, targets, size, sha256, licence, .. } = adapter;
        Self { name, default: *default, targets, size: *size, sha256, licence }
    }
}

/// Lists the known models, their adapters, and whether they are on this machine.
///
/// # Errors
///
/// `out` cannot be written.
pub fn list(format: Format, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let manifest = Manifest::load()?;
    let store = Store::from_env()?;
    let rows = manifest.models().iter().map(|model| Row {
        name: &model.name,
        default: model.default,
        size: model.size,
        sha256: &model.sha256,
        licence: &model.licence,
        architecture: &model.architecture,
        path: store.find(model).map(|path| path.display().to_string()),
        adapters: manifest.adapters(&model.name).map(AdapterRow::from).collect(),
    });
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &rows.collect::<Vec<_>>())
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => rows.into_iter().try_for_each(|row| row.write(out))?,
    }
    Ok(Exit::Done)
}

impl Row<'_> {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let default = if self.default { ", default" } else { "" };
        writeln!(out, "{}  ({}, {}{default})", self.name, DecimalBytes(self.size), self.licence)?;
        writeln!(out, "    {}", self.architecture)?;
        writeln!(out, "    {}", self.path.as_deref().unwrap_or("not fetched"))?;
        self.adapters.iter().try_for_each(|adapter| adapter.write(out))
    }
}

impl AdapterRow<'_> {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let Self { name, licence, .. } = self;
        let targets: Vec<_> = self.targets.iter().map(|target| target.name()).collect();
        let (size, targets) = (DecimalBytes(self.size), targets.join(", "));
        let default = if self.default { ", default" } else { "" };
        writeln!(out, "    --adapter {name}  ({size}, {licence}; {targets}{default})")
    }
}

/// Fetches a model, the default one for no name, and prints the path of its file.
///
/// # Errors
///
/// As for [`ensure`]; an unknown name.
pub fn fetch(name: Option<&str>, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let manifest = Manifest::load()?;
    let path = ensure(manifest.find(name)?, &mut Terminal::default())?;
    writeln!(out, "{}", path.display()).context("cannot print the path")?;
    Ok(Exit::Done)
}

/// Prints the path of a model's file if it is on this machine.
///
/// # Errors
///
/// An unknown name.
pub fn path(name: Option<&str>, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let manifest = Manifest::load()?;
    let model = manifest.find(name)?;
    if let Some(path) = Store::from_env()?.find(model) {
        writeln!(out, "{}", path.display())?;
        return Ok(Exit::Done);
    }
    note(format_args!("{0} is not on this machine: cargo xtask model fetch {0}", model.name));
    Ok(Exit::Failed)
}
