//! Which lines of an answer are changed ones.

use std::ops::Range;

use fixwright_patch::edits;

use crate::lines::shown;
use crate::{Request, Target};

/// A line of an answer.
#[derive(Clone, Debug)]
pub(super) struct LabelledLine<'a> {
    /// Its bytes in the answer, line ending included.
    pub(super) bytes: Range<usize>,
    /// The code in it, without a diff's marker.
    pub(super) code: &'a str,
    pub(super) label: Label,
}

/// What a line of an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Inserted, replaced, next to a deletion, or a diff's word about the change.
    Changed,
    /// Code as it was.
    Kept,
    /// A fence, or the file names of a diff: no code.
    Frame,
}

/// The lines of `answer`: the fences, and between them what the target says.
pub(super) fn lines<'a>(request: &Request<'_>, answer: &'a str) -> Vec<LabelledLine<'a>> {
    let mut at = 0;
    let mut lines: Vec<_> = answer
        .split_inclusive('\n')
        .map(|code| {
            let bytes = at..at + code.len();
            at = bytes.end;
            LabelledLine { bytes, code, label: Label::Kept }
        })
        .collect();
    let count = lines.len();
    for frame in [0, count.saturating_sub(1)] {
        lines.get_mut(frame).into_iter().for_each(|line| line.label = Label::Frame);
    }
    let body = lines.get_mut(1..count.saturating_sub(1)).unwrap_or_default();
    match request.target {
        Target::Diff => diff(body),
        Target::Window => compare(&request.window.text, body),
        Target::Program => compare(&shown(request.source), body),
    }
    lines
}

/// Labels the lines of a diff of one file.
fn diff(body: &mut [LabelledLine<'_>]) {
    let names = body.iter().take_while(|line| !line.code.starts_with("@@")).count();
    for (at, line) in body.iter_mut().enumerate() {
        line.label = match line.code.as_bytes().first() {
            _ if at < names => Label::Frame,
            Some(b'+' | b'-' | b'@') => Label::Changed,
            _ => Label::Kept,
        };
        line.code = line.code.get(1..).unwrap_or_default();
    }
}

/// Marks the lines of `body` that are not as in `old`.
fn compare(old: &str, body: &mut [LabelledLine<'_>]) {
    let new: String = body.iter().map(|line| line.code).collect();
    for edit in edits(old.as_bytes(), new.as_bytes()) {
        let changed = if edit.new.is_empty() {
            edit.new.start.saturating_sub(1)..(edit.new.start + 1).min(body.len())
        } else {
            edit.new
        };
        body[changed].iter_mut().for_each(|line| line.label = Label::Changed);
    }
}
