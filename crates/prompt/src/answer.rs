//! Reads a model's answer back.

use std::iter;

use fixwright_report::Language;
use serde::{Deserialize, Serialize};

use crate::drift::{reindented, with_borders};
use crate::fence::{Block, blocks};
use crate::lines::{lines, restore, shown, uniform_ending, usual_ending};
use crate::{Request, Target, Window};

/// Why the model stopped writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finish {
    /// It ended its turn.
    Stop,
    /// It reached the limit on the number of tokens.
    Length,
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The fix.
    pub fix: Fix,
    /// Which of the answer's fenced blocks it was taken from, counted from 1; none for a diff that stands there bare.
    pub block: Option<usize>,
}

/// A fix, as an answer gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// The new text of the whole file, with the line endings of the old.
    Source(String),
    /// A unified diff that is yet to be parsed, with the line endings of the source if those are all alike.
    Diff(String),
}

/// Why an answer gives no fix. This is the model's failure, to be judged and counted, not fixwright's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AnswerError {
    /// It was cut off before its block was closed.
    #[error("the answer is cut off")]
    Truncated,
    /// It has no fenced block of the right kind.
    #[error("the answer has no block with code in the form that was asked for")]
    NoBlock,
    /// Its block holds nothing but blank lines.
    #[error("the answer is empty")]
    Empty,
    /// It leaves the source as it is.
    #[error("the answer changes nothing")]
    Unchanged,
}

/// Reads `text`, the answer to `request`.
///
/// Prose and a leading `<think>` block are passed over. Of several fenced blocks the first counts that is of the right language and
/// changes something, because models like to quote what they are about to change.
///
/// Indentation that the model lost where it meant to repeat lines comes back: that of the first line, or that of all. [`Target::Window`] also
/// keeps the lines of the window that a block leaves out at its beginning or end, unless the reported line is among them.
///
/// # Errors
///
/// An [`AnswerError`] says why there is no fix in it.
pub fn read(request: &Request<'_>, text: &str, finish: Finish) -> Result<Answer, AnswerError> {
    let text = after_thinking(text).ok_or(AnswerError::Truncated)?;
    let blocks = blocks(text);
    let mut failure = None;
    for (index, block) in blocks.iter().enumerate().filter(|(_, block)| fits(request, block)) {
        match fix(request, &block.text) {
            Ok(fix) => return Ok(Answer { fix, block: Some(index + 1) }),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    if blocks.is_empty() && request.target == Target::Diff && finish == Finish::Stop {
        let diff = bare_diff(text).ok_or(AnswerError::NoBlock)?;
        return Ok(Answer { fix: fix(request, diff)?, block: None });
    }
    let cut =
        blocks.iter().any(|block| !block.closed) || (finish == Finish::Length && failure.is_none());
    Err(if cut { AnswerError::Truncated } else { failure.unwrap_or(AnswerError::NoBlock) })
}

/// The answer without the reasoning in front; none if it never comes to an end.
fn after_thinking(text: &str) -> Option<&str> {
    match text.trim_start().strip_prefix("<think>") {
        Some(thought) => thought.split_once("</think>").map(|(_, rest)| rest),
        None => Some(text),
    }
}

/// Whether a block is complete and may be what was asked for.
fn fits(request: &Request<'_>, block: &Block) -> bool {
    let tag = block.info.split_whitespace().next().unwrap_or_default();
    let is_diff = matches!(tag.to_ascii_lowercase().as_str(), "diff" | "patch");
    block.closed
        && match request.target {
            Target::Diff => is_diff || bare_diff(&block.text).is_some(),
            Target::Window | Target::Program => {
                tag.is_empty()
                    || Language::from_name(tag).is_some()
                    || (request.language().is_none() && !is_diff)
            }
        }
}

/// The fix that a block's text stands for.
fn fix(request: &Request<'_>, text: &str) -> Result<Fix, AnswerError> {
    if text.trim().is_empty() {
        return Err(AnswerError::Empty);
    }
    let source = request.source;
    let rewrite = |old: &str, new: &str| {
        let changed = shown(old) != new;
        changed.then(|| restore(old, new, usual_ending(source))).ok_or(AnswerError::Unchanged)
    };
    match request.target {
        Target::Program => rewrite(source, &reindented(&shown(source), text)).map(Fix::Source),
        Target::Window => {
            let Window { bytes, text: window, lines, .. } = &request.window;
            let new = match request.line {
                Some(line) => with_borders(window, text, line - lines.start()),
                None => reindented(window, text),
            };
            let lines = rewrite(&source[bytes.clone()], &new)?;
            Ok(Fix::Source([&source[..bytes.start], &lines, &source[bytes.end..]].concat()))
        }
        Target::Diff if !edits_anything(text) => Err(AnswerError::Unchanged),
        Target::Diff => Ok(Fix::Diff(with_source_endings(source, text))),
    }
}

/// Whether any line of a hunk is inserted or deleted.
fn edits_anything(diff: &str) -> bool {
    let mut hunks = diff.lines().skip_while(|line| !line.starts_with("@@"));
    hunks.any(|line| line.starts_with(['+', '-']))
}

/// A diff that stands in a text without a fence: from its first header to the end of the text.
fn bare_diff(text: &str) -> Option<&str> {
    const HEADERS: [&str; 3] = ["diff --git ", "--- ", "@@ "];
    let starts = iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let mut rests = starts.map(|start| &text[start..]);
    rests.find(|rest| HEADERS.iter().any(|header| rest.starts_with(header)))
}

/// The diff as it would be of the source's bytes: hunk lines end as every line of the source does.
///
/// Prompts show `\n` alone. Where the source's lines differ in their endings, nothing can be said about those of a diff, and it is left alone.
fn with_source_endings(source: &str, diff: &str) -> String {
    let Some(ending) = uniform_ending(source) else { return diff.to_owned() };
    let mut texts = lines(diff).map(|line| line.text).peekable();
    let mut in_hunk = false;
    let mut out = String::with_capacity(diff.len());
    while let Some(text) = texts.next() {
        let next = texts.peek().copied().unwrap_or_default();
        let header = text.starts_with("--- ") && next.starts_with("+++ ");
        in_hunk =
            !header && !text.starts_with("diff --git ") && (in_hunk || text.starts_with("@@"));
        let is_line = in_hunk && !text.starts_with("@@") && !text.starts_with('\\');
        let last = next.starts_with('\\');
        out.push_str(text);
        out.push_str(if is_line && !last { ending } else { "\n" });
    }
    out
}
