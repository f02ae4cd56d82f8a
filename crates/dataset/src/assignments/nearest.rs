//! How far programs are from each other.

use xxhash_rust::xxh3::xxh3_64;

use crate::changed_lines;

/// A program's text, and the hashes of its lines in order of size.
pub(super) struct Text<'a> {
    text: &'a str,
    lines: Vec<u64>,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines: Vec<_> =
            text.split_inclusive('\n').map(|line| xxh3_64(line.as_bytes())).collect();
        lines.sort_unstable();
        Self { text, lines }
    }

    /// The lines to delete and insert to make the other one of this one.
    pub(super) fn distance(&self, other: &Self) -> usize {
        changed_lines(self.text, other.text)
    }

    /// No distance is less: the lines that only one of the two has, in whatever order.
    fn bound(&self, other: &Self) -> usize {
        let (mut at, mut common) = (0, 0);
        for line in &self.lines {
            at += other.lines[at..].iter().take_while(|theirs| *theirs < line).count();
            if other.lines.get(at) == Some(line) {
                (at, common) = (at + 1, common + 1);
            }
        }
        self.lines.len() + other.lines.len() - 2 * common
    }
}

/// Which of `others` is nearest to `text`, the first of equals, if it is at most `most` lines away and not the same.
pub(super) fn nearest<'a, T>(
    text: &Text<'_>,
    others: impl Iterator<Item = (T, &'a Text<'a>)>,
    most: usize,
) -> Option<T> {
    let mut best = None;
    let mut limit = most;
    for (what, other) in others {
        if text.bound(other) > limit {
            continue;
        }
        let distance = text.distance(other);
        if (1..=limit).contains(&distance) {
            best = Some(what);
            limit = distance - 1;
        }
        if limit == 0 {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_bound_is_one(left in "([ab]\n){0,9}", right in "([abc]\n){0,9}c?") {
            let [left, right] = [&left, &right].map(|text| Text::new(text));
            prop_assert!(left.bound(&right) <= left.distance(&right));
        }

        #[test]
        fn the_nearest_is_that_of_a_plain_search(
            text in "([abc]\n){0,6}",
            others in proptest::collection::vec("([abc]\n){0,6}", 0..6),
            most in 0usize..6,
        ) {
            let near = |other: &&String| (1..=most).contains(&changed_lines(&text, other));
            let plain = others.iter().filter(near).map(|other| changed_lines(&text, other)).min();
            let texts: Vec<_> = others.iter().map(|other| Text::new(other)).collect();
            let found = nearest(&Text::new(&text), texts.iter().enumerate(), most);
            prop_assert_eq!(found.map(|at| changed_lines(&text, &others[at])), plain);
        }
    }
}
