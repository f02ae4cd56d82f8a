//! Changes that are nothing but white space.

use super::rehunk::{is_change, undone};
use crate::merge::line_edits;
use crate::{Line, LineKind};

/// The lines of a hunk without its whitespace changes.
pub(super) fn dropped<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let runs = lines.chunk_by(|a, b| is_change(a) == is_change(b));
    runs.flat_map(|run| if is_change(&run[0]) { quiet(run) } else { run.to_vec() }).collect()
}

/// A run of changes without those that are white space alone.
fn quiet<'a>(run: &[Line<'a>]) -> Vec<Line<'a>> {
    let (mut old, mut new): (Vec<_>, Vec<_>) =
        run.iter().copied().partition(|line| line.kind == LineKind::Delete);
    // Only the last line of both texts may lack its line end, so only as such are two lines that
    // differ in it the same.
    let ends = old.pop_if(|line| new.last().is_some_and(|last| word_key(line) == word_key(last)));
    new.truncate(new.len() - usize::from(ends.is_some()));
    let keys = |lines: &[Line<'_>]| lines.iter().map(key).collect::<Vec<_>>();
    let mut quiet = Vec::with_capacity(run.len());
    let mut at = 0;
    for edit in line_edits(&keys(&old), &keys(&new)) {
        quiet.extend(undone(old[at..edit.old.start].iter().copied()));
        let changed = || old[edit.old.clone()].iter().chain(&new[edit.new.clone()]).copied();
        if changed().all(|line| line.text.trim_ascii().is_empty()) {
            quiet.extend(undone(changed()));
        } else {
            quiet.extend(changed());
        }
        at = edit.old.end;
    }
    quiet.extend(undone(old[at..].iter().copied().chain(ends)));
    quiet
}

/// What two lines have to share to differ in white space alone; whether they end is part of it.
fn key(line: &Line<'_>) -> Vec<u8> {
    let mut key = word_key(line);
    key.extend(line.has_newline().then_some(b'\n'));
    key
}

/// The words of a line; of one with a quote or a backslash, all of it but indentation and line end.
fn word_key(line: &Line<'_>) -> Vec<u8> {
    let content = line.content().strip_suffix(b"\r").unwrap_or(line.content());
    if content.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\')) {
        return content.trim_ascii_start().to_vec();
    }
    let words = content.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}
