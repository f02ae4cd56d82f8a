//! One answer, what became of it, and how it compares with others.

use std::cmp::{Ordering, Reverse};

use fixwright_patch::{Hunk, LineKind, Patch};
use fixwright_validate::{Analysis, Judged, Reported, Verdict};

use super::Written;

/// What an answer says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Proposal {
    /// The answer as it was written, with what it cost.
    pub written: Written,
    /// The patch that it makes, or why it makes none. It changes something.
    pub patch: Result<Patch, String>,
    /// Whether it changes white space and comments alone, as far as the language is known to be C or C++.
    pub cosmetic: bool,
}

impl Proposal {
    /// Whether both make the same text, or none and say the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.patch, &other.patch) {
            (Ok(own), Ok(other)) => own == other,
            (Err(_), Err(_)) => self.written.text == other.written.text,
            _ => false,
        }
    }

    /// Lines that the patch deletes and inserts; 0 if there is none.
    pub fn size(&self) -> usize {
        let files = self.patch.iter().flat_map(|patch| &patch.files);
        let lines = files.flat_map(|file| &file.hunks).flat_map(Hunk::lines);
        lines.filter(|line| line.kind != LineKind::Context).count()
    }
}

/// A proposal and its verdict.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate {
    /// The round that it is of, from 0.
    pub round: usize,
    /// Which one it was in its round, from 0.
    pub index: usize,
    /// How many later answers made the same text.
    pub repeats: usize,
    /// What was answered.
    pub proposal: Proposal,
    /// What became of it.
    pub judged: Judged,
}

impl Candidate {
    /// Whether it may be kept: it applies, compiles, passes the tests if there are any, and the analyser, if it was run again, does not
    /// make the finding any more. What changes white space and comments alone counts only if the analyser says that the finding is gone.
    pub fn is_repair(&self) -> bool {
        self.judged.verdict.grade() >= Verdict::Compiles.grade()
            && !self.judged.analysis.as_ref().is_some_and(Analysis::refutes)
            && (!self.proposal.cosmetic || self.finding_is_gone())
    }

    /// Whether it passes everything that there is to pass: it is a repair, and neither compiler nor analyser has anything new to say.
    pub fn passes(&self) -> bool {
        self.is_repair()
            && self.judged.new_diagnostics.is_empty()
            && self.judged.analysis.as_ref().is_none_or(Analysis::has_no_complaint)
    }

    /// Whether the analyser was run again and no longer makes the finding.
    pub fn finding_is_gone(&self) -> bool {
        let gone = Some(Reported::Gone);
        matches!(&self.judged.analysis, Some(Analysis::Compared { reported, .. }) if *reported == gone)
    }

    /// How many things compiler and analyser say that they did not say before.
    pub fn complaints(&self) -> usize {
        let found = match &self.judged.analysis {
            Some(Analysis::Compared { new, .. }) => new.len(),
            _ => 0,
        };
        found + self.judged.new_diagnostics.len()
    }

    /// Which one is better, `Less` if it is this one: by whether it is a repair, by verdict, by what the analyser and the compiler say, by the lines
    /// that it changes, by how likely the model finds it as a whole, and by the order of asking.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let key = |candidate: &Self| {
            (
                Reverse(candidate.is_repair()),
                Reverse(candidate.judged.verdict.grade()),
                candidate.judged.analysis.as_ref().is_some_and(Analysis::refutes),
                candidate.complaints(),
                candidate.proposal.size(),
            )
        };
        let likelihood = |candidate: &Self| {
            candidate.proposal.written.log_probability.unwrap_or(f64::NEG_INFINITY)
        };
        let order = |candidate: &Self| (candidate.round, candidate.index);
        key(self)
            .cmp(&key(other))
            .then_with(|| likelihood(other).total_cmp(&likelihood(self)))
            .then_with(|| order(self).cmp(&order(other)))
    }
}
