//! The launcher's side: confine this process, then become the command.

use crate::Error;
use crate::sandbox::asked;

/// Becomes a confined command, if this process was started for that; a host program calls this first of all in `main`.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     if let Some(error) = fixwright_validate::sandbox::enter() {
///         eprintln!("{error}");
///         return std::process::ExitCode::from(125);
///     }
///     // What the program is really for.
///     std::process::ExitCode::SUCCESS
/// }
/// ```
///
/// Returns `None` in a process that was not started as a launcher, or has only tried out what can be enforced and has nothing
/// else to do; an error if this process should have become a command and could not: it must end at once then.
pub fn enter() -> Option<Error> {
    let (mode, policy, argv) = asked()?;
    Some(become_command(&mode, &policy, &argv))
}

#[cfg(target_os = "linux")]
fn become_command(
    mode: &std::ffi::OsStr,
    policy: &std::ffi::OsStr,
    argv: &[std::ffi::OsString],
) -> Error {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use super::{Means, Policy, calls, files, unavailable};

    let policy: Policy = match serde_json::from_str(&policy.to_string_lossy()) {
        Ok(policy) => policy,
        Err(error) => return unavailable(&format!("no policy: {error}")),
    };
    let confined = limit(&policy).and_then(|()| {
        let landlock = files::restrict(&policy)?;
        calls::restrict(landlock).map(|()| landlock)
    });
    let landlock = match confined {
        Ok(landlock) => landlock,
        Err(error) => return error,
    };
    let mut command = if mode == "try" {
        let means = Means { landlock, seccomp: true, user: policy.user };
        let mut command = Command::new("/bin/echo");
        command.arg(serde_json::to_string(&means).unwrap_or_default());
        command
    } else {
        let Some((program, arguments)) = argv.split_first() else { return Error::EmptyCommand };
        let mut command = Command::new(program);
        command.args(arguments);
        command
    };
    if let Some(user) = policy.user {
        command.uid(user).gid(user);
    }
    unavailable(&format!("cannot become the command: {}", command.exec()))
}

#[cfg(not(target_os = "linux"))]
fn become_command(_: &std::ffi::OsStr, _: &std::ffi::OsStr, _: &[std::ffi::OsString]) -> Error {
    super::unavailable("there is no sandbox for this system; it needs Linux")
}

/// Sets the limits that the system counts.
#[cfg(target_os = "linux")]
fn limit(policy: &super::Policy) -> Result<(), Error> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    use super::unavailable;

    let processes = policy.processes.map(|most| {
        let own = || rustix::process::geteuid().as_raw();
        most.saturating_add(threads_of(policy.user.unwrap_or_else(own)))
    });
    // At the soft limit of processor time comes SIGXCPU, which names the reason; one second later, SIGKILL.
    let limits = [
        (Resource::Cpu, policy.cpu_time, 1),
        (Resource::As, policy.memory, 0),
        (Resource::Stack, policy.stack, 0),
        (Resource::Fsize, policy.file_size, 0),
        (Resource::Nproc, processes, 0),
        (Resource::Core, Some(0), 0),
    ];
    for (resource, limit, grace) in limits {
        let Some(limit) = limit else { continue };
        let limit = Rlimit { current: Some(limit), maximum: Some(limit.saturating_add(grace)) };
        setrlimit(resource, limit)
            .map_err(|error| unavailable(&format!("a limit cannot be set: {error}")))?;
    }
    Ok(())
}

/// How many threads run as this user already, which the limit counts too.
#[cfg(target_os = "linux")]
fn threads_of(user: u32) -> u64 {
    use std::fs;
    use std::os::linux::fs::MetadataExt as _;

    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = processes.filter(|entry| entry.metadata().is_ok_and(|data| data.st_uid() == user));
    own.map(|entry| fs::read_dir(entry.path().join("task")).map_or(0, |tasks| tasks.count() as u64))
        .sum()
}
