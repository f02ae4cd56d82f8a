//! Joins two changed copies of a text.

mod myers;
mod regions;
mod render;

pub(crate) use myers::edits as line_edits;

use crate::{Error, FilePatch, LineRange};

/// How conflicts are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConflictStyle {
    /// Our lines and theirs. What both sides share is taken out of the conflict, so that one
    /// conflict may become several small ones.
    #[default]
    Merge,
    /// Our lines, those of the base, and theirs, all in full.
    Diff3,
    /// As [`ConflictStyle::Diff3`], without the lines that both sides share at the beginning and at
    /// the end of the conflict.
    ZealousDiff3,
}

/// How texts are merged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergeOptions {
    /// How conflicts are shown.
    pub style: ConflictStyle,
    /// What stands after `<<<<<<<`, up to the first line end; nothing if empty.
    pub ours: Vec<u8>,
    /// What stands after `|||||||`.
    pub base: Vec<u8>,
    /// What stands after `>>>>>>>`.
    pub theirs: Vec<u8>,
}

impl Default for MergeOptions {
    /// The style `merge` and the labels `ours`, `base` and `theirs`.
    fn default() -> Self {
        Self {
            style: ConflictStyle::Merge,
            ours: b"ours".to_vec(),
            base: b"base".to_vec(),
            theirs: b"theirs".to_vec(),
        }
    }
}

impl MergeOptions {
    /// The options with conflicts shown in `style`.
    #[must_use]
    pub fn with_style(mut self, style: ConflictStyle) -> Self {
        self.style = style;
        self
    }

    /// The options with these labels at the markers.
    #[must_use]
    pub fn with_labels(
        mut self,
        ours: impl Into<Vec<u8>>,
        base: impl Into<Vec<u8>>,
        theirs: impl Into<Vec<u8>>,
    ) -> Self {
        (self.ours, self.base, self.theirs) = (ours.into(), base.into(), theirs.into());
        self
    }
}

/// A merged text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Merged {
    /// The text, with the conflicts between markers.
    pub text: Vec<u8>,
    /// The lines of `text` that each conflict takes up, markers included.
    pub conflicts: Vec<LineRange>,
}

impl Merged {
    /// Whether both sides' changes are in the text, and nothing has to be decided.
    pub fn is_clean(&self) -> bool {
        self.conflicts.is_empty()
    }
}

/// Merges `ours` and `theirs`, two changed copies of `base`.
///
/// A change that only one side made is taken; one that both made alike is taken once. Changes that
/// overlap or touch are a conflict: they stand between markers, and [`Merged::conflicts`] says
/// where. Lines are compared byte for byte, line ends included; markers end in `\r\n` where the
/// texts around them do.
///
/// The result is that of `git merge-file -p`, byte for byte, wherever both take the same lines for
/// changed. In a text of many equal lines that is not always so: then a line that stands twice may
/// be in a conflict of the one and not of the other. As in git, lines of a text that look like
/// markers are not escaped.
///
/// ```
/// use fixwright_patch::{MergeOptions, merge};
///
/// let base = b"int a;\nint b;\nint c;\n";
/// let ours = b"long a;\nint b;\nint c;\n";
/// let theirs = b"int a;\nint b;\nlong c;\n";
/// let merged = merge(base, ours, theirs, &MergeOptions::default());
/// assert!(merged.is_clean());
/// assert_eq!(merged.text, b"long a;\nint b;\nlong c;\n");
///
/// let merged = merge(base, ours, b"char a;\nint b;\nint c;\n", &MergeOptions::default());
/// assert_eq!(merged.conflicts[0].len, 5);
/// assert!(merged.text.starts_with(b"<<<<<<< ours\nlong a;\n=======\nchar a;\n>>>>>>> theirs\n"));
/// ```
pub fn merge(base: &[u8], ours: &[u8], theirs: &[u8], options: &MergeOptions) -> Merged {
    let sides = Sides::new(base, ours, theirs);
    let regions = regions::find(&sides, options.style);
    render::text(&sides, &regions, options)
}

impl FilePatch {
    /// Applies the hunks to `current` although they were made for `base`: `base` is patched, and
    /// the result merged with `current` as theirs.
    ///
    /// # Errors
    ///
    /// As [`FilePatch::apply`] on `base`, which has to fit exactly.
    ///
    /// ```
    /// use fixwright_patch::{DiffOptions, FilePatch, MergeOptions};
    ///
    /// let (base, fixed) = (b"a\nb\nc\n".as_slice(), b"a\nb\nC\n".as_slice());
    /// let patch = FilePatch::between("x", Some(base), Some(fixed), &DiffOptions::default());
    /// let merged = patch.merge_into(base, b"A\nb\nc\n", &MergeOptions::default())?;
    /// assert_eq!(merged.text, b"A\nb\nC\n");
    /// # Ok::<(), fixwright_patch::Error>(())
    /// ```
    pub fn merge_into(
        &self,
        base: &[u8],
        current: &[u8],
        options: &MergeOptions,
    ) -> Result<Merged, Error> {
        let patched = self.apply(base)?;
        Ok(merge(base, current, &patched.text, options))
    }
}

/// The lines of the three texts.
struct Sides<'a> {
    base: Vec<&'a [u8]>,
    ours: Vec<&'a [u8]>,
    theirs: Vec<&'a [u8]>,
}

impl<'a> Sides<'a> {
    fn new(base: &'a [u8], ours: &'a [u8], theirs: &'a [u8]) -> Self {
        let lines = |text| crate::lines(text).collect();
        Self { base: lines(base), ours: lines(ours), theirs: lines(theirs) }
    }
}
