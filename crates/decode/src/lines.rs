//! Which tokens end a line.

use std::collections::HashSet;

/// The tokens of a vocabulary that hold a line feed.
///
/// Vocabularies merge a line feed with what stands around it (`;\n`, `\n    `), so that there are many. The next line begins with the token
/// after such a one.
#[derive(Debug, Clone, Default)]
pub struct LineEnds(HashSet<u32>);

impl LineEnds {
    /// Whether the token holds a line feed.
    pub fn contains(&self, token: u32) -> bool {
        self.0.contains(&token)
    }

    /// For each line of `tokens` where it begins, 0 included.
    pub(crate) fn starts(&self, tokens: &[u32]) -> Vec<usize> {
        let ends = (1..).zip(tokens).filter(|(_, token)| self.contains(**token));
        let mut starts: Vec<usize> = std::iter::once(0).chain(ends.map(|(next, _)| next)).collect();
        starts.pop_if(|last| *last == tokens.len() && *last > 0);
        starts
    }
}

impl FromIterator<u32> for LineEnds {
    fn from_iter<I: IntoIterator<Item = u32>>(tokens: I) -> Self {
        Self(tokens.into_iter().collect())
    }
}
