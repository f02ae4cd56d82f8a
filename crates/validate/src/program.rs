//! Whether a command's program is there, before a shell is asked to become it.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path};

use crate::{Error, Task};

/// Fails if `compile` cannot be run in the folder `dir`.
pub(crate) fn check(compile: &Task, dir: &Path) -> Result<(), Error> {
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !compile.dir.components().all(inside) {
        return Err(Error::Folder { dir: compile.dir.clone() });
    }
    let program = compile.argv.first().ok_or(Error::EmptyCommand)?;
    let path = compile.env.iter().find(|(name, _)| name == "PATH").map_or("", |(_, path)| path);
    let found = if program.contains('/') {
        is_program(&dir.join(program))
    } else {
        path.split(':').any(|folder| is_program(&dir.join(folder).join(program)))
    };
    if found { Ok(()) } else { Err(compile.not_started(io::ErrorKind::NotFound.into())) }
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}
