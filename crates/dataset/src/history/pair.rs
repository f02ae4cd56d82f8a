//! A source file before and after a commit.

use fixwright_patch::{DiffOptions, Edit, FilePatch, Hunk, LineKind, Patch, edits, strip};
use fixwright_report::Language;
use fixwright_validate::{same_but_for_white_space, same_tokens};
use xxhash_rust::xxh3::Xxh3;

use super::blobs::{Blob, Blobs};
use super::files::source_files;
use super::log::Change;
use super::{Commit, HistoryOptions, Stop, Walk};
use crate::{Error, RepairSample};

/// A source file before and after a commit.
pub(crate) struct Pair {
    pub(crate) path: String,
    pub(crate) old: String,
    pub(crate) new: String,
}

impl Pair {
    /// The source files that a commit changes, if it is a fix that the options of the walk want.
    pub(crate) fn all_of(commit: &Commit, walk: &mut Walk) -> Result<Vec<Self>, Stop> {
        let files = source_files(commit, &walk.options)?;
        files.into_iter().map(|file| Self::read(file, &mut walk.blobs, &walk.options)).collect()
    }

    /// Reads both sides and checks that they are text and that their difference is a small change of code.
    fn read(change: &Change, blobs: &mut Blobs, options: &HistoryOptions) -> Result<Self, Stop> {
        let name = change.path.as_deref().ok_or(Stop::Skip("unsafe file name"))?;
        let path = str::from_utf8(name).map_err(|_| Stop::Skip("file name not UTF-8"))?.to_owned();
        strip(name, 0).map_err(|_| Stop::Skip("unsafe file name"))?;
        let old = text(blobs.get(&change.old, options.max_file_bytes)?)?;
        let new = text(blobs.get(&change.new, options.max_file_bytes)?)?;
        let pair = Self { path, old, new };
        pair.check(options)?;
        Ok(pair)
    }

    fn check(&self, options: &HistoryOptions) -> Result<(), Stop> {
        if self.old.trim().is_empty() {
            return Err(Stop::Skip("empty file"));
        }
        let patch = self.patch();
        if patch.hunks.len() > options.max_hunks {
            return Err(Stop::Skip("too many hunks"));
        }
        let edits = edits(self.old.as_bytes(), self.new.as_bytes());
        let changed: usize = edits.iter().map(|edit| edit.old.len() + edit.new.len()).sum();
        if changed > options.max_changed_lines {
            return Err(Stop::Skip("too many changed lines"));
        }
        if same_but_for_white_space(&self.old, &self.new) {
            return Err(Stop::Skip("white space only"));
        }
        if Language::from_path(&self.path).is_some() && same_tokens(&self.old, &self.new) {
            return Err(Stop::Skip("comments and layout only"));
        }
        Ok(())
    }

    fn patch(&self) -> FilePatch {
        let (old, new) = (self.old.as_bytes(), self.new.as_bytes());
        FilePatch::between(&self.path, Some(old), Some(new), &DiffOptions::default())
    }

    /// A row of what is known without the report.
    pub(crate) fn row(&self, commit: &Commit, origin: &str) -> Result<RepairSample, Error> {
        let mut row = RepairSample {
            origin: Some(origin.to_owned()),
            commit: Some(commit.id.clone()),
            diff_text: Some(self.diff()),
            license: self.license(),
            language: Language::from_path(&self.path).map(|language| language.name().to_owned()),
            source_code_path: Some(self.path.clone()),
            code: Some(self.old.clone()),
            fixed: Some(self.new.clone()),
            ..RepairSample::default()
        };
        row.extra.insert("date", &commit.day)?;
        Ok(row)
    }

    /// The change as a unified diff.
    fn diff(&self) -> String {
        let bytes = Patch { files: vec![self.patch()] }.to_bytes();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The first line whose code changes, counted from 1; an insertion stands before it. Comments and directives such as `#include`
    /// do not count, unless nothing else changes.
    pub(crate) fn first_changed_line(&self) -> usize {
        let edits = edits(self.old.as_bytes(), self.new.as_bytes());
        let (old, new): (Vec<_>, Vec<_>) =
            (self.old.split_inclusive('\n').collect(), self.new.split_inclusive('\n').collect());
        let is_directive =
            |line: &&str| line.trim_start().starts_with('#') || line.trim().is_empty();
        let changes_code = |edit: &&Edit| {
            let (gone, come) = (&old[edit.old.clone()], &new[edit.new.clone()]);
            let alone = [&old[..edit.old.start], come, &old[edit.old.end..]].concat().concat();
            !gone.iter().chain(come).all(is_directive) && !same_tokens(&self.old, &alone)
        };
        let first = edits.iter().find(changes_code).or(edits.first());
        (first.map_or(0, |edit| edit.old.start) + 1).min(self.lines())
    }

    /// How many lines it had.
    pub(crate) fn lines(&self) -> usize {
        self.old.lines().count()
    }

    /// The licence that one of its first lines states in the form of SPDX.
    fn license(&self) -> Option<String> {
        let mut heads = self.old.lines().take(20);
        let stated = heads.find_map(|line| line.split_once("SPDX-License-Identifier:"))?.1;
        let end = stated.find("*/").or_else(|| stated.find("-->")).unwrap_or(stated.len());
        let license = stated[..end].trim();
        (!license.is_empty() && license.len() <= 200).then(|| license.to_owned())
    }
}

/// What makes a change the same one in another place of the history, as `git patch-id` sees it: the names of its files and the
/// lines of its hunks without white space, but not where these stand.
pub(super) fn patch_id(pairs: &[Pair]) -> u128 {
    let mut hasher = Xxh3::new();
    for pair in pairs {
        hasher.update(pair.path.as_bytes());
        let patch = pair.patch();
        for line in patch.hunks.iter().flat_map(Hunk::lines) {
            let kind: &[u8] = match line.kind {
                LineKind::Context => b"\0 ",
                LineKind::Delete => b"\0-",
                LineKind::Insert => b"\0+",
            };
            hasher.update(kind);
            line.text.split(u8::is_ascii_whitespace).for_each(|bare| hasher.update(bare));
        }
    }
    hasher.digest128()
}

/// The contents of a file that is text.
fn text(blob: Blob) -> Result<String, Stop> {
    match blob {
        Blob::Missing => Err(Stop::Skip("file not in the repository")),
        Blob::TooLarge => Err(Stop::Skip("file too large")),
        Blob::Bytes(bytes) if bytes.contains(&0) => Err(Stop::Skip("binary file")),
        Blob::Bytes(bytes) => String::from_utf8(bytes).map_err(|_| Stop::Skip("file not UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use super::Pair;

    #[test]
    fn the_line_is_that_of_code() {
        let old = "/* Copyright 2009\n   of X */\n#include <a.h>\nint a;\nint b;\n";
        let line = |new: &str| {
            Pair { path: "a.c".into(), old: old.into(), new: new.into() }.first_changed_line()
        };
        assert_eq!(line(&old.replace("2009", "2010").replace("int b", "long b")), 5);
        assert_eq!(
            line(&old.replace("int a", "#include <b.h>\nint a").replace("int b", "long b")),
            5
        );
        assert_eq!(
            line(&old.replace("int a", "#include <b.h>\nint a")),
            4,
            "there is nothing else"
        );
        assert_eq!(line(&(old.to_owned() + "int c;\n")), 5, "behind the last line");
    }
}
