//! The validators of a tree: one for all of it, or one for each file.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fixwright::validate::{Progress, Validator};

use crate::exit::BadInput;
use crate::repair::judging::Judging;

/// A validator, or why there is none for the file; empty while nobody knows.
type Made = Mutex<Option<Arc<Result<Validator, String>>>>;

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
            let made = Made::new(Some(Arc::new(Ok(validator))));
            lock(&judges.made).insert(String::new(), Arc::new(made));
        }
        Ok(judges)
    }

    /// Has `work` use the validator for a file, or be told why there is none. Whoever asks while another one makes it waits; an error that is not
    /// the file's own is nobody else's.
    pub(super) fn with<T>(
        &self,
        file: &str,
        flow: &dyn Fn() -> ControlFlow<()>,
        work: impl FnOnce(Result<&Validator, &str>) -> T,
    ) -> anyhow::Result<T> {
        let key = if self.judging.is_of_tree() { "" } else { file };
        let cell = Arc::clone(lock(&self.made).entry(key.to_owned()).or_default());
        let made = self.made(&cell, file, flow)?;
        Ok(work((*made).as_ref().map_err(String::as_str)))
    }

    fn made(
        &self,
        cell: &Made,
        file: &str,
        flow: &dyn Fn() -> ControlFlow<()>,
    ) -> anyhow::Result<Arc<Result<Validator, String>>> {
        let mut cell = lock(cell);
        if let Some(made) = &*cell {
            return Ok(Arc::clone(made));
        }
        let made = match self.judging.validator(file, &mut |_| flow()) {
            Err(error) if error.is::<BadInput>() => Err(format!("{error:#}")),
            made => Ok(made?),
        };
        Ok(Arc::clone(cell.insert(Arc::new(made))))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
