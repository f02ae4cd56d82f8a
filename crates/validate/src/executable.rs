//! Whether two texts are the same program, as far as a compiler can tell.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Component, PathBuf};

use crate::{Compare, Error, Isolation, Progress, Suite, Toolchain, Workspace};

/// The program that a compiler makes of a text, whole in one file. Where it makes the same one of two texts, these do the same, whatever tests are
/// run: "trivial compiler equivalence" (Papadakis et al., ICSE 2015).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Executable {
    /// There is none: the text does not compile.
    Missing,
    /// A hash of the program.
    Hash(u64),
    /// Something else than such a program decides: a command that tests by itself, a file that was there before compiling, an analyser. Or there are no
    /// tests.
    Unknown,
}

impl Toolchain {
    /// What compiling makes of `workspace` for its tests to run. Nothing is compiled where that could not be told.
    ///
    /// # Errors
    ///
    /// As [`judge`](Self::judge).
    pub fn executable(
        &self,
        workspace: &Workspace,
        isolation: &Isolation,
        progress: Progress<'_>,
    ) -> Result<Executable, Error> {
        let Some(program) = self.program() else { return Ok(Executable::Unknown) };
        let path = workspace.root().join(program);
        if path.symlink_metadata().is_ok() {
            return Ok(Executable::Unknown);
        }
        match self.compiled(workspace, isolation, progress) {
            Ok(run) if run.succeeded() => {}
            // Candidates can take away what it takes to start the compiler.
            Ok(_) | Err(Error::Start { .. }) => return Ok(Executable::Missing),
            Err(error) => return Err(error),
        }
        if !path.symlink_metadata().is_ok_and(|made| made.is_file()) {
            return Ok(Executable::Missing);
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(&fs::read(&path).map_err(Error::io(&path))?);
        Ok(Executable::Hash(hasher.finish()))
    }

    /// The program in the tree that decides alone whether the tests pass, if there is one.
    pub(crate) fn program(&self) -> Option<PathBuf> {
        let Suite { run, compare, .. } = self.tests.as_ref()?;
        let [program] = &*run.argv else { return None };
        if self.check.is_some() || *compare == Compare::ExitCode || !program.contains('/') {
            return None;
        }
        let path = run.dir.join(program);
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        path.components().all(inside).then_some(path)
    }
}
