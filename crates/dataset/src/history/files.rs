//! Which files of a commit are its fix.

use super::log::{Change, Commit, MAX_CHANGES};
use super::{HistoryOptions, Stop};

/// The source files that a commit changes in their place.
pub(crate) fn source_files<'a>(
    commit: &'a Commit,
    options: &HistoryOptions,
) -> Result<Vec<&'a Change>, Stop> {
    if commit.changed > MAX_CHANGES {
        return Err(Stop::Skip("too many files"));
    }
    let is_file = |mode: &str| mode.starts_with("100");
    let named = |change: &&Change| change.path.as_deref().is_none_or(|path| options.wants(path));
    let sources: Vec<_> = commit.changes.iter().filter(named).collect();
    let moved = sources.iter().any(|gone| {
        gone.status == b'D'
            && sources.iter().any(|come| come.status == b'A' && come.new == gone.old)
    });
    let in_place = |change: &&&Change| {
        let files = is_file(&change.old_mode) && is_file(&change.new_mode);
        change.status == b'M' && files && change.old != change.new
    };
    let changed: Vec<_> = sources.iter().filter(in_place).copied().collect();
    match changed.len() {
        0 if moved => Err(Stop::Skip("renames only")),
        0 => Err(Stop::Skip("no source file")),
        // A file that comes or goes is part of the fix, and would be missing.
        some if sources.len() > some => Err(Stop::Skip("adds or removes files")),
        some if some > options.max_files => Err(Stop::Skip("too many files")),
        _ => Ok(changed),
    }
}
