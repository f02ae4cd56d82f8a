//! The sandbox in which commands run what a model wrote.

use std::path::PathBuf;

use anyhow::Context as _;
use fixwright_validate::{Isolation, Launcher, Sandbox};

use crate::exit::note;

/// The sandbox, with more that may be read in it, or none where there is none and that is allowed.
pub(crate) fn isolation(
    allow_unsandboxed: bool,
    readable: &[PathBuf],
) -> anyhow::Result<Isolation> {
    match Launcher::this_program().and_then(Sandbox::new) {
        Ok(mut sandbox) => {
            for folder in readable {
                // Confined commands run elsewhere.
                let folder = folder
                    .canonicalize()
                    .with_context(|| format!("cannot read {}", folder.display()))?;
                sandbox = sandbox.with_readable(folder);
            }
            Ok(Isolation::Sandboxed(sandbox))
        }
        Err(error) if allow_unsandboxed => {
            note(format_args!("{error}; going on without one"));
            Ok(Isolation::None)
        }
        Err(error) => Err(error).context("--allow-unsandboxed goes on without one"),
    }
}
