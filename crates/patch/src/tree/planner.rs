//! The tree as the files of a patch leave it, one after the other.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::folder::{Bits, Kind, Status};
use super::obstacle::{self, Obstacle};
use super::walk::{Reach, Walk};
use super::{Change, Content, Names, Plan, Seen, refused, settle};
use crate::error::PathProblem;
use crate::{Applied, Error, FilePatch, Mode, Origin, Placement};

/// The tree as the files of the patch that came so far would leave it.
pub(crate) struct Planner {
    walk: Walk,
    /// In the order of the patch.
    files: Vec<(PathBuf, File)>,
    /// Where in `files` each is.
    places: HashMap<PathBuf, usize>,
    /// The names from which the patch takes a file away somewhere.
    leaving: HashSet<PathBuf>,
    /// The files of the tree that were read, to find those that go by two names.
    ids: HashSet<(u64, u64)>,
}

/// What has become of one name.
struct File {
    old: Option<(Content, Seen)>,
    now: Now,
    placements: Vec<Placement>,
    obstacle: Option<Obstacle>,
}

enum Now {
    Untouched,
    Gone,
    Made { content: Content, bits: Option<Bits>, how: How },
}

/// How a file came to its new content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// It is the old file, edited.
    Edited,
    /// It came to a free name.
    Placed,
    /// It came to the name of a file that the patch has yet to take away.
    Ahead,
}

impl File {
    fn now(&self) -> Option<(&Content, Option<Bits>)> {
        match &self.now {
            Now::Untouched => self.before(),
            Now::Gone => None,
            Now::Made { content, bits, .. } => Some((content, *bits)),
        }
    }

    fn before(&self) -> Option<(&Content, Option<Bits>)> {
        self.old.as_ref().map(|(content, seen)| (content, Some(seen.bits)))
    }

    /// What a file of the patch with this `origin` starts from.
    fn start(&self, path: &Path, origin: Origin) -> Result<(&Content, Option<Bits>), Error> {
        let before = match (origin, &self.now) {
            (Origin::InPlace, _) | (_, Now::Made { how: How::Placed, .. }) => None,
            (Origin::Renamed, Now::Made { how: How::Edited, .. }) => None,
            _ => self.before(),
        };
        before.or_else(|| self.now()).ok_or_else(|| match self.obstacle {
            Some(_) => refused(path, PathProblem::NotAFile),
            None => Error::Missing,
        })
    }

    /// Takes the file away, but not one that has come in its place.
    fn leave(&mut self) {
        match &mut self.now {
            Now::Made { how: how @ How::Ahead, .. } => *how = How::Placed,
            now => *now = Now::Gone,
        }
    }

    fn make(&mut self, content: Content, bits: Option<Bits>, origin: How) {
        let how = match (&self.now, origin) {
            (Now::Made { how, .. }, How::Edited) => *how,
            (Now::Untouched, How::Placed) if self.old.is_some() => How::Ahead,
            _ => origin,
        };
        self.now = Now::Made { content, bits, how };
    }
}

impl Planner {
    /// A planner for the tree in `root`, in which a write that was cut off is settled first.
    pub(crate) fn open(root: &Path) -> Result<Self, Error> {
        settle(root)?;
        Ok(Self {
            walk: Walk::open(root)?,
            files: Vec::new(),
            places: HashMap::new(),
            leaving: HashSet::new(),
            ids: HashSet::new(),
        })
    }

    /// Says that `file` is to come: a name that it leaves can be taken by another one before.
    pub(crate) fn announce(&mut self, file: &FilePatch, names: &Names) {
        self.leaving.extend(names.source.clone().filter(|_| leaves(file)));
    }

    /// Patches one file; `apply` makes the new text out of the old. Returns where the hunks landed.
    pub(crate) fn patch(
        &mut self,
        file: &FilePatch,
        names: Names,
        apply: &dyn Fn(&[u8]) -> Result<Applied, Error>,
    ) -> Result<Vec<Placement>, Error> {
        let Names { source, target } = names;
        let arrives = source.is_none() || file.origin != Origin::InPlace;
        if let Some(target) = target.as_deref().filter(|_| arrives) {
            self.check_free(target, apply)?;
        }
        let empty = Content { text: Vec::new(), mode: Mode::Regular };
        let (old, bits) = match &source {
            None => (&empty, None),
            Some(path) => self.file(path)?.start(path, file.origin)?,
        };
        let applied = apply(&old.text)?;
        let mode = file.new_mode.unwrap_or(old.mode);
        let bits = bits.map(|bits| permissions(bits, old.mode, mode));
        if let Some(source) = source.filter(|_| leaves(file)) {
            self.file(&source)?.leave();
        }
        if let Some(target) = target {
            let made = self.file(&target)?;
            let content = Content { text: applied.text, mode };
            made.make(content, bits, if arrives { How::Placed } else { How::Edited });
            made.placements.extend_from_slice(&applied.placements);
        }
        Ok(applied.placements)
    }

    /// Refuses to put a file where one is that stays.
    fn check_free(
        &mut self,
        target: &Path,
        apply: &dyn Fn(&[u8]) -> Result<Applied, Error>,
    ) -> Result<(), Error> {
        let leaving = self.leaving.contains(target);
        let there = self.file(target)?;
        match there.now() {
            None => Ok(()),
            Some(_) if leaving && matches!(there.now, Now::Untouched) => Ok(()),
            Some((content, _)) => Err(match apply(&content.text) {
                Err(Error::AlreadyApplied) => Error::AlreadyApplied,
                _ => Error::Exists,
            }),
        }
    }

    /// What has become of `path` so far.
    fn file(&mut self, path: &Path) -> Result<&mut File, Error> {
        let place = match self.places.get(path) {
            Some(place) => *place,
            None => self.first(path)?,
        };
        Ok(&mut self.files[place].1)
    }

    /// Reads the file at `path`, which the patch names for the first time.
    fn first(&mut self, path: &Path) -> Result<usize, Error> {
        let (old, obstacle) = match read(&mut self.walk, path)? {
            Ok((content, status)) => {
                if let Some(id) = status.id
                    && !self.ids.insert(id)
                {
                    return Err(refused(path, PathProblem::Alias));
                }
                let seen = Seen { stamp: status.stamp, bits: status.bits };
                (Some((content, seen)), None)
            }
            Err(obstacle) => (None, obstacle),
        };
        let place = self.files.len();
        let file = File { old, now: Now::Untouched, placements: Vec::new(), obstacle };
        self.files.push((path.to_path_buf(), file));
        self.places.insert(path.to_path_buf(), place);
        Ok(place)
    }

    /// The changes to the tree, by path.
    pub(crate) fn finish(mut self) -> Result<Plan, Error> {
        // Most patches are in this order already.
        self.files.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut changes = Vec::new();
        let mut obstacles = Vec::new();
        for (path, file) in self.files {
            let (new, bits) = match file.now {
                Now::Untouched => continue,
                Now::Gone => (None, None),
                Now::Made { content, bits, .. } => (Some(content), bits),
            };
            let (old, seen) = file.old.unzip();
            if old == new {
                continue;
            }
            obstacles.extend(file.obstacle.map(|obstacle| (path.clone(), obstacle)));
            changes.push(Change { path, old, new, placements: file.placements, seen, bits });
        }
        obstacle::check(&mut self.walk, &changes, &obstacles)?;
        Ok(Plan { root: self.walk.root().to_path_buf(), changes })
    }
}

/// The file at `path`; or else what takes its place, if there is anything.
fn read(
    walk: &mut Walk,
    path: &Path,
) -> Result<Result<(Content, Status), Option<Obstacle>>, Error> {
    let (reach, name) = walk.reach_parent(path)?;
    match reach {
        Reach::All => {}
        Reach::Missing => return Ok(Err(None)),
        Reach::Blocked => return Ok(Err(Some(Obstacle::FileAbove))),
    }
    let failed = match walk.here().read(name) {
        Ok((file, status)) if status.kind == Kind::File => {
            let mut text = Vec::with_capacity(usize::try_from(status.stamp.len).unwrap_or(0) + 1);
            file.take(u64::MAX).read_to_end(&mut text).map_err(walk.error(name))?;
            let mode = if status.bits & 0o100 == 0 { Mode::Regular } else { Mode::Executable };
            return Ok(Ok((Content { text, mode }, status)));
        }
        Ok(_) => io::ErrorKind::InvalidInput.into(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Err(None)),
        Err(error) => error,
    };
    match walk.status(name)?.map(|status| status.kind) {
        Some(Kind::Link) => Err(refused(path, PathProblem::Symlink)),
        Some(Kind::Folder) => Ok(Err(Some(Obstacle::Folder))),
        Some(Kind::Other) => Err(refused(path, PathProblem::NotAFile)),
        _ => Err(walk.error(name)(failed)),
    }
}

/// Whether the file goes from its old name.
fn leaves(file: &FilePatch) -> bool {
    file.new_path.is_none() || file.origin == Origin::Renamed
}

/// The permissions of a file that had `bits` when its mode was `old`.
fn permissions(bits: Bits, old: Mode, new: Mode) -> Bits {
    match new {
        _ if new == old => bits,
        Mode::Regular => bits & !0o111,
        Mode::Executable => bits | (bits & 0o444) >> 2,
    }
}
