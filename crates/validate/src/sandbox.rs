//! Keeping a command from everything but its tree.
//!
//! A command that a stranger wrote is started by way of a *launcher*: a process that gives up what the command is not to have, and then
//! becomes the command. Nothing that it gave up can be had back, by it or by anything that it starts.
//!
//! | what | by which means |
//! |---|---|
//! | reads the system's programs and libraries, reads and writes its own tree, and no other file | Landlock |
//! | no network | seccomp: no sockets |
//! | no signals to processes outside, no tracing of them | Landlock, from Linux 6.12 on; signals also by another user |
//! | does not leave its process group, so that all of it can be killed | seccomp: no `setsid`, no `setpgid` |
//! | no more than so many processes | `RLIMIT_NPROC`; not for root, who becomes `nobody` |
//!
//! What they do not keep it from: changing permissions, times and extended attributes of files outside that belong to whoever runs the
//! command. Builds change those of their own files by the same calls, and Landlock knows no right for it.
//!
//! The launcher is a program that calls [`enter`] before anything else: the host program itself, or the `fixwright-sandbox` program
//! that comes with this crate.

#[cfg(target_os = "linux")]
mod calls;
mod enter;
#[cfg(target_os = "linux")]
mod files;
mod policy;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::task::Limits;
use crate::{Error, Workspace};

pub use enter::enter;
pub(crate) use policy::Policy;

/// What the first argument of a launcher is.
const MARK: &str = "--fixwright-sandbox";
/// The user `nobody`, whom root becomes.
const NOBODY: u32 = 65_534;

/// The program that becomes a confined command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launcher {
    program: PathBuf,
}

impl Launcher {
    /// This very program, which must call [`enter`] first of all.
    ///
    /// # Errors
    ///
    /// [`Error::Sandbox`] if the system does not tell where the program is.
    pub fn this_program() -> Result<Self, Error> {
        // That is this program also where its file has been replaced since.
        let own = Path::new("/proc/self/exe");
        if own.exists() {
            return Ok(Self::at(own));
        }
        let program = std::env::current_exe();
        Ok(Self::at(program.map_err(|error| unavailable(&format!("no launcher: {error}")))?))
    }

    /// Another program that calls [`enter`], such as `fixwright-sandbox`.
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }
}

/// What confines a command on this system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    launcher: Launcher,
    readable: Vec<PathBuf>,
    means: Means,
}

/// The means that this system has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Means {
    /// The version of Landlock: 1 keeps from files, 4 from TCP, 6 from signalling.
    pub landlock: u32,
    /// Whether system calls are filtered.
    pub seccomp: bool,
    /// The user that the command runs as instead of root.
    pub user: Option<u32>,
}

impl Sandbox {
    /// Finds out what this system can enforce, by having `launcher` try it.
    ///
    /// # Errors
    ///
    /// [`Error::Sandbox`] if files or system calls cannot be kept from a command: there is no sandbox without these two. In a process that was
    /// started as a launcher and did not [`enter`] too: it would start the next one, and that the next.
    pub fn new(launcher: Launcher) -> Result<Self, Error> {
        if asked().is_some() {
            return Err(unavailable(NO_ENTER));
        }
        let mut sandbox = Self { launcher, readable: Vec::new(), means: Means::default() };
        let folder = tempfile::tempdir().map_err(Error::io(&std::env::temp_dir()))?;
        let policy = sandbox.policy(&[folder.path().to_path_buf()], &Limits::default());
        let tried = sandbox.command(&policy, true)?.output();
        let tried = tried
            .map_err(|error| unavailable(&format!("the launcher cannot be started: {error}")))?;
        if !tried.status.success() {
            return Err(unavailable(String::from_utf8_lossy(&tried.stderr).trim()));
        }
        sandbox.means = serde_json::from_slice(&tried.stdout).map_err(|_| unavailable(NO_ENTER))?;
        Ok(sandbox)
    }

    /// The same with another folder or file that commands may read and run: a compiler outside `/usr`, say.
    #[must_use]
    pub fn with_readable(mut self, path: impl Into<PathBuf>) -> Self {
        self.readable.push(path.into());
        self
    }

    /// What is enforced.
    pub fn means(&self) -> &Means {
        &self.means
    }

    /// A launcher's command for `argv` in `workspace`.
    pub(crate) fn launch(
        &self,
        argv: &[String],
        workspace: &Workspace,
        limits: &Limits,
    ) -> Result<Command, Error> {
        let writable = [workspace.root().to_path_buf(), workspace.scratch()];
        if let Some(user) = self.means.user {
            workspace.give_to(user)?;
        }
        let mut command = self.command(&self.policy(&writable, limits), false)?;
        command.args(argv);
        Ok(command)
    }

    fn policy(&self, writable: &[PathBuf], limits: &Limits) -> Policy {
        Policy {
            // Root becomes `nobody`, for whom the number of processes can be limited.
            user: rustix::process::geteuid().is_root().then_some(NOBODY),
            readable: self.readable.clone(),
            writable: writable.to_vec(),
            cpu_time: limits.cpu_seconds(),
            memory: limits.memory,
            stack: limits.stack,
            file_size: limits.file_size,
            processes: limits.processes,
        }
    }

    fn command(&self, policy: &Policy, trial: bool) -> Result<Command, Error> {
        let policy = serde_json::to_string(policy);
        let policy =
            policy.map_err(|error| unavailable(&format!("a path is not UTF-8: {error}")))?;
        let mut command = Command::new(&self.launcher.program);
        command.env_clear().arg(MARK).arg(if trial { "try" } else { "run" }).arg(policy);
        Ok(command)
    }
}

/// Whether untrusted commands are confined.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isolation {
    /// In a sandbox.
    Sandboxed(Sandbox),
    /// Not at all: the command can do whatever its user can.
    None,
}

const NO_ENTER: &str = "the launcher does not call `sandbox::enter`";

fn unavailable(reason: &str) -> Error {
    Error::Sandbox { reason: reason.to_owned() }
}

/// The arguments of this process, if it was started as a launcher: the mode, the policy, the command.
fn asked() -> Option<(OsString, OsString, Vec<OsString>)> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != MARK {
        return None;
    }
    Some((arguments.next()?, arguments.next()?, arguments.collect()))
}

/// What every command may read and run, as far as it is there.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/proc",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
    "/dev/full",
    "/sys/devices/system/cpu",
];

/// The devices that every command may also write.
const DEVICES: &[&str] = &["/dev/null"];

/// The paths that a policy lets a command read and run.
fn readable(policy: &Policy) -> impl Iterator<Item = &Path> {
    SYSTEM.iter().map(Path::new).chain(policy.readable.iter().map(PathBuf::as_path))
}
