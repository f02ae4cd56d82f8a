//! The validators of a tree: one for all of it, or one for each file.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use fixwright::validate::{Progress, Validator};

use crate::exit::BadInput;
use crate::repair::judging::Judging;

/// A validator, or why there is none for the file.
type Made = OnceLock<Result<Validator, String>>;

/// The validators that were made so far.
pub(super) struct Judges<'a> {
    judging: Judging<'a>,
    /// By the file that they compile; for the whole tree by no name.
    made: Mutex<BTreeMap<String, Arc<Made>>>,
}

impl<'a> Judges<'a> {
    /// A tree that is compiled as a whole is compiled here; it has to succeed.
    pub(super) fn new(judging: Judging<'a>, progress: Progress<'_>) -> anyhow::Result<Self> {
        let judges = Self { judging, made: Mutex::default() };
        if judges.judging.is_of_tree() {
            let validator = judges.judging.validator("", progress)?;
            let made = Made::from(Ok(validator));
            judges.lock().insert(String::new(), Arc::new(made));
        }
        Ok(judges)
    }

    /// Has `work` use the validator for a file, or be told why there is none.
    pub(super) fn with<T>(
        &self,
        file: &str,
        flow: &dyn Fn() -> ControlFlow<()>,
        work: impl FnOnce(Result<&Validator, &str>) -> T,
    ) -> anyhow::Result<T> {
        let key = if self.judging.is_of_tree() { "" } else { file };
        let cell = Arc::clone(self.lock().entry(key.to_owned()).or_default());
        let mut failed = None;
        let made = cell.get_or_init(|| {
            self.judging.validator(file, &mut |_| flow()).map_err(|error| {
                let reason = format!("{error:#}");
                if !error.is::<BadInput>() {
                    failed = Some(error);
                }
                reason
            })
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(work(made.as_ref().map_err(String::as_str))),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Made>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
