//! Where the lines of a tree's files go when they are changed.

use std::collections::HashMap;

use fixwright_patch::{Edit, edits};

/// Where the lines of a tree's files go when they are changed.
///
/// ```
/// use fixwright_validate::Moves;
///
/// let mut moves = Moves::default();
/// moves.add("a.c", b"one\ntwo\nthree\n", b"zero\none\nthree\n");
/// assert_eq!([1, 2, 3].map(|line| moves.line("a.c", line)), [Some(2), None, Some(3)]);
/// assert_eq!(moves.line("b.c", 7), Some(7));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Moves(HashMap<String, Vec<Edit>>);

impl Moves {
    /// The file at `path` is `old` before and `new` after the change.
    pub fn add(&mut self, path: impl Into<String>, old: &[u8], new: &[u8]) {
        self.0.insert(path.into(), edits(old, new));
    }

    /// Where a line of the old text of a file, counted from 1, stands in the new one; none if it was changed.
    pub fn line(&self, path: &str, line: u32) -> Option<u32> {
        let Some(edits) = self.0.get(path) else { return Some(line) };
        let index = (line as usize).checked_sub(1)?;
        let before = edits.iter().take_while(|edit| edit.old.start <= index).last();
        let new = match before {
            Some(edit) if edit.old.contains(&index) => return None,
            Some(edit) => edit.new.end + (index - edit.old.end),
            None => index,
        };
        u32::try_from(new + 1).ok()
    }
}
