//! Who says what a candidate is worth.

use fixwright_patch::Patch;
use fixwright_report::BugReport;
use fixwright_validate::{Error, Executable, Judged, Progress, Suite, Validator};

/// Says what a candidate is worth: a [`Validator`], or whoever stands in for one.
pub trait Judge {
    /// Judges a patch that changes something.
    ///
    /// # Errors
    ///
    /// Only what is no fault of the candidate, among it [`Error::Cancelled`] if the callback stopped it.
    fn judge(&self, patch: &Patch, progress: Progress<'_>) -> Result<Judged, Error>;

    /// What compiling makes of the source, with `patch` if there is one, so that no program is judged twice.
    ///
    /// # Errors
    ///
    /// As [`judge`](Self::judge).
    fn executable(
        &self,
        _patch: Option<&Patch>,
        _progress: Progress<'_>,
    ) -> Result<Executable, Error> {
        Ok(Executable::Unknown)
    }

    /// The tests that candidates are run on, which a second prompt quotes from.
    fn suite(&self) -> Option<&Suite> {
        None
    }
}

impl Judge for Validator {
    fn judge(&self, patch: &Patch, progress: Progress<'_>) -> Result<Judged, Error> {
        Self::judge(self, patch, progress)
    }

    fn executable(
        &self,
        patch: Option<&Patch>,
        progress: Progress<'_>,
    ) -> Result<Executable, Error> {
        Self::executable(self, patch, progress)
    }

    fn suite(&self) -> Option<&Suite> {
        self.toolchain().tests.as_ref()
    }
}

/// A validator that looks for one finding among those of its tree.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Judges.
    pub validator: &'a Validator,
    /// The finding that its analyser, if it has one, should make no longer.
    pub report: &'a BugReport,
}

impl Judge for About<'_> {
    fn judge(&self, patch: &Patch, progress: Progress<'_>) -> Result<Judged, Error> {
        self.validator.judge_about(patch, Some(self.report), progress)
    }

    fn executable(
        &self,
        patch: Option<&Patch>,
        progress: Progress<'_>,
    ) -> Result<Executable, Error> {
        self.validator.executable(patch, progress)
    }

    fn suite(&self) -> Option<&Suite> {
        Judge::suite(self.validator)
    }
}
