//! A few of many, spread evenly.

use std::num::NonZeroUsize;

/// As many of `items` as `limit` says, spread evenly over them and in their order; all without a limit.
pub(crate) fn spread<T>(items: Vec<T>, limit: Option<NonZeroUsize>) -> Vec<T> {
    let count = items.len();
    let limit = limit.map_or(count, |limit| limit.get().min(count));
    let mut chosen = (0..limit).map(|index| index * count / limit).peekable();
    let numbered = items.into_iter().enumerate();
    numbered.filter_map(|(index, item)| chosen.next_if_eq(&index).map(|_| item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_as_many_have_the_same_among_them() {
        let of = |limit| spread((0..10).collect(), NonZeroUsize::new(limit));
        assert_eq!(of(3), [0, 3, 6]);
        assert_eq!(of(6), [0, 1, 3, 5, 6, 8]);
        assert_eq!(of(99), of(0));
        assert_eq!(of(0).len(), 10);
    }
}
