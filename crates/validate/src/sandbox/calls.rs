//! seccomp: which system calls a command may make.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

use super::unavailable;
use crate::Error;

/// Refused with `EPERM`: the network, leaving the process group, other namespaces, the kernel's own matters.
const REFUSED: [i64; 33] = [
    libc::SYS_socket,
    libc::SYS_io_uring_setup,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_quotactl,
];

/// The namespaces that `clone` could make.
const NAMESPACES: [i32; 7] = [
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
];

/// The bit of the numbers that x86-64 processes may make 32-bit style calls by.
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;

/// The first version of Landlock that keeps files from being cut short by their names.
const TRUNCATE: u32 = 3;

/// Filters the system calls of this process, which is confined to its files by this version of Landlock.
pub(super) fn restrict(landlock: u32) -> Result<(), Error> {
    let failed = |error: &dyn std::fmt::Display| unavailable(&format!("seccomp: {error}"));
    let mut refused: BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    let namespaces = NAMESPACES.iter().map(|flag| namespace(*flag)).collect::<Result<_, _>>();
    if landlock < TRUNCATE {
        refused.insert(libc::SYS_truncate, Vec::new());
    }
    refused.insert(libc::SYS_clone, namespaces.map_err(|error| failed(&error))?);
    #[cfg(target_arch = "x86_64")]
    for call in REFUSED.into_iter().chain([libc::SYS_clone, libc::SYS_clone3, libc::SYS_truncate]) {
        refused.insert(call | X32, Vec::new());
    }
    // What `clone3` is asked for stands in memory, which a filter cannot see; without it, the C library uses `clone`.
    let absent = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    for (calls, error) in [(refused, libc::EPERM), (absent, libc::ENOSYS)] {
        let arch = std::env::consts::ARCH.try_into().map_err(|error| failed(&error))?;
        let action = SeccompAction::Errno(error.unsigned_abs());
        let filter = SeccompFilter::new(calls, SeccompAction::Allow, action, arch);
        let filter = filter.map_err(|error| failed(&error))?;
        let program: BpfProgram =
            filter.try_into().map_err(|error: seccompiler::BackendError| failed(&error))?;
        apply_filter(&program).map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// A call whose first argument has the flag of a namespace.
fn namespace(flag: i32) -> Result<SeccompRule, seccompiler::BackendError> {
    let flag = u64::from(flag.unsigned_abs());
    let set = SeccompCmpOp::MaskedEq(flag);
    SeccompRule::new(vec![SeccompCondition::new(0, SeccompCmpArgLen::Qword, set, flag)?])
}
