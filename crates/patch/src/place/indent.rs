//! How a file indents what a diff indents differently.

use super::align::Alignment;
use super::likeness::{indentation, is_empty};
use crate::Hunk;

/// The indentations of a hunk's lines, and of the same lines in the file.
pub(super) struct Indents<'a> {
    pairs: Vec<Pair<'a>>,
    step: Option<Step>,
}

struct Pair<'a> {
    /// The line of the hunk.
    line: usize,
    hunk: &'a [u8],
    file: &'a [u8],
}

/// What is indented further teaches nothing: each inserted line could become as long.
const DEEPEST: usize = 1 << 10;

/// One step of indentation is a tab on one side and so many spaces on the other.
#[derive(Clone, Copy)]
enum Step {
    ToTab(usize),
    ToSpaces(usize),
}

impl<'a> Indents<'a> {
    /// What the lines that hunk and file share tell; `None` if they are indented alike.
    pub(super) fn learn(
        hunk: &'a Hunk,
        alignment: &Alignment,
        file: &[&'a [u8]],
    ) -> Option<Indents<'a>> {
        let texts: Vec<_> = hunk.lines().map(|line| line.text).collect();
        let pairs = alignment.pairs().filter(|(line, _)| !is_empty(texts[*line]));
        let pairs: Vec<_> = pairs
            .map(|(line, place)| Pair {
                line,
                hunk: indentation(texts[line]),
                file: indentation(file[place]),
            })
            .filter(|pair| pair.hunk.len().max(pair.file.len()) <= DEEPEST)
            .collect();
        let differ = pairs.iter().any(|pair| pair.hunk != pair.file);
        differ.then(|| Self { step: Step::learn(&pairs), pairs })
    }

    /// How the file indents what the hunk's line `line` indents with `indent`: as it does other
    /// lines of the same indentation, or else as far from the most similar as in the hunk.
    pub(super) fn of(&self, line: usize, indent: &[u8]) -> Vec<u8> {
        let same = self.pairs.iter().filter(|pair| pair.hunk == indent);
        if let Some(pair) = same.min_by_key(|pair| pair.line.abs_diff(line)) {
            return pair.file.to_vec();
        }
        let shallower = self.pairs.iter().filter(|pair| indent.starts_with(pair.hunk));
        if let Some(pair) =
            shallower.max_by_key(|pair| (pair.hunk.len(), usize::MAX - pair.line.abs_diff(line)))
        {
            return [pair.file, &self.converted(&indent[pair.hunk.len()..])].concat();
        }
        let deeper = self.pairs.iter().filter(|pair| pair.hunk.starts_with(indent));
        let deeper = deeper.min_by_key(|pair| (pair.hunk.len(), pair.line.abs_diff(line)));
        let less = deeper.and_then(|pair| {
            pair.file.strip_suffix(&self.converted(&pair.hunk[indent.len()..])[..])
        });
        less.map_or_else(|| self.converted(indent), <[u8]>::to_vec)
    }

    /// The white space as the file would have it.
    fn converted(&self, space: &[u8]) -> Vec<u8> {
        match self.step {
            Some(Step::ToTab(width)) if space.iter().all(|byte| *byte == b' ') => {
                [b"\t".repeat(space.len() / width), b" ".repeat(space.len() % width)].concat()
            }
            Some(Step::ToSpaces(width)) if space.iter().all(|byte| *byte == b'\t') => {
                b" ".repeat(space.len() * width)
            }
            _ => space.to_vec(),
        }
    }
}

impl Step {
    /// What one step is on either side, as far as lines that differ tell.
    fn learn(pairs: &[Pair<'_>]) -> Option<Self> {
        let all = |space: &[u8], byte: u8| !space.is_empty() && space.iter().all(|b| *b == byte);
        let widths = |spaces: fn(&Pair<'_>) -> usize, tabs: fn(&Pair<'_>) -> usize, byte: u8| {
            let fits = |pair: &&Pair<'_>| {
                all(pair.hunk, byte) && all(pair.file, if byte == b' ' { b'\t' } else { b' ' })
            };
            width(pairs.iter().filter(fits).map(|pair| (spaces(pair), tabs(pair))).collect())
        };
        let to_tab = widths(|pair| pair.hunk.len(), |pair| pair.file.len(), b' ').map(Self::ToTab);
        to_tab.or_else(|| {
            widths(|pair| pair.file.len(), |pair| pair.hunk.len(), b'\t').map(Self::ToSpaces)
        })
    }
}

/// No tab is wider.
const WIDEST: usize = 16;

/// How many spaces a tab is, if each pair is so many spaces and as many tabs.
///
/// Tabs that were expanded behind a prefix of one character have lost one space to it.
fn width(mut pairs: Vec<(usize, usize)>) -> Option<usize> {
    pairs.sort_unstable();
    let (&(first_spaces, first_tabs), &(last_spaces, last_tabs)) = (pairs.first()?, pairs.last()?);
    let (spaces, tabs) = match (last_spaces - first_spaces, last_tabs.checked_sub(first_tabs)?) {
        (_, 0) if (first_spaces + 1) % 8 == 0 => (first_spaces + 1, first_tabs),
        (_, 0) => (first_spaces, first_tabs),
        steps => steps,
    };
    let width = spaces / tabs;
    (spaces % tabs == 0 && (1..=WIDEST).contains(&width)).then_some(width)
}
