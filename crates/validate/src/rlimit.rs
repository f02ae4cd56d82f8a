//! Limits that the system holds a process to, and all that it will start.

use rustix::process::Pid;

use crate::task::{Enforced, Limits};

#[cfg(target_os = "linux")]
pub(crate) fn enforce(pid: Pid, limits: &Limits) -> Enforced {
    use std::time::Duration;

    use rustix::process::{Resource, Rlimit, prlimit};

    let set = |resource, current: u64, maximum: u64| {
        let limit = Rlimit { current: Some(current), maximum: Some(maximum) };
        prlimit(Some(pid), resource, limit).is_ok()
    };
    Enforced {
        wall_time: Some(limits.wall_time),
        // At the soft limit comes SIGXCPU, which names the reason; one second later, SIGKILL.
        cpu_time: limits
            .cpu_seconds()
            .filter(|seconds| set(Resource::Cpu, *seconds, seconds.saturating_add(1)))
            .map(Duration::from_secs),
        memory: limits.memory.filter(|bytes| set(Resource::As, *bytes, *bytes)),
        stack: limits.stack.filter(|bytes| set(Resource::Stack, *bytes, *bytes)),
        file_size: limits.file_size.filter(|bytes| set(Resource::Fsize, *bytes, *bytes)),
        ..Enforced::default()
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn enforce(_: Pid, limits: &Limits) -> Enforced {
    Enforced { wall_time: Some(limits.wall_time), ..Enforced::default() }
}
