//! A commit's message and change, made rows.

use std::collections::HashSet;

use super::message::{Reverts, has_words, is_backport, is_preparation};
use super::pair::{Pair, patch_id};
use super::quoted::Quoted;
use super::walk::{Examine, Stop, Walk};
use super::{Commit, HistoryOptions, sign};
use crate::RepairSample;

/// What must be remembered of commits.
#[derive(Debug, Default)]
pub(super) struct Miner {
    reverts: Reverts,
    seen: HashSet<u128>,
}

impl Examine for Miner {
    /// A commit that the walk only passes is examined too: it tells what was reverted and what is there already.
    fn rows(&mut self, commit: &Commit, walk: &mut Walk) -> Result<Vec<RepairSample>, Stop> {
        if commit.parents > 1 {
            return Err(Stop::Skip("merge"));
        }
        let message = commit.message.as_deref().ok_or(Stop::Skip("message too long"))?;
        let message = str::from_utf8(message).map_err(|_| Stop::Skip("message not UTF-8"))?;
        if let Some(reason) = self.reverts.reason(&commit.id, message) {
            return Err(Stop::Skip(reason));
        }
        let signs = sign::signs(message);
        if signs.is_empty() {
            return Err(Stop::Skip("no sign of a report"));
        }
        if is_backport(message) {
            return Err(Stop::Skip("backport"));
        }
        if is_preparation(message) {
            return Err(Stop::Skip("preparation"));
        }
        let pairs = Pair::all_of(commit, walk)?;
        if !self.seen.insert(patch_id(&pairs)) {
            return Err(Stop::Skip("same patch again"));
        }
        pairs.iter().map(|pair| row(commit, message, &signs, pair, &walk.options)).collect()
    }
}

fn row(
    commit: &Commit,
    message: &str,
    signs: &[&str],
    pair: &Pair,
    options: &HistoryOptions,
) -> Result<RepairSample, Stop> {
    let quoted = Quoted::in_message(message);
    if !quoted.is_output() && !has_words(&quoted.text) {
        return Err(Stop::Skip("no words"));
    }
    let text = quoted.text.clone();
    let reported = quoted.line_in(&pair.path, pair.lines());
    let mut row = pair.row(commit, &options.origin)?;
    row.id = Some(format!("{}:{}:{}", options.origin, commit.id, pair.path));
    row.bug_report_text = Some(text);
    row.line_number = reported.or_else(|| u32::try_from(pair.first_changed_line()).ok());
    row.extra.insert("signs", signs)?;
    row.extra.insert("line_from", if reported.is_some() { "report" } else { "diff" })?;
    Ok(row)
}
