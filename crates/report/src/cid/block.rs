//! Where one report ends and the next begins.

use super::gather::opening_label;
use super::item::{Item, Kind};
use super::key::Key;

/// Where the report begins whose first key in the line below `items` repeats `label`: the block that the key
/// stands in, with the title above it.
pub(super) fn block_start(items: &[Item<'_>], label: &str) -> usize {
    let at = items.len();
    let is_key = |item: &Item<'_>| matches!(item.kind, Kind::Key(line) if !line.value.is_empty());
    let run = items.iter().rev().take_while(|item| is_key(item)).count();
    let keys = at - run;
    if items[keys..at].iter().any(|item| opening_label(&item.kind) == Some(label)) {
        return at; // no blank line between the reports
    }
    title_before(items, keys).unwrap_or(keys)
}

/// Where the title line of the keys at `keys` is, if it has one.
fn title_before(items: &[Item<'_>], keys: usize) -> Option<usize> {
    let is_void = |item: &&Item<'_>| matches!(item.kind, Kind::Blank | Kind::Rule);
    let gap = items[..keys].iter().rev().take_while(is_void).count();
    let title = keys.checked_sub(gap + 1).filter(|&title| title > 0)?;
    let above = items[title - 1].kind;
    let attached = match &items[title + 1..keys] {
        [] => true,
        [rule] => underlines(rule, &items[title]),
        _ => false,
    };
    let is_title = match items[title].kind {
        Kind::Text => matches!(above, Kind::Rule) || (attached && matches!(above, Kind::Blank)),
        Kind::Key(line) => line.key == Key::Title && matches!(above, Kind::Rule | Kind::Blank),
        Kind::Blank | Kind::Rule => false,
    };
    is_title.then_some(title)
}

/// Whether `rule` is a line under `title` rather than one between reports: it is about as long.
fn underlines(rule: &Item<'_>, title: &Item<'_>) -> bool {
    let width = |item: &Item<'_>| item.line.text.trim().chars().count();
    matches!(rule.kind, Kind::Rule) && width(rule).abs_diff(width(title)) <= 2
}
