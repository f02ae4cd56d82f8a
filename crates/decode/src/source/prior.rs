//! What is assumed of edits before any is seen.
//!
//! The figures were fitted to the gold fixes of 2,713 student programs, half of the problems of a corpus; the other half gives the
//! figures in `docs/results.md`. Shares are relative weights: they need not sum to one, because tracks are weighed against each other.

/// The chance that a copied token is followed by a change.
pub(super) const HAZARD: f64 = 1.0 / 40.0;

/// How many tokens of the answer it takes to halve the influence of [`HAZARD`].
pub(super) const HAZARD_TOKENS: f64 = 200.0;

/// How much likelier a change is around the reported line.
pub(super) const NEAR: f64 = 2.7;

/// How much less likely it is elsewhere, where a line is reported.
pub(super) const FAR: f64 = 0.2;

/// A change is never likelier than this while copying.
pub(super) const MOST_HAZARD: f64 = 0.5;

/// The chance that an edit is over after a token that was changed.
pub(super) const RESUMED: f64 = 0.5;

/// How likely the token is that was put in: what weighs a changed token against a copied one.
pub(super) const NOVEL: f64 = 0.15;

/// The token was put in before the one expected.
pub(super) const INSERTED: f64 = 0.4;

/// The token stands in the place of one token, of two.
pub(super) const REPLACED: [f64; 2] = [0.6, 0.05];

/// The token ends a line that was put in: the line expected is still to come.
pub(super) const LINE_INSERTED: f64 = 0.7;

/// The token ends a line that stands in the place of the one expected: the next one follows.
pub(super) const LINE_REPLACED: f64 = 0.75;

/// The same for two lines.
pub(super) const LINES_REPLACED: f64 = 0.07;

/// The tokens before the next one like this were taken out; falls with their number.
pub(super) const DELETED: f64 = 0.3;

/// How many tokens taken out halve [`DELETED`].
pub(super) const DELETED_TOKENS: f64 = 8.0;

/// How far ahead a token is looked for, and how many places are taken.
pub(super) const REACH: (usize, usize) = (128, 4);

/// The shortest match from which a place is taken that no edit at hand leads to.
pub(super) const SHORTEST_MATCH: usize = 2;

/// The share of such a place when the match is long.
pub(super) const MATCHED: f64 = 0.5;

/// Tokens of the match by which the share comes nearer to [`MATCHED`] by a factor of e.
pub(super) const MATCHED_TOKENS: f64 = 1.3;

/// The rate of a whole answer, in tokens for the cost of a forward pass, relative to that of copying alone.
pub(super) const WITH_EDITS: f64 = 0.75;
