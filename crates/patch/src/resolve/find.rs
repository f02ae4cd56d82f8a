//! Finds the files of a tree that a diff means.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Found, Names as Rule, PlanOptions};
use crate::tree::{Names, names};
use crate::{Error, FilePatch, Origin, strip};

/// A file of a diff, found in the tree.
pub(super) struct Target {
    /// The file's header without its hunks, with names on the sides where there is a file.
    pub(super) header: FilePatch,
    pub(super) names: Names,
    pub(super) found: Found,
}

/// How many names in a tree are looked at.
const MOST: usize = 1_000_000;

/// Finds files in a tree.
pub(super) struct Finder<'a> {
    root: &'a Path,
    options: &'a PlanOptions,
    /// Whether the diff has no other file, so that the given one can only be this.
    alone: bool,
    /// The files that the diff has made so far.
    made: HashSet<PathBuf>,
    /// The files of the tree by their last component.
    tree: OnceCell<HashMap<OsString, Vec<PathBuf>>>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(root: &'a Path, options: &'a PlanOptions, alone: bool) -> Self {
        Self { root, options, alone, made: HashSet::new(), tree: OnceCell::new() }
    }

    /// Finds the file that a file of the diff is for.
    pub(super) fn find(&mut self, file: &FilePatch) -> Result<Target, Error> {
        let target = match (self.options.names, &file.old_path, &file.new_path) {
            (_, None, None) => self.unnamed(file),
            (Rule::Strip(level), ..) => self.stripped(file, level),
            (Rule::Find, None, Some(new)) => self.created(file, new),
            (Rule::Find, ..) => self.existing(file),
        }?;
        self.made.extend(target.names.target.clone());
        Ok(target)
    }

    /// The file at its names less `level` components; at one of them, if they differ.
    fn stripped(&self, file: &FilePatch, level: usize) -> Result<Target, Error> {
        let differ = match names(file, level) {
            Ok(names) => {
                return Ok(Target { header: header(file), names, found: Found::Stripped(level) });
            }
            Err(error) => error,
        };
        let stated = file.old_path.iter().chain(&file.new_path);
        let paths = stated.map(|name| strip(name, level)).collect::<Result<Vec<_>, _>>()?;
        let there = self.only(&paths)?.ok_or(differ)?;
        Ok(in_place(file, there.to_path_buf(), Found::Stripped(level)))
    }

    /// The one of the names of a file that the tree has. If it has both, a copy that was kept of the
    /// file, `x.orig` or `x~` of `x`, is not meant.
    fn only<'p>(&self, paths: &'p [PathBuf]) -> Result<Option<&'p Path>, Error> {
        let mut there = paths.iter().map(PathBuf::as_path).filter(|path| self.has(path));
        let (Some(old), Some(new)) = (there.next(), there.next()) else {
            return Ok(paths.iter().map(PathBuf::as_path).find(|path| self.has(path)));
        };
        let is_copy = |copy: &Path, path: &Path| {
            let [copy, path] = [copy, path].map(|path| path.as_os_str().as_encoded_bytes());
            copy.strip_prefix(path).is_some_and(|end| matches!(end, [] | [b'~'] | [b'.', ..]))
        };
        match (is_copy(old, new), is_copy(new, old)) {
            (true, _) => Ok(Some(new)),
            (_, true) => Ok(Some(old)),
            _ => {
                let [old, new] = [old, new].map(|path| path.display().to_string());
                Err(Error::NamesDiffer { old, new })
            }
        }
    }

    /// The given file. It is held to what names in a diff are, for it may come from a report.
    fn given(&self) -> Result<Option<PathBuf>, Error> {
        let file = self.options.file.as_deref();
        file.map(|file| strip(file.as_os_str().as_encoded_bytes(), 0)).transpose()
    }

    /// The given file, or the only one there is.
    fn unnamed(&self, file: &FilePatch) -> Result<Target, Error> {
        if let Some(path) = self.given()? {
            return Ok(in_place(file, path, Found::Given));
        }
        let mut all = self.tree().values().flatten();
        match (self.options.names, all.next(), all.next()) {
            (Rule::Find, Some(path), None) => Ok(in_place(file, path.clone(), Found::Suffix)),
            _ => Err(Error::Unnamed),
        }
    }

    /// A file that is yet to be made: beside others, if possible.
    fn created(&self, file: &FilePatch, name: &[u8]) -> Result<Target, Error> {
        let has_folder = |level: &usize| {
            let path = strip(name, *level).ok();
            let folder = path.as_deref().and_then(Path::parent);
            folder.is_some_and(|folder| self.root.join(folder).is_dir())
        };
        let level = match is_prefixed(name) {
            true => 1,
            false => [0, 1].into_iter().find(has_folder).unwrap_or(0),
        };
        let names = Names { source: None, target: Some(strip(name, level)?) };
        let header = FilePatch { old_path: None, new_path: Some(name.to_vec()), ..header(file) };
        Ok(Target { header, names, found: Found::Stripped(level) })
    }

    fn existing(&self, file: &FilePatch) -> Result<Target, Error> {
        let stated: Vec<_> =
            file.old_path.iter().chain(&file.new_path).map(Vec::as_slice).collect();
        let (first, last) = (stated[0], stated[stated.len() - 1]);
        if file.origin != Origin::InPlace {
            return self.moved(file, first, last);
        }
        let levels = if is_prefixed(first) { [1, 0] } else { [0, 1] };
        for level in levels {
            let paths: Vec<_> = stated.iter().filter_map(|name| strip(name, level).ok()).collect();
            if let Some(path) = self.only(&paths)? {
                return Ok(in_place(file, path.to_path_buf(), Found::Stripped(level)));
            }
        }
        // GNU diff -N names a file that is not there by its name, not as /dev/null.
        if matches!(&file.hunks[..], [hunk] if hunk.old_range().len == 0 && hunk.old_range().start == 0)
        {
            return self.created(file, last);
        }
        let ended = self.by_end(first);
        match (ended, self.given()?) {
            (Ok(Some(path)), _) => Ok(in_place(file, path, Found::Suffix)),
            (Ok(None), Some(given)) if self.alone => Ok(in_place(file, given, Found::Given)),
            (Ok(None), _) => Err(Error::Missing),
            (Err(Error::SeveralFiles { files, .. }), Some(given)) if files.contains(&given) => {
                Ok(in_place(file, given, Found::Given))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// A renamed or copied file: both names are less the same number of components.
    fn moved(&self, file: &FilePatch, old: &[u8], new: &[u8]) -> Result<Target, Error> {
        let levels = if is_prefixed(old) { [1, 0] } else { [0, 1] };
        let there = |level: &usize| strip(old, *level).is_ok_and(|path| self.has(&path));
        let level = levels.into_iter().find(there).ok_or(Error::Missing)?;
        let names = Names { source: Some(strip(old, level)?), target: Some(strip(new, level)?) };
        Ok(Target { header: header(file), names, found: Found::Stripped(level) })
    }

    fn has(&self, path: &Path) -> bool {
        self.made.contains(path) || self.root.join(path).symlink_metadata().is_ok()
    }

    /// The only file of the tree whose path ends with most of `name`; `None` if none ends with any.
    fn by_end(&self, name: &[u8]) -> Result<Option<PathBuf>, Error> {
        let start = name.iter().take_while(|byte| **byte == b'/').count();
        let path = strip(&name[start..], 0)?;
        let named = path.file_name().and_then(|last| self.tree().get(last));
        let files = named.map_or(&[][..], Vec::as_slice);
        let common = |file: &PathBuf| {
            let pairs = file.components().rev().zip(path.components().rev());
            pairs.take_while(|(a, b)| a == b).count()
        };
        let most = files.iter().map(common).max();
        let best: Vec<_> = files.iter().filter(|file| Some(common(file)) == most).collect();
        match best[..] {
            [] => Ok(None),
            [file] => Ok(Some(file.clone())),
            _ => Err(Error::SeveralFiles {
                name: String::from_utf8_lossy(name).into_owned(),
                files: best.into_iter().cloned().collect(),
            }),
        }
    }

    fn tree(&self) -> &HashMap<OsString, Vec<PathBuf>> {
        self.tree.get_or_init(|| list(self.root))
    }
}

/// The file is the one at `path`, before and after.
fn in_place(file: &FilePatch, path: PathBuf, found: Found) -> Target {
    let name = path.as_os_str().as_encoded_bytes().to_vec();
    let stays = !file.deletes();
    let names = Names { source: Some(path.clone()), target: stays.then_some(path) };
    let header =
        FilePatch { old_path: Some(name.clone()), new_path: stays.then_some(name), ..header(file) };
    Target { header, names, found }
}

/// The file's header alone.
fn header(file: &FilePatch) -> FilePatch {
    FilePatch {
        old_path: file.old_path.clone(),
        new_path: file.new_path.clone(),
        old_mode: file.old_mode,
        new_mode: file.new_mode,
        origin: file.origin,
        hunks: Vec::new(),
    }
}

fn is_prefixed(name: &[u8]) -> bool {
    name.starts_with(b"a/") || name.starts_with(b"b/")
}

/// The files under `root`, relative to it, by their last component. Symbolic links and git's own
/// folder are left out, and so is what cannot be read.
fn list(root: &Path) -> HashMap<OsString, Vec<PathBuf>> {
    let mut files: HashMap<OsString, Vec<PathBuf>> = HashMap::new();
    let mut folders = vec![PathBuf::new()];
    let mut left = MOST;
    while let Some(folder) = folders.pop() {
        let Ok(entries) = root.join(&folder).read_dir() else { continue };
        for entry in entries.flatten().take(left) {
            left -= 1;
            let path = folder.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => folders.push(path),
                Ok(kind) if kind.is_file() => {
                    files.entry(entry.file_name()).or_default().push(path);
                }
                _ => {}
            }
        }
    }
    files.values_mut().for_each(|paths| paths.sort_unstable());
    files
}
