//! Makes hunks out of two texts.

use crate::edit::{Edit, edits};
use crate::{FilePatch, Hunk, LineKind};

/// How a diff is made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiffOptions {
    /// How many unchanged lines surround each change. Changes closer than twice this share a hunk.
    pub context: usize,
}

impl Default for DiffOptions {
    /// Three lines of context, as everywhere.
    fn default() -> Self {
        Self { context: 3 }
    }
}

impl DiffOptions {
    /// The options with `context` unchanged lines around each change.
    #[must_use]
    pub fn with_context(mut self, context: usize) -> Self {
        self.context = context;
        self
    }
}

impl FilePatch {
    /// The patch that turns `old` into `new`, as git names its sides: `a/path` and `b/path`.
    ///
    /// `None` stands for a file that does not exist. Equal texts give an
    /// [empty](FilePatch::is_empty) patch.
    ///
    /// ```
    /// use fixwright_patch::{DiffOptions, FilePatch};
    ///
    /// let patch = FilePatch::between("a.c", Some(b"int x;\n"), Some(b"long x;\n"), &DiffOptions::default());
    /// assert_eq!(patch.to_string(), "--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-int x;\n+long x;\n");
    /// ```
    pub fn between(
        path: impl AsRef<[u8]>,
        old: Option<&[u8]>,
        new: Option<&[u8]>,
        options: &DiffOptions,
    ) -> Self {
        let side = |prefix: &[u8]| [prefix, path.as_ref()].concat();
        Self {
            old_path: old.map(|_| side(b"a/")),
            new_path: new.map(|_| side(b"b/")),
            hunks: unified(old.unwrap_or_default(), new.unwrap_or_default(), options),
            ..Self::default()
        }
    }
}

/// The hunks that turn `old` into `new`; none if the two are equal.
pub fn unified(old: &[u8], new: &[u8], options: &DiffOptions) -> Vec<Hunk> {
    let old_lines: Vec<_> = crate::lines(old).collect();
    let new_lines: Vec<_> = crate::lines(new).collect();
    let edits = edits(old, new);
    let together =
        |a: &Edit, b: &Edit| b.old.start - a.old.end <= options.context.saturating_mul(2);
    let mut section = Section::default();
    let runs = edits.chunk_by(together);
    runs.map(|run| {
        let hunk = hunk(run, &old_lines, &new_lines, options.context);
        let heading = section.before(hunk.old_range().before(), &old_lines);
        hunk.with_section(heading)
    })
    .collect()
}

/// The hunk of neighbouring edits.
fn hunk(run: &[Edit], old: &[&[u8]], new: &[&[u8]], context: usize) -> Hunk {
    let (first, last) = (&run[0], &run[run.len() - 1]);
    let lead = first.old.start.min(context);
    let start = first.old.start - lead;
    let end = last.old.end.saturating_add(context).min(old.len());
    let mut hunk = Hunk::new(start, first.new.start - lead);
    let mut push = |kind, lines: &[&[u8]]| lines.iter().for_each(|line| hunk.push(kind, line));
    let mut kept = start;
    for edit in run {
        push(LineKind::Context, &old[kept..edit.old.start]);
        push(LineKind::Delete, &old[edit.old.clone()]);
        push(LineKind::Insert, &new[edit.new.clone()]);
        kept = edit.old.end;
    }
    push(LineKind::Context, &old[kept..end]);
    hunk
}

/// Finds the line that names the part of the file where a hunk is: the last one before it that
/// begins like a definition, as git does.
#[derive(Default)]
struct Section<'a> {
    heading: &'a [u8],
    seen: usize,
}

impl<'a> Section<'a> {
    /// The heading for a hunk after the first `count` lines; hunks must be asked for in order.
    fn before(&mut self, count: usize, lines: &[&'a [u8]]) -> &'a [u8] {
        let names = |line: &&&[u8]| matches!(line[0], b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$');
        if let Some(line) = lines[self.seen..count].iter().rfind(names) {
            self.heading = shortened(line);
        }
        self.seen = count;
        self.heading
    }
}

/// At most 80 bytes of `line`, not cut inside a UTF-8 character.
fn shortened(line: &[u8]) -> &[u8] {
    const LONGEST: usize = 80;
    let continues = |at: usize| line.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let end = (0..=line.len().min(LONGEST)).rev().find(|at| !continues(*at));
    &line[..end.unwrap_or_default()]
}
