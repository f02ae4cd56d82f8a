//! The lines before a file's hunks: `---` and `+++`, and git's extended header.

use super::cursor::{Cursor, RawLine};
use super::hunk::ranges;
use super::{name, stamp, unsupported};
use crate::error::{Problem, Unsupported};
use crate::{Error, FilePatch, LineRange, Mode, Origin};

/// Reads the file header that begins at the next line; `None` if none begins there.
pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Option<FilePatch>, Error> {
    match cursor.peek() {
        Some(line) if cursor.at("diff --git ") => {
            cursor.next();
            git(cursor, &line).map(Some)
        }
        _ => {
            let lines = cursor.clone();
            let Some(mut names) = names(cursor)? else { return Ok(None) };
            forget_absent(&mut names, lines);
            let (old_path, new_path) = names;
            Ok(Some(FilePatch { old_path, new_path, ..FilePatch::default() }))
        }
    }
}

/// Takes the name from the side that has no file, as far as time stamps say it: that side has no
/// lines, and is of the epoch.
fn forget_absent((old_name, new_name): &mut Names, mut lines: Cursor<'_>) {
    let (old, new, hunk) = (lines.next(), lines.next(), lines.next());
    let is_epoch = |line: Option<RawLine<'_>>, key| {
        line.and_then(|line| line.after(key).map(stamp::is_epoch)).unwrap_or_default()
    };
    let Some((old_range, new_range, _)) = hunk.and_then(|hunk| ranges(hunk.trimmed())) else {
        return;
    };
    let nothing = LineRange::default();
    if new_name.is_some() && old_range == nothing && is_epoch(old, "--- ") {
        *old_name = None;
    } else if old_name.is_some() && new_range == nothing && is_epoch(new, "+++ ") {
        *new_name = None;
    }
}

type Names = (Option<Vec<u8>>, Option<Vec<u8>>);

/// Reads a `---` line with a `+++` line after it.
fn names(cursor: &mut Cursor<'_>) -> Result<Option<Names>, Error> {
    let mut ahead = cursor.clone();
    let (Some(old_line), Some(new_line)) = (ahead.next(), ahead.next()) else { return Ok(None) };
    let (Some(old), Some(new)) = (old_line.after("--- "), new_line.after("+++ ")) else {
        return Ok(None);
    };
    let old = name::in_header(old).ok_or_else(|| old_line.error(Problem::Name))?;
    let new = name::in_header(new).ok_or_else(|| new_line.error(Problem::Name))?;
    if old.is_none() && new.is_none() {
        return Err(new_line.error(Problem::Name));
    }
    *cursor = ahead;
    Ok(Some((old, new)))
}

/// What git's extended header says besides the names.
#[derive(Default)]
struct Extended {
    old_mode: Option<Mode>,
    new_mode: Option<Mode>,
    created: bool,
    deleted: bool,
    /// The names of a rename or copy, each with the kind that its line says.
    from: Option<(Origin, Vec<u8>)>,
    to: Option<(Origin, Vec<u8>)>,
}

fn git(cursor: &mut Cursor<'_>, first: &RawLine<'_>) -> Result<FilePatch, Error> {
    let mut extended = Extended::default();
    while let Some(line) = cursor.peek() {
        if !extended.read(&line)? {
            break;
        }
        cursor.next();
    }
    let at = cursor.peek().unwrap_or_else(|| first.clone());
    let (old_path, new_path) = extended.names(first, names(cursor)?)?;
    let file = FilePatch {
        old_path,
        new_path,
        old_mode: extended.old_mode,
        new_mode: extended.new_mode,
        origin: extended.from.as_ref().map_or(Origin::InPlace, |(origin, _)| *origin),
        hunks: Vec::new(),
    };
    if !extended.agrees(&file) {
        return Err(at.error(Problem::Contradiction));
    }
    Ok(file)
}

impl Extended {
    /// Takes `line` in; `false` if it is no line of an extended header.
    fn read(&mut self, line: &RawLine<'_>) -> Result<bool, Error> {
        let quoted = |name| name::in_rename(name).ok_or_else(|| line.error(Problem::Name));
        if let Some(digits) = line.after("old mode ") {
            self.old_mode = Some(mode(line, digits)?);
        } else if let Some(digits) = line.after("new mode ") {
            self.new_mode = Some(mode(line, digits)?);
        } else if let Some(digits) = line.after("new file mode ") {
            self.created = true;
            self.new_mode = Some(mode(line, digits)?);
        } else if let Some(digits) = line.after("deleted file mode ") {
            self.deleted = true;
            self.old_mode = Some(mode(line, digits)?);
        } else if let Some(name) = line.after("rename from ") {
            self.from = Some((Origin::Renamed, quoted(name)?));
        } else if let Some(name) = line.after("rename to ") {
            self.to = Some((Origin::Renamed, quoted(name)?));
        } else if let Some(name) = line.after("copy from ") {
            self.from = Some((Origin::Copied, quoted(name)?));
        } else if let Some(name) = line.after("copy to ") {
            self.to = Some((Origin::Copied, quoted(name)?));
        } else if let Some(ids) = line.after("index ") {
            if let Some((_, digits)) = split_last(ids, b' ') {
                mode(line, digits)?;
            }
        } else if let Some(kind) = unsupported(line.trimmed()) {
            return Err(line.error(Problem::Unsupported(kind)));
        } else {
            let scores = ["similarity index ", "dissimilarity index "];
            return Ok(scores.iter().any(|key| line.after(key).is_some()));
        }
        Ok(true)
    }

    /// The names of the `---` and `+++` lines, or else of the `diff --git` line.
    fn names(&self, first: &RawLine<'_>, stated: Option<Names>) -> Result<Names, Error> {
        let pair = first.after("diff --git ").and_then(|pair| name::pair(pair, self.moved()));
        let Some((old, new)) = stated else {
            let (old, new) = pair.ok_or_else(|| first.error(Problem::Name))?;
            return Ok(((!self.created).then_some(old), (!self.deleted).then_some(new)));
        };
        let differs = |stated: &Option<Vec<u8>>, name: &[u8]| {
            stated.as_deref().is_some_and(|stated| stated != name)
        };
        match pair {
            Some(pair) if differs(&old, &pair.0) || differs(&new, &pair.1) => {
                Err(first.error(Problem::Contradiction))
            }
            _ => Ok((old, new)),
        }
    }

    /// The old and the new name of a rename or copy.
    fn moved(&self) -> Option<(&[u8], &[u8])> {
        let (from, to) = (self.from.as_ref()?, self.to.as_ref()?);
        Some((&from.1, &to.1))
    }

    fn agrees(&self, file: &FilePatch) -> bool {
        let modes = [self.old_mode.is_some(), self.new_mode.is_some()];
        type Stated = Option<(Origin, Vec<u8>)>;
        let named = |path: &Option<Vec<u8>>, stated: &Stated| match (path, stated) {
            (_, None) => true,
            (Some(path), Some((_, name))) => name::ends_with(path, name),
            (None, Some(_)) => false,
        };
        let origin = |stated: &Stated| stated.as_ref().map(|(origin, _)| *origin);
        origin(&self.from) == origin(&self.to)
            && named(&file.old_path, &self.from)
            && named(&file.new_path, &self.to)
            && self.created == file.old_path.is_none()
            && self.deleted == file.new_path.is_none()
            && match [self.deleted, self.created] {
                [false, false] => modes[0] == modes[1],
                sides => modes == sides,
            }
    }
}

fn mode(line: &RawLine<'_>, digits: &[u8]) -> Result<Mode, Error> {
    let unsupported = match digits {
        b"100644" | b"100664" => return Ok(Mode::Regular),
        b"100755" | b"100775" => return Ok(Mode::Executable),
        b"120000" => Unsupported::Symlink,
        b"160000" => Unsupported::Gitlink,
        _ => Unsupported::Mode,
    };
    Err(line.error(Problem::Unsupported(unsupported)))
}

fn split_last(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().rposition(|byte| *byte == separator)?;
    Some((&text[..at], &text[at + 1..]))
}
