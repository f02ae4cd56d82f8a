//! Which answers are worth being judged.

use std::collections::HashSet;

use fixwright_prompt::Request;
use fixwright_validate::{Error as ValidateError, Event as Judging, Executable};

use super::{Event, Judge, Progress, Proposal, Written};
use crate::error::{Error, Result};

/// What hears of compiling and may stop it.
type Compiling<'a> = fixwright_validate::Progress<'a>;
/// The program of an answer, or of the source.
type TellApart<'a> = dyn FnMut(Option<&Written>, Compiling<'_>) -> Result<Executable> + 'a;

/// Tells answers that may be repairs from those that cannot: that make no program, or one that was seen before, the source's own first.
pub struct Screen<'a> {
    executable: Box<TellApart<'a>>,
    seen: HashSet<Executable>,
}

impl std::fmt::Debug for Screen<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl<'a> Screen<'a> {
    /// A screen that `executable` tells programs apart for: that of an answer, or of the source.
    pub fn new(
        executable: impl FnMut(Option<&Written>, Compiling<'_>) -> Result<Executable> + 'a,
    ) -> Self {
        Self { executable: Box::new(executable), seen: HashSet::new() }
    }

    /// A screen for answers to `request`, which `judge` tells apart.
    pub(super) fn of(request: &'a Request<'_>, judge: &'a dyn Judge) -> Self {
        Self::new(move |answer, progress| {
            let proposal = answer.map(|answer| Proposal::read(request, answer.clone()));
            match proposal.as_ref().map(|proposal| proposal.patch.as_ref()) {
                None => Ok(judge.executable(None, progress)?),
                Some(Ok(patch)) => Ok(judge.executable(Some(patch), progress)?),
                Some(Err(_)) => Ok(Executable::Missing),
            }
        })
    }

    /// Begins again.
    pub(super) fn forget(&mut self) {
        self.seen.clear();
    }

    /// Whether an answer may be a repair; `None` if the callback stopped it.
    pub(super) fn admits(
        &mut self,
        answer: &Written,
        progress: Progress<'_>,
    ) -> Result<Option<bool>> {
        let mut known = |answer| {
            let watch: Compiling<'_> = &mut |_: Judging| progress(Event::Editing);
            match (self.executable)(answer, watch) {
                Err(Error::Validate(ValidateError::Cancelled)) => Ok(None),
                executable => executable.map(Some),
            }
        };
        if self.seen.is_empty() {
            let Some(source) = known(None)? else { return Ok(None) };
            self.seen.insert(source);
        }
        let Some(executable) = known(Some(answer))? else { return Ok(None) };
        Ok(Some(match executable {
            Executable::Missing => false,
            Executable::Unknown => true,
            _ => self.seen.insert(executable),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    /// A screen for answers that say what program they make, 0 being the source's and `none` none.
    fn screen() -> Screen<'static> {
        Screen::new(|answer, progress| {
            let elapsed = std::time::Duration::ZERO;
            if progress(Judging::Running { elapsed }).is_break() {
                return Err(ValidateError::Cancelled.into());
            }
            let text = answer.map_or("0", |answer| &*answer.text);
            let unknown = if text == "none" { Executable::Missing } else { Executable::Unknown };
            Ok(text.parse().map_or(unknown, Executable::Hash))
        })
    }

    #[test]
    fn a_program_is_admitted_once_and_the_source_never() {
        let mut screen = screen();
        let mut admits = |text: &str| {
            let go_on = &mut |_: Event<'_>| ControlFlow::Continue(());
            screen.admits(&Written::new(text), go_on).expect("nothing fails").expect("nor stops")
        };
        let texts = ["0", "1", "none", "2", "1", "?", "?", "0"];
        assert_eq!(texts.map(&mut admits), [false, true, false, true, false, true, true, false]);
    }

    #[test]
    fn compiling_can_be_stopped() {
        let stop = &mut |_: Event<'_>| ControlFlow::Break(());
        let admitted = screen().admits(&Written::new("1"), stop);
        assert_eq!(admitted.expect("that is no error"), None);
    }
}
