//! One source package: its series of patches, and as much of its sources as they touch.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

use super::super::apt::Source;
use super::super::tar;
use super::tally::{Round, Tally};
use super::tools::{How, Tools};
use super::tree::{self, Tree};

/// A package, unpacked.
pub(super) struct Package {
    /// Where the trees are made.
    folder: PathBuf,
    series: Vec<Patch>,
    /// The sources without any patch.
    base: Tree,
}

/// A patch of a series.
struct Patch {
    name: String,
    strip: usize,
    text: Vec<u8>,
}

impl Package {
    /// Unpacks into `folder`, which is empty, what the patches of the package touch.
    pub(super) fn unpack(source: &Source, folder: &Path) -> anyhow::Result<Self> {
        for archive in source.archives(".debian.") {
            tar(archive, &["-x", "-C"], &[folder, Path::new("debian/patches")])?;
        }
        let series = read_series(&folder.join("debian/patches"))?;
        ensure!(!series.is_empty(), "{}: no patches", folder.display());
        let names: BTreeSet<_> = series.iter().flat_map(Patch::names).collect();
        let base = folder.join("base");
        for archive in source.archives(".orig") {
            let within = component(archive).map(PathBuf::from).unwrap_or_default();
            let names = names.iter().filter_map(|name: &PathBuf| name.strip_prefix(&within).ok());
            let into = base.join(&within);
            fs::create_dir_all(&into)?;
            unpack(archive, &names.map(Path::to_path_buf).collect(), &into)?;
        }
        Ok(Self { folder: folder.to_path_buf(), series, base: tree::read(&base)? })
    }

    /// Goes through the three rounds.
    pub(super) fn replay(&self, tools: &Tools) -> anyhow::Result<Tally> {
        let mut tally = Tally::of(self.series.len());
        self.in_order(tools, &mut tally)?;
        self.alone(tools, &mut tally)?;
        Ok(tally)
    }

    fn ours(&self) -> PathBuf {
        self.folder.join("ours")
    }

    fn theirs(&self) -> PathBuf {
        self.folder.join("theirs")
    }

    /// The whole series there and back.
    fn in_order(&self, tools: &Tools, tally: &mut Tally) -> anyhow::Result<()> {
        for root in [self.ours(), self.theirs()] {
            tree::write(&root, &self.base)?;
        }
        for patch in &self.series {
            self.step(tools, patch, Round::InOrder, tally)?;
        }
        for patch in self.series.iter().rev() {
            self.step(tools, patch, Round::Reversed, tally)?;
        }
        Ok(())
    }

    /// Each patch on the tree that none was applied to.
    fn alone(&self, tools: &Tools, tally: &mut Tally) -> anyhow::Result<()> {
        for patch in &self.series {
            let names: BTreeSet<_> = patch.names().collect();
            let touched = |path: &Path| names.contains(path);
            for root in [self.ours(), self.theirs()] {
                tree::write(&root, self.base.iter().filter(|(path, _)| touched(path)))?;
            }
            self.step(tools, patch, Round::Alone, tally)?;
        }
        Ok(())
    }

    /// Applies one patch with both programs and compares. If the trees differ, the next patch starts from GNU patch's.
    fn step(
        &self,
        tools: &Tools,
        patch: &Patch,
        round: Round,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        let how = How {
            strip: patch.strip,
            reverse: round == Round::Reversed,
            fuzz: if round == Round::Alone { 2 } else { 0 },
        };
        let theirs = tools.theirs(&self.theirs(), &patch.text, how)?;
        let ours = tools.ours(&self.ours(), &patch.text, how)?;
        let theirs_after = tree::read(&self.theirs())?;
        let differs = tree::difference(&tree::read(&self.ours())?, &theirs_after);
        if differs.is_some() && round != Round::Alone {
            tree::write(&self.ours(), &theirs_after)?;
        }
        tally.count(&patch.name, round, &ours, theirs, differs);
        Ok(())
    }
}

impl Patch {
    /// The paths that its headers may mean: every reading of them, as far as an archive may have such a file.
    fn names(&self) -> impl Iterator<Item = PathBuf> {
        let keys = ["--- ", "+++ ", "rename from ", "rename to ", "copy from "];
        let text = String::from_utf8_lossy(&self.text).into_owned();
        let mut paths = Vec::new();
        for line in text.lines() {
            for key in keys {
                let Some(name) = line.strip_prefix(key) else { continue };
                let strip =
                    if key.ends_with("m ") || key.ends_with("to ") { 0 } else { self.strip };
                for end in ['\t', ' '] {
                    let name = name.split(end).next().unwrap_or_default().trim_end();
                    paths.push(Path::new(name).components().skip(strip).collect());
                }
            }
        }
        paths.into_iter()
    }
}

/// The series file: a patch a line, with options after it, and comments.
fn read_series(folder: &Path) -> anyhow::Result<Vec<Patch>> {
    let path = folder.join("series");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let lines = text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim());
    let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let patch = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default().to_owned();
        let mut strip = 1;
        for word in words {
            let Some(level) = word.strip_prefix("-p") else { bail!("{line}: unknown option") };
            strip = level.parse().with_context(|| line.to_owned())?;
        }
        let text = fs::read(folder.join(&name)).with_context(|| name.clone())?;
        Ok(Patch { name, strip, text })
    };
    entries.map(patch).collect()
}

/// The folder that an archive is for, if it is not the main one: `regen` of `perl_5.36.0.orig-regen.tar.xz`.
fn component(archive: &Path) -> Option<String> {
    let name = archive.file_name()?.to_str()?;
    let (_, rest) = name.split_once(".orig-")?;
    Some(rest.split_once(".tar.")?.0.to_owned())
}

/// Unpacks those files of an archive that are named, without the folder that all are in, if there is one.
fn unpack(archive: &Path, names: &BTreeSet<PathBuf>, into: &Path) -> anyhow::Result<()> {
    let list = tar(archive, &["-t", "--quoting-style=literal"], &[])?;
    let list = String::from_utf8_lossy(&list);
    let tops: BTreeSet<_> = list.lines().map(|name| name.split('/').next()).collect();
    let level = usize::from(tops.len() == 1);
    let stripped = |name: &str| Path::new(name).components().skip(level).collect::<PathBuf>();
    let wanted =
        list.lines().filter(|name| !name.ends_with('/') && names.contains(&stripped(name)));
    let wanted: String = wanted.flat_map(|name| [name, "\n"]).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let file = into.with_extension("files");
    fs::write(&file, wanted)?;
    let strip = format!("--strip-components={level}");
    let flags = ["-x", &strip, "--no-same-owner", "--no-wildcards", "--verbatim-files-from", "-C"];
    tar(archive, &flags, &[into, Path::new("-T"), &file])?;
    Ok(())
}
