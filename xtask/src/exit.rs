//! How a command ends: four exit codes, and errors printed once.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

/// The exit codes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The work is done: repaired, fetched, all checks passed.
    Done = 0,
    /// The command ran, and the answer is no: no valid patch was found, a check failed.
    Failed = 1,
    /// What was asked for makes no sense: wrong flags, an unknown name, an unreadable report.
    BadInput = 2,
    /// The command could not do its work: no network, no disk space, no compiler.
    CouldNotRun = 3,
}

impl Exit {
    /// The exit that a process reported as `code`; none for codes this workspace does not use.
    #[must_use]
    pub fn from_code(code: i32) -> Option<Self> {
        [Self::Done, Self::Failed, Self::BadInput, Self::CouldNotRun]
            .into_iter()
            .find(|exit| *exit as i32 == code)
    }
}

/// An error of whoever called the command; it ends with [`Exit::BadInput`].
#[derive(Debug)]
pub struct BadInput(pub String);

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

/// Turns the result of a command into the exit code of the process, printing an error once to stderr.
///
/// A reader of stdout that went away (`cargo xtask model list | head -1`) is not an error.
pub fn finish(result: anyhow::Result<Exit>) -> ExitCode {
    let exit = result.unwrap_or_else(|error| {
        let exit = exit_of(&error);
        if exit != Exit::Done {
            note(format_args!("error: {error:#}"));
        }
        exit
    });
    ExitCode::from(exit as u8)
}

fn exit_of(error: &anyhow::Error) -> Exit {
    let broken_pipe = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    if error.downcast_ref().is_some_and(broken_pipe) {
        Exit::Done
    } else if error.is::<BadInput>() {
        Exit::BadInput
    } else {
        Exit::CouldNotRun
    }
}

/// Writes one line to stderr. That nobody reads it is no reason to stop.
pub fn note(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn codes_round_trip() {
        for code in 0..=3 {
            assert_eq!(Exit::from_code(code).map(|exit| exit as i32), Some(code));
        }
        assert_eq!(Exit::from_code(101), None);
    }

    #[test]
    fn an_error_ends_by_its_kind_through_any_context() {
        let bad = Err::<(), _>(BadInput("no such model".into())).context("model").unwrap_err();
        assert_eq!(exit_of(&bad), Exit::BadInput);
        let pipe = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe)).context("list");
        assert_eq!(exit_of(&pipe), Exit::Done);
        assert_eq!(exit_of(&anyhow::anyhow!("disk")), Exit::CouldNotRun);
    }
}
