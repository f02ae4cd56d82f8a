//! Delta debugging: the minimising algorithm `ddmin`.

use std::ops::{ControlFlow, Range};

/// Why a search ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Cancelled,
    OutOfTrials,
}

/// Reduces `items`, for which `holds` is true, until it is false without any one of them. When
/// stopped, `items` is the smallest list found.
pub(super) fn reduce<T: Clone>(
    items: &mut Vec<T>,
    holds: &mut dyn FnMut(&[T]) -> ControlFlow<Stop, bool>,
) -> ControlFlow<Stop> {
    let mut parts = 2;
    while items.len() > 1 {
        parts = parts.min(items.len());
        if let Some(part) = smaller(items, parts, part_of, holds)? {
            (*items, parts) = (part, 2);
        // Of two parts, each is the rest of the other.
        } else if parts > 2
            && let Some(rest) = smaller(items, parts, rest_of, holds)?
        {
            (*items, parts) = (rest, parts - 1);
        } else if parts < items.len() {
            parts *= 2;
        } else {
            return ControlFlow::Continue(());
        }
    }
    if items.len() == 1 && holds(&[])? {
        items.clear();
    }
    ControlFlow::Continue(())
}

/// The first of the lists that `pick` makes of each of the `parts` parts and that holds.
fn smaller<T>(
    items: &[T],
    parts: usize,
    pick: fn(&[T], Range<usize>) -> Vec<T>,
    holds: &mut dyn FnMut(&[T]) -> ControlFlow<Stop, bool>,
) -> ControlFlow<Stop, Option<Vec<T>>> {
    for part in 0..parts {
        let bound = |part: usize| part * items.len() / parts;
        let picked = pick(items, bound(part)..bound(part + 1));
        if holds(&picked)? {
            return ControlFlow::Continue(Some(picked));
        }
    }
    ControlFlow::Continue(None)
}

fn part_of<T: Clone>(items: &[T], part: Range<usize>) -> Vec<T> {
    items[part].to_vec()
}

fn rest_of<T: Clone>(items: &[T], part: Range<usize>) -> Vec<T> {
    [&items[..part.start], &items[part.end..]].concat()
}
