//! The git program, run so that no setting of a user or of a repository changes what it says or makes it start other programs.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Error;

/// All that git sees of the environment: no configuration but the repository's own, no replaced or grafted commits, no
/// network, no questions, dates in UTC.
const ENVIRONMENT: [(&str, &str); 13] = [
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("LC_ALL", "C.UTF-8"),
    ("TZ", "UTC"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_GRAFT_FILE", "/dev/null"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_PAGER", "cat"),
];

/// Settings of the repository that would change which commits `git log` names, and how.
const SETTINGS: [&str; 6] = [
    "log.showRoot=false",
    "log.follow=false",
    "log.showSignature=false",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "core.hooksPath=/dev/null",
];

/// How much of what git complains about is kept.
const COMPLAINT: u64 = 4096;

/// A git that is running; killed when dropped.
pub(crate) struct Git {
    child: Child,
    errors: File,
    what: &'static str,
}

impl Git {
    /// Starts `git what arguments` in the repository, which has to be at this path, not above it.
    pub(crate) fn start(
        repository: &Path,
        what: &'static str,
        arguments: &[String],
    ) -> Result<(Self, ChildStdin, ChildStdout), Error> {
        let failed = |source: std::io::Error| Error::Git { what, message: source.to_string() };
        let place = repository.canonicalize().map_err(failed)?;
        let errors = tempfile::tempfile().map_err(failed)?;
        let mut command = Command::new("git");
        command.env_clear().envs(ENVIRONMENT);
        if let Some(above) = place.parent() {
            command.env("GIT_CEILING_DIRECTORIES", above);
        }
        command.arg("-C").arg(&place).arg("--no-pager");
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        command.arg(what).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            command.stderr(errors.try_clone().map_err(failed)?).spawn().map_err(failed)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.expect("both were asked for as pipes");
        Ok((Self { child, errors, what }, input, output))
    }

    /// What is wrong, in git's own words where it has any.
    pub(crate) fn failed(&mut self, fallback: &impl ToString) -> Error {
        let mut said = Vec::new();
        let read = self
            .errors
            .rewind()
            .and_then(|()| (&self.errors).take(COMPLAINT).read_to_end(&mut said));
        let said = String::from_utf8_lossy(&said);
        let message = match read {
            Ok(_) if !said.trim().is_empty() => said.trim().to_owned(),
            _ => fallback.to_string(),
        };
        Error::Git { what: self.what, message }
    }

    /// Waits for the end after all of the output was read.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(self.failed(&status)),
            Err(error) => Err(self.failed(&error)),
        }
    }
}

impl Drop for Git {
    fn drop(&mut self) {
        // Of a git that has ended already there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
