//! All findings on one page.

use std::io::{self, Write};

use serde::Serialize;

use super::finding::{Findings, LeftOut};
use super::outcome::{Outcome, Status};
use crate::repair::case::place;

/// What became of everything, as `summary.json` has it.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    format: u32,
    pub(super) repaired: usize,
    pub(super) plausible: usize,
    pub(super) failed: usize,
    /// Programs that nothing is wrong with.
    right: usize,
    /// Findings that were not come to.
    open: usize,
    findings: &'a [&'a Outcome],
    left_out: &'a [LeftOut],
}

impl<'a> Summary<'a> {
    pub(super) fn new(done: &'a [&'a Outcome], all: &'a Findings) -> Self {
        let count = |status| done.iter().filter(|outcome| outcome.status == status).count();
        Self {
            format: 1,
            repaired: count(Status::Repaired),
            plausible: count(Status::Plausible),
            failed: count(Status::Failed),
            right: count(Status::Right),
            open: all.found.len() - done.len(),
            findings: done,
            left_out: &all.left_out,
        }
    }

    /// Prints a line for each finding and one for all.
    pub(super) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows: Vec<_> = self.findings.iter().map(|outcome| Row::of(outcome)).collect();
        let width = |column: fn(&Row) -> &str| {
            rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0)
        };
        let (place, rule) = (width(|row| &row.place), width(|row| &row.rule));
        for (row, outcome) in rows.iter().zip(self.findings) {
            writeln!(
                out,
                "{:04}  {:place$}  {:rule$}  {:9}  {}",
                outcome.number, row.place, row.rule, row.status, row.what
            )?;
        }
        let Self { repaired, plausible, failed, open, .. } = self;
        write!(out, "{repaired} repaired, {plausible} plausible, {failed} failed")?;
        let also: usize = self.findings.iter().map(|outcome| outcome.also).sum();
        for (count, what) in [
            (self.right, "right as they are"),
            (*open, "not tried"),
            (also, "more in the same places"),
            (self.left_out.len(), "left out: see summary.json"),
        ] {
            if count > 0 {
                write!(out, ", {count} {what}")?;
            }
        }
        writeln!(out)?;
        out.flush()
    }
}

struct Row {
    place: String,
    rule: String,
    status: &'static str,
    what: String,
}

impl Row {
    fn of(outcome: &Outcome) -> Self {
        let reason = outcome.reason.lines().next().unwrap_or_default();
        let what = match &outcome.patch {
            Some(patch) => format!("{patch}: {reason}"),
            None => reason.to_owned(),
        };
        let place = place(&outcome.file, outcome.line);
        let (rule, status) = (outcome.rule.clone().unwrap_or_default(), outcome.status.name());
        Self { place, rule, status, what }
    }
}
