//! Whether two texts are the same program, as far as a compiler can tell.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::{Error, Isolation, Progress, Toolchain, Workspace};

/// The program that a compiler makes of a text. Where it makes the same one of two texts, these do the same, whatever tests are run:
/// "trivial compiler equivalence" (Papadakis et al., ICSE 2015).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Executable {
    /// It does not compile.
    None,
    /// A hash of the program.
    Hash(u64),
    /// What the tests run is not made by the compiler alone, or there are none.
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
        if !self.compiled(workspace, isolation, progress)?.succeeded() {
            return Ok(Executable::None);
        }
        let path = workspace.root().join(program);
        match fs::read(&path) {
            Ok(program) => {
                let mut hasher = DefaultHasher::new();
                hasher.write(&program);
                Ok(Executable::Hash(hasher.finish()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Executable::None),
            Err(error) => Err(Error::io(&path)(error)),
        }
    }

    /// The program in the tree that the tests run, and nothing else of it.
    pub(crate) fn program(&self) -> Option<PathBuf> {
        let run = &self.tests.as_ref()?.run;
        let [program] = &*run.argv else { return None };
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        let is_file = program.contains('/') && Path::new(program).components().all(inside);
        is_file.then(|| run.dir.join(program))
    }
}
