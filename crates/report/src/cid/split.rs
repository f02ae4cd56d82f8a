//! Where one report ends and the next begins.

use std::collections::HashSet;
use std::ops::Range;

use super::item::{Item, Kind};
use super::key::{Key, normalise};

/// The item ranges of the reports.
///
/// A report begins where a key such as `File` comes a second time, or rather at the beginning of
/// the block that this key stands in.
pub(super) fn split(items: &[Item<'_>]) -> Vec<Range<usize>> {
    let mut reports = Vec::new();
    let mut start = 0;
    let mut seen = HashSet::new();
    for (at, item) in items.iter().enumerate() {
        let Some(label) = opening_label(item) else { continue };
        if seen.insert(label.clone()) {
            continue;
        }
        let next = block_start(items, start, at, &label);
        reports.push(start..next);
        start = next;
        seen = items[start..=at].iter().filter_map(opening_label).collect();
    }
    reports.push(start..items.len());
    reports
}

fn opening_label(item: &Item<'_>) -> Option<String> {
    match item.kind {
        Kind::Key(line) if line.key.opens_report() => Some(normalise(line.label)),
        _ => None,
    }
}

/// Where the report begins whose key at `at` repeats `label`, after `start`.
fn block_start(items: &[Item<'_>], start: usize, at: usize, label: &str) -> usize {
    let is_key = |item: &Item<'_>| matches!(item.kind, Kind::Key(line) if !line.value.is_empty());
    let run = items[start..at].iter().rev().take_while(|item| is_key(item)).count();
    let keys = at - run;
    if items[keys..at].iter().any(|item| opening_label(item).as_deref() == Some(label)) {
        return at; // no blank line between the reports
    }
    title_before(items, start, keys).unwrap_or(keys)
}

/// Where the title line of the keys at `keys` is, if it has one.
fn title_before(items: &[Item<'_>], start: usize, keys: usize) -> Option<usize> {
    let is_void = |item: &&Item<'_>| matches!(item.kind, Kind::Blank | Kind::Rule);
    let gap = items[start..keys].iter().rev().take_while(is_void).count();
    let title = keys.checked_sub(gap + 1).filter(|&title| title > start)?;
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
