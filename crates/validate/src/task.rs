//! What is run: a command and its limits, as data.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Error, Means};

/// A command to run in a tree: a compiler, a built program, an analyser.
///
/// ```
/// use fixwright_validate::Task;
///
/// let one = Task::new(["gcc", "-Wall", "-c", "main.c"]);
/// let make = Task::new(["make", "-j2"]).in_dir("src");
/// let shell = Task::new(["sh", "-c", "./configure && make"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Task {
    /// The program and its arguments. No shell reads them.
    pub argv: Vec<String>,
    /// The folder that the program runs in, relative to the root of the tree.
    pub dir: PathBuf,
    /// The environment of the program. `TMPDIR` is added, a folder that goes away with the copy of
    /// the tree, and what `/bin/sh` sets, `PWD` at least.
    pub env: Vec<(String, String)>,
    /// What the program may use.
    pub limits: Limits,
}

impl Task {
    /// The command `argv` at the root of the tree, with the default [`Limits`], the standard
    /// `PATH`, and messages in English.
    pub fn new(argv: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let env = [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("LC_ALL", "C.UTF-8")];
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            dir: PathBuf::new(),
            env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            limits: Limits::default(),
        }
    }

    /// The same command in a folder of the tree.
    #[must_use]
    pub fn in_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self
    }

    /// The same command with a variable set in its environment.
    #[must_use]
    pub fn with_env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.env.retain(|(other, _)| *other != name);
        self.env.push((name, value.into()));
        self
    }

    /// The same command with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The error that the command cannot be started.
    pub(crate) fn not_started(&self, source: io::Error) -> Error {
        let program = self.argv.first().cloned().unwrap_or_default();
        Error::Start { program, dir: self.dir.clone(), source }
    }
}

/// What a command may use. `None` is no limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Limits {
    /// The time until the command and all its descendants are killed.
    pub wall_time: Duration,
    /// Processor time of each single process, in whole seconds, rounded up.
    pub cpu_time: Option<Duration>,
    /// Address space of each single process, in bytes. Programs under AddressSanitizer need
    /// terabytes.
    pub memory: Option<u64>,
    /// Stack of each single process, in bytes; what the system gives by default, often 8 MiB, if this is `None`.
    #[serde(default)]
    pub stack: Option<u64>,
    /// Size of each single file that is written, in bytes.
    pub file_size: Option<u64>,
    /// Processes and threads at a time, of the command with all its descendants. Only a sandbox limits them.
    pub processes: Option<u64>,
    /// Bytes of output after which the command is killed.
    pub flood: Option<u64>,
    /// How many bytes of the output are kept: half from its beginning, half from its end.
    pub output: usize,
}

impl Default for Limits {
    /// A minute, a minute of processor time, files of 256 MiB, 256 processes, 64 KiB of output; memory is
    /// not limited.
    fn default() -> Self {
        Self {
            wall_time: Duration::from_secs(60),
            cpu_time: Some(Duration::from_secs(60)),
            memory: None,
            stack: None,
            file_size: Some(256 << 20),
            processes: Some(256),
            flood: None,
            output: 64 << 10,
        }
    }
}

impl Limits {
    /// Whole seconds of processor time.
    pub(crate) fn cpu_seconds(&self) -> Option<u64> {
        self.cpu_time.map(|time| time.as_secs() + u64::from(time.subsec_nanos() > 0))
    }

    /// What holds in a sandbox: all of it, or the command does not start.
    pub(crate) fn in_sandbox(&self, means: &Means) -> Enforced {
        Enforced {
            wall_time: Some(self.wall_time),
            cpu_time: self.cpu_seconds().map(Duration::from_secs),
            memory: self.memory,
            stack: self.stack,
            file_size: self.file_size,
            processes: self.processes,
            sandbox: Some(means.clone()),
        }
    }
}

/// The limits that really held while a command ran. `None` is one that was not asked for or that
/// the system could not enforce.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Enforced {
    /// See [`Limits::wall_time`].
    pub wall_time: Option<Duration>,
    /// See [`Limits::cpu_time`].
    pub cpu_time: Option<Duration>,
    /// See [`Limits::memory`].
    pub memory: Option<u64>,
    /// See [`Limits::stack`].
    #[serde(default)]
    pub stack: Option<u64>,
    /// See [`Limits::file_size`].
    pub file_size: Option<u64>,
    /// See [`Limits::processes`].
    pub processes: Option<u64>,
    /// What kept the command from everything but its tree; `None` if nothing did.
    pub sandbox: Option<Means>,
}
