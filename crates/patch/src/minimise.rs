//! Makes a patch smaller without asking less of it.

mod ddmin;
mod rehunk;
mod unit;
mod whitespace;

use std::ops::ControlFlow;

use ddmin::Stop;

use crate::{FilePatch, Patch};

/// How a patch is minimised.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MinimiseOptions {
    /// How many unchanged lines around each change are left, where the patch has as many.
    pub context: usize,
    /// How often the patch may be tried.
    pub trials: usize,
}

impl Default for MinimiseOptions {
    /// Three lines of context, 1,000 trials.
    fn default() -> Self {
        Self { context: 3, trials: 1000 }
    }
}

impl MinimiseOptions {
    /// The options with `context` unchanged lines around each change.
    #[must_use]
    pub fn with_context(mut self, context: usize) -> Self {
        self.context = context;
        self
    }

    /// The options with at most `trials` trials.
    #[must_use]
    pub fn with_trials(mut self, trials: usize) -> Self {
        self.trials = trials;
        self
    }
}

/// A smaller patch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Minimised {
    /// The smallest patch found that holds; if the given one does not, that one.
    pub patch: Patch,
    /// How often a patch was tried.
    pub trials: usize,
    /// Why the search ended.
    pub end: MinimiseEnd,
}

/// Why a search for a smaller patch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MinimiseEnd {
    /// The patch is 1-minimal: without any one of its edits it does not hold.
    Minimal,
    /// The patch did not hold to begin with.
    NotHeld,
    /// All trials that the options grant are used up.
    OutOfTrials,
    /// The callback asked to stop.
    Cancelled,
}

impl Patch {
    /// Looks for the smallest part of the patch for which `holds` says `true`: that the program is
    /// still repaired, say. `holds` ends the search with [`ControlFlow::Break`].
    ///
    /// First the patch is tried as it is, then
    /// [without its whitespace changes](Patch::without_whitespace_changes). What holds is reduced by
    /// delta debugging, first hunk by hunk, then edit by edit; an edit is a run of changed lines
    /// with none unchanged between them. A mode change is an edit of its own; a file that is created
    /// or deleted stays whole or goes, and one that is renamed loses the new name last.
    ///
    /// Every patch that is tried applies wherever the given one does, and the same patch and the
    /// same answers always give the same result. If the answers contradict each other, it is still a
    /// patch that held once.
    ///
    /// The algorithm is `ddmin` of A. Zeller and R. Hildebrandt, *Simplifying and Isolating
    /// Failure-Inducing Input*, IEEE Transactions on Software Engineering 28(2), 2002. Of n parts it
    /// needs at worst n² + 3n trials, and about 2 log n where one part alone is needed.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use fixwright_patch::{DiffOptions, FilePatch, MinimiseEnd, MinimiseOptions, Patch};
    ///
    /// let old = b"char b[4];\nint unused;\nstrcpy(b, s);\n";
    /// let new = b"char b[8];\n\tint unused;\nstrcpy(b, s);\nreturn 0;\n";
    /// let file = FilePatch::between("x.c", Some(old), Some(new), &DiffOptions::default());
    /// let patch = Patch { files: vec![file] };
    ///
    /// // All that is needed is that there is room for seven characters.
    /// let minimised = patch.minimise(&MinimiseOptions::default(), &mut |patch| {
    ///     let text = patch.files.first().map_or(old.to_vec(), |file| file.apply(old).unwrap().text);
    ///     ControlFlow::Continue(text.starts_with(b"char b[8]"))
    /// });
    /// assert_eq!(minimised.end, MinimiseEnd::Minimal);
    /// assert_eq!(
    ///     minimised.patch.to_string(),
    ///     "--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n-char b[4];\n+char b[8];\n int unused;\n strcpy(b, s);\n"
    /// );
    /// ```
    pub fn minimise(
        &self,
        options: &MinimiseOptions,
        holds: &mut dyn FnMut(&Self) -> ControlFlow<(), bool>,
    ) -> Minimised {
        let mut trials = 0;
        let mut best = self.clone();
        let mut attempt = |patch: &Self| {
            if trials == options.trials {
                return ControlFlow::Break(Stop::OutOfTrials);
            }
            trials += 1;
            holds(patch).map_break(|()| Stop::Cancelled)
        };
        let end = match reduce(&mut best, options.context, &mut attempt) {
            ControlFlow::Continue(end) => end,
            ControlFlow::Break(Stop::Cancelled) => MinimiseEnd::Cancelled,
            ControlFlow::Break(Stop::OutOfTrials) => MinimiseEnd::OutOfTrials,
        };
        Minimised { patch: best, trials, end }
    }

    /// The patch without what it only does to whitespace.
    ///
    /// Lines that differ in indentation, in white space at their end, in their line end or in the
    /// amount of white space between words are left as the file has them, and so are changes of
    /// blank lines alone. Where a quote or a backslash is in the line, only the indentation and the
    /// line end may differ: white space inside a string is part of the program.
    ///
    /// The file's own lines stay, so the patch applies wherever the given one does. Not for
    /// languages in which indentation has a meaning, like Python.
    #[must_use]
    pub fn without_whitespace_changes(&self) -> Self {
        self.each_file(|file| FilePatch {
            hunks: rehunk::hunks(file, usize::MAX, |_, lines| whitespace::dropped(lines)),
            ..file.clone()
        })
    }

    /// The patch with at most `context` unchanged lines around each change: hunks lose what they
    /// have too much and fall apart where nothing holds them together, and those without a line
    /// between them are joined.
    #[must_use]
    pub fn with_context(&self, context: usize) -> Self {
        self.each_file(|file| FilePatch {
            hunks: rehunk::hunks(file, context, |_, lines| lines.to_vec()),
            ..file.clone()
        })
    }

    /// The patch of what `change` makes of each file, those left out that change nothing.
    fn each_file(&self, change: impl Fn(&FilePatch) -> FilePatch) -> Self {
        let files = self.files.iter();
        let files =
            files.map(|file| if unit::is_whole(file) { file.clone() } else { change(file) });
        Self { files: files.filter(|file| !file.is_empty()).collect() }
    }
}

/// Makes `best` smaller as long as the result holds.
fn reduce(
    best: &mut Patch,
    context: usize,
    holds: &mut dyn FnMut(&Patch) -> ControlFlow<Stop, bool>,
) -> ControlFlow<Stop, MinimiseEnd> {
    if !holds(best)? {
        return ControlFlow::Continue(MinimiseEnd::NotHeld);
    }
    let trimmed = best.with_context(context);
    for simpler in [trimmed.without_whitespace_changes().with_context(context), trimmed] {
        if simpler == *best || try_part(best, simpler, holds)? {
            break;
        }
    }
    let whole = best.clone();
    let mut hunks = unit::by_hunk(&whole);
    ddmin::reduce(&mut hunks, &mut |kept| {
        let patch = unit::part(&whole, kept.iter().flatten().copied(), context);
        try_part(best, patch, holds)
    })?;
    let mut edits = hunks.concat();
    if edits.len() > hunks.len() {
        ddmin::reduce(&mut edits, &mut |kept| {
            let patch = unit::part(&whole, kept.iter().copied(), context);
            try_part(best, patch, holds)
        })?;
    }
    ControlFlow::Continue(MinimiseEnd::Minimal)
}

/// Tries `patch`, which is the best one if it holds.
fn try_part(
    best: &mut Patch,
    patch: Patch,
    holds: &mut dyn FnMut(&Patch) -> ControlFlow<Stop, bool>,
) -> ControlFlow<Stop, bool> {
    let held = holds(&patch)?;
    if held {
        *best = patch;
    }
    ControlFlow::Continue(held)
}
