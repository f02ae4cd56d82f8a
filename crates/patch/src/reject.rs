//! What is left over of a patch that fits in part.

use std::path::{Path, PathBuf};

use crate::{FilePatch, Hunk, Misfit, Placement};

/// The hunks of a file that did not fit, to be read by people and by other programs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejects {
    /// The usual name: that of the file with `.rej` after it.
    ///
    /// Whoever writes the file has to see to it that the name, too, is no symbolic link and does not
    /// lead out of the tree.
    pub path: PathBuf,
    /// The hunks as a unified diff.
    pub text: Vec<u8>,
}

impl FilePatch {
    /// The hunks that `outcomes`, which are those of a [`Rejection`](crate::Rejection), call misfits,
    /// for the file at `path`; `None` if there are none. Hunks without an outcome count as misfits.
    ///
    /// This is the text that GNU patch writes with `--reject-format=unified`: both sides are named
    /// by the path, and the line numbers are as if [the other hunks](FilePatch::fitting) had been
    /// applied. Unlike GNU patch, which loses it, it keeps the marker of a missing newline; and of
    /// a renamed file it knows only the new name.
    ///
    /// ```
    /// use std::path::Path;
    /// use fixwright_patch::{ApplyOptions, Error, Patch};
    ///
    /// let patch = Patch::parse("--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+b\n+c\n@@ -9 +10 @@\n-d\n+e\n")?;
    /// let file = &patch.files[0];
    /// let Err(Error::Rejected(rejection)) = file.apply_with(b"a\n", &ApplyOptions::default()) else {
    ///     panic!("the second hunk does not fit")
    /// };
    /// let rejects = file.rejects(Path::new("x"), &rejection.hunks).unwrap();
    /// assert_eq!(rejects.path, Path::new("x.rej"));
    /// assert_eq!(rejects.text, b"--- x\n+++ x\n@@ -10 +11 @@\n-d\n+e\n");
    /// let fitting = file.fitting(&rejection.hunks);
    /// assert_eq!(fitting.apply(b"a\n")?.text, b"b\nc\n");
    /// # Ok::<(), fixwright_patch::Error>(())
    /// ```
    pub fn rejects(&self, path: &Path, outcomes: &[Result<Placement, Misfit>]) -> Option<Rejects> {
        let mut grown = 0;
        let mut hunks = Vec::new();
        for (index, hunk) in self.hunks.iter().enumerate() {
            match outcomes.get(index) {
                Some(Ok(landed)) => {
                    grown += landed.new.len.cast_signed() - landed.old.len.cast_signed();
                }
                _ => hunks.push(moved(hunk, grown)),
            }
        }
        if hunks.is_empty() {
            return None;
        }
        let name = || path.as_os_str().as_encoded_bytes().to_vec();
        let rejected = Self {
            old_path: self.old_path.is_some().then(name),
            new_path: self.new_path.is_some().then(name),
            hunks,
            ..Self::default()
        };
        let mut path = path.to_path_buf().into_os_string();
        path.push(".rej");
        Some(Rejects { path: path.into(), text: rejected.to_bytes() })
    }

    /// The patch without the hunks that `outcomes` call misfits: what GNU patch applies although
    /// others do not fit.
    #[must_use]
    pub fn fitting(&self, outcomes: &[Result<Placement, Misfit>]) -> Self {
        let hunks = self.hunks.iter().zip(outcomes).filter(|(_, outcome)| outcome.is_ok());
        Self { hunks: hunks.map(|(hunk, _)| hunk.clone()).collect(), ..self.clone() }
    }
}

/// The hunk `by` lines further down, deletions before insertions.
fn moved(hunk: &Hunk, by: isize) -> Hunk {
    let before = |range: crate::LineRange| range.before().saturating_add_signed(by);
    let mut moved =
        Hunk::new(before(hunk.old_range()), before(hunk.new_range())).with_section(hunk.section());
    let sorted = hunk.reverse().reverse();
    sorted.lines().for_each(|line| moved.push(line.kind, line.text));
    moved
}
