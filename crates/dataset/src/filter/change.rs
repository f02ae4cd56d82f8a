//! What the fix of a sample changes.

use std::ops::Range;

use fixwright_patch::{DiffOptions, Hunk, LineKind, Patch, edits, unified};

use crate::RepairSample;

/// The hunks of a fix.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) files: usize,
    pub(crate) hunks: Vec<Hunk>,
}

impl Change {
    /// The change between the code and the fixed code, or that of the diff as it stands; `None` if there is neither.
    pub(crate) fn of(sample: &RepairSample) -> Option<Self> {
        if let (Some(code), Some(fixed)) = (&sample.code, &sample.fixed) {
            let hunks = unified(code.as_bytes(), fixed.as_bytes(), &DiffOptions::default());
            return Some(Self { files: 1, hunks });
        }
        let diff = sample.diff_text.as_deref()?;
        let files: Vec<_> = match Patch::parse(diff) {
            Ok(patch) => patch.files,
            Err(_) => Patch::recover(diff).ok()?.files.into_iter().map(|file| file.patch).collect(),
        };
        if files.is_empty() {
            return None;
        }
        let count = files.len();
        Some(Self { files: count, hunks: files.into_iter().flat_map(|file| file.hunks).collect() })
    }

    /// The lines that are deleted and inserted, each with its sign.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.hunks.iter().flat_map(Hunk::lines).filter_map(|line| match line.kind {
            LineKind::Context => None,
            LineKind::Delete => Some(("-", line.text)),
            LineKind::Insert => Some(("+", line.text)),
        })
    }

    /// The lines of the old file, counted from 0, that are at most `margin` lines from a hunk's first or last change.
    pub(crate) fn windows(&self, margin: usize) -> Vec<Range<usize>> {
        let window = |hunk: &Hunk| {
            let changed = |line: &fixwright_patch::Line<'_>| line.kind != LineKind::Context;
            let context = hunk.lines().take_while(|line| !changed(line)).count();
            let behind = hunk.lines().rev().take_while(|line| !changed(line)).count();
            let range = hunk.old_range();
            let start = range.before() + context;
            let end = (range.before() + range.len).saturating_sub(behind).max(start);
            start.saturating_sub(margin)..end.saturating_add(margin)
        };
        self.hunks.iter().map(window).collect()
    }
}

/// How many lines are deleted and inserted between two texts.
pub fn changed_lines(old: &str, new: &str) -> usize {
    edits(old.as_bytes(), new.as_bytes()).iter().map(|edit| edit.old.len() + edit.new.len()).sum()
}
