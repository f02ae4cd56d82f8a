//! Unified diffs: make one between two texts, parse one, apply it.
//!
//! A patch that a program makes out of another program's answer has to be right or be refused: a
//! hunk that lands in the wrong place, or a line that is silently dropped, gives a source file that
//! may still compile. So there are two ways to read and to apply, and both say where it was not
//! possible, and why:
//!
//! - exactly: [`Patch::parse`], [`FilePatch::apply`], [`Patch::plan`]. What is not understood is an
//!   error, and a hunk stands where its header says, or the patch does not apply.
//! - tolerantly, for diffs that people and models write: [`Patch::recover`],
//!   [`FilePatch::apply_with`], [`Recovered::plan_with`]. Headers are not trusted, the text says
//!   where a hunk belongs, and [every flaw](Flaw) and [every need](Need) is in the result. What
//!   fits in several places is refused.
//!
//! Everything works on bytes. A C file may be Latin-1, mix line ends or lack the last one; the
//! patched file has the bytes that the diff and the file give it and no others.
//!
//! ```
//! use fixwright_patch::{DiffOptions, FilePatch, Patch};
//!
//! let old = b"int main(void)\n{\n\tchar b[4];\n\tsprintf(b, \"%d\", 12345);\n}\n";
//! let new = b"int main(void)\n{\n\tchar b[4];\n\tsnprintf(b, sizeof b, \"%d\", 12345);\n}\n";
//!
//! // Two texts make a diff ...
//! let file = FilePatch::between("main.c", Some(old), Some(new), &DiffOptions::default());
//! let diff = Patch { files: vec![file] }.to_bytes();
//!
//! // ... and a diff is read and applied again.
//! let patch = Patch::parse(&diff)?;
//! let applied = patch.files[0].apply(old)?;
//! assert_eq!(applied.text, new);
//! assert_eq!(applied.placements[0].old.start, 1);
//! # Ok::<(), fixwright_patch::Error>(())
//! ```
//!
//! # Diffs that are not right
//!
//! A model counts badly, forgets headers and copies context from memory. [`Patch::recover`] reads
//! what there is to read, and [`ApplyOptions`] says what may be forgiven. What was forgiven is said:
//!
//! ```
//! use fixwright_patch::{ApplyOptions, Error, Flaw, Misfit, Need, Patch};
//!
//! let answer = "Like this:\n```diff\n@@ -90,9 +90,9 @@\n p = get();\n+if (!p) return;\n use(p);\n```\n";
//! let diff = Patch::recover(answer)?;
//! let file = &diff.files[0];
//! assert_eq!(file.notes[0].flaw, Flaw::Unnamed);
//!
//! let applied = file.apply_with(b"p = get();\nuse(p);\n", &ApplyOptions::default())?;
//! assert_eq!(applied.text, b"p = get();\nif (!p) return;\nuse(p);\n");
//! assert_eq!(applied.placements[0].needs, [Need::Offset(-89)]);
//!
//! // Twice the same lines, and no telling which: refused, not guessed.
//! let twice = b"p = get();\nuse(p);\np = get();\nuse(p);\n";
//! let Err(Error::Rejected(rejection)) = file.apply_with(twice, &ApplyOptions::default()) else {
//!     panic!("it was guessed");
//! };
//! assert!(matches!(rejection.hunks[0], Err(Misfit::Ambiguous { .. })));
//! // What does not fit is kept for people, as GNU patch does it.
//! assert!(file.patch.rejects("p.c".as_ref(), &rejection.hunks).is_some());
//! # Ok::<(), Error>(())
//! ```
//!
//! # Folders
//!
//! [`Patch::plan`] reads the files that a patch names, refuses names that lead elsewhere, and works
//! out all new texts; [`Plan::write`] puts them in place, all or none, also if the process is
//! killed in between, which [`settle`] brings to an end. [`Recovered::plan_with`] finds files whose
//! names are wrong too.
//!
//! ```no_run
//! # use std::path::Path;
//! # use fixwright_patch::{Patch, PlanOptions};
//! # let text = "";
//! let planned = Patch::recover(text)?.plan_with(Path::new("src"), &PlanOptions::default())?;
//! for file in &planned.files {
//!     println!("{}: {:?}", file.path.display(), file.result);
//! }
//! planned.into_plan()?.write()?;
//! # Ok::<(), fixwright_patch::Error>(())
//! ```
//!
//! # Working with patches
//!
//! - [`edits`] and [`unified`] are the bare answers to which lines differ, without a file.
//! - [`merge`] joins two changes of one text, with conflict markers where they meet;
//!   [`FilePatch::merge_into`] does so with a patch.
//! - [`Patch::minimise`] looks for the smallest part of a patch that still does what you ask.
//! - [`metadata`] sums up which files a diff touches and by how much, without applying it.
//!
//! Left to others: judging whether the patched program is any good. Binary patches, symbolic links
//! and submodules are refused by name.

#![forbid(unsafe_code)]

mod apply;
mod diff;
mod edit;
mod error;
mod hunk;
mod merge;
pub mod metadata;
mod minimise;
mod model;
mod options;
mod parse;
mod path;
mod place;
mod placement;
mod print;
mod quote;
mod recover;
mod reject;
mod resolve;
mod tree;

pub use apply::Applied;
pub use diff::{DiffOptions, unified};
pub use edit::{Edit, edits};
pub use error::{Conflict, Error, PathProblem, Problem, Unsupported};
pub use hunk::{Hunk, Line, LineKind, LineRange};
pub use merge::{ConflictStyle, MergeOptions, Merged, merge};
pub use minimise::{MinimiseEnd, MinimiseOptions, Minimised};
pub use model::{FilePatch, Mode, Origin, Patch};
pub use options::{ApplyOptions, Ties};
pub use path::strip;
pub use placement::{Misfit, Need, Placement, Rejection};
pub use recover::{Flaw, Note, Reading, Recovered, RecoveredFile};
pub use reject::Rejects;
pub use resolve::{Found, Names, PlanOptions, Planned, PlannedFile};
pub use tree::{Change, Content, Plan, Settled, settle};

/// The lines of a text, each with its `\n`; the last one may have none.
fn lines(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
        let (line, rest) = text.split_at(end);
        text = rest;
        (!line.is_empty()).then_some(line)
    })
}
