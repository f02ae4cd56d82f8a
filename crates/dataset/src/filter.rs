//! Which samples are fit to train on.

mod change;
mod generated;
mod licence;

use serde::Serialize;

use crate::RepairSample;
use crate::minhash::tokens;

pub(crate) use change::Change;
pub use change::changed_lines;

/// What a sample must be like to be kept; the default keeps all that are not generated code.
///
/// A line that is replaced counts as two changed lines, as in `diff --stat`. Where a limit is set, a sample without a fix cannot be
/// measured and is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Filter {
    /// The most tokens that the source file may have, as the caller counts them.
    pub max_tokens: Option<usize>,
    /// The most lines that the fix may delete and insert.
    pub max_changed_lines: Option<usize>,
    /// The most hunks that the fix may have.
    pub max_hunks: Option<usize>,
    /// The most files that the fix may change.
    pub max_files: Option<usize>,
    /// The licences that are allowed, as SPDX identifiers; any, and none at all, if this is `None`.
    pub licences: Option<Vec<String>>,
    /// Whether code that a program wrote is kept.
    pub keep_generated: bool,
    /// Whether a sample is left out whose own diff does not apply to its code, however much is forgiven.
    pub only_applicable: bool,
}

/// How many tokens a text has for a model; [`words_and_signs`] where no tokenizer is at hand.
pub type CountTokens<'a> = &'a (dyn Fn(&str) -> usize + Sync);

/// Names, numbers and words count one, and every other visible character: for C that is about what a model's tokenizer says.
pub fn words_and_signs(text: &str) -> usize {
    tokens(text).count()
}

impl Filter {
    /// Why a sample is left out; `None` if it is kept.
    pub fn reason(&self, sample: &RepairSample, count: CountTokens<'_>) -> Option<&'static str> {
        self.reason_with(sample, Change::of(sample).as_ref(), count)
    }

    pub(crate) fn reason_with(
        &self,
        sample: &RepairSample,
        change: Option<&Change>,
        count: CountTokens<'_>,
    ) -> Option<&'static str> {
        let code = sample.code.as_deref().unwrap_or_default();
        if let Some(allowed) = &self.licences {
            match sample.license.as_deref().filter(|licence| !licence.trim().is_empty()) {
                None => return Some("no licence"),
                Some(licence) if !licence::allows(allowed, licence) => return Some("licence"),
                Some(_) => {}
            }
        }
        if !self.keep_generated && generated::is_generated(code) {
            return Some("generated code");
        }
        if self.only_applicable && !matches!(sample.reference(), Ok(Some(_))) {
            return Some("fix does not apply");
        }
        self.too_large(change).or_else(|| {
            self.max_tokens.filter(|&most| count(code) > most).map(|_| "too many tokens")
        })
    }

    fn too_large(&self, change: Option<&Change>) -> Option<&'static str> {
        let Some(change) = change else {
            let limits = [self.max_changed_lines, self.max_hunks, self.max_files];
            return limits.iter().any(Option::is_some).then_some("no fix to measure");
        };
        let beyond = |limit: Option<usize>, size: usize| limit.is_some_and(|most| size > most);
        if beyond(self.max_files, change.files) {
            Some("too many files")
        } else if beyond(self.max_hunks, change.hunks.len()) {
            Some("too many hunks")
        } else {
            beyond(self.max_changed_lines, change.lines().count())
                .then_some("too many changed lines")
        }
    }
}
