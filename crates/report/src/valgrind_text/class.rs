//! The kinds of valgrind's errors, from the first line of each.

use crate::Level;
use crate::trace::{Access, weaknesses};

/// How bad a kind of error is: what valgrind counts as an error is one, and memory that is still reachable is not.
pub(crate) fn level(class: &str) -> Level {
    if class == "Leak_StillReachable" { Level::Note } else { Level::Error }
}

/// The name that valgrind's XML has for this kind of error.
pub(super) fn class(head: &str) -> Option<&str> {
    /// How the line begins, and what else is in it.
    const KINDS: &[(&str, &str, &str)] = &[
        ("Invalid read of size", "", "InvalidRead"),
        ("Invalid write of size", "", "InvalidWrite"),
        ("Invalid free()", "", "InvalidFree"),
        ("Mismatched ", "", "MismatchedFree"),
        ("Conditional jump or move depends on uninitialised", "", "UninitCondition"),
        ("Use of uninitialised value", "", "UninitValue"),
        ("Syscall param ", "", "SyscallParam"),
        ("Jump to the invalid address", "", "InvalidJump"),
        ("Source and destination overlap", "", "Overlap"),
        ("Argument ", "fishy", "FishyValue"),
        ("realloc() with size 0", "", "ReallocSizeZero"),
        ("Illegal memory pool address", "", "InvalidMemPool"),
        ("Unaddressable byte(s) found during client check", "", "ClientCheck"),
        ("Uninitialised byte(s) found during client check", "", "ClientCheck"),
        ("Possible data race", "", "Race"),
        ("Thread #", "unlocked a not-locked lock", "UnlockUnlocked"),
        ("Thread #", "currently held by", "UnlockForeign"),
        ("Thread #", "unlocked an invalid lock", "UnlockBogus"),
        ("Thread #", "'s call to ", "PthAPIerror"),
        ("Thread #", "lock order", "LockOrder"),
        ("Thread #", ":", "Misc"),
        ("Conflicting ", " by thread ", "ConflictingAccess"),
        ("", " are definitely lost in loss record", "Leak_DefinitelyLost"),
        ("", " are indirectly lost in loss record", "Leak_IndirectlyLost"),
        ("", " are possibly lost in loss record", "Leak_PossiblyLost"),
        ("", " are still reachable in loss record", "Leak_StillReachable"),
    ];
    let fits =
        |(begin, within, _): &&(&str, &str, &str)| head.starts_with(begin) && head.contains(within);
    if let Some((_, _, name)) = KINDS.iter().find(fits) {
        return Some(name);
    }
    // `Process terminating with default action of signal 11 (SIGSEGV)`.
    let (_, after) = head.strip_prefix("Process terminating")?.split_once('(')?;
    after.split([')', ':']).next()
}

/// The weakness of a kind of error; that of an invalid access depends on where the address lies.
pub(crate) fn cwe(class: &str, about: &str) -> &'static [u32] {
    let access = match class {
        "InvalidRead" => Access::Read,
        "InvalidWrite" => Access::Write,
        "InvalidFree" if about.contains("free'd") => return weaknesses("double-free", None),
        _ => return weaknesses(class, None),
    };
    if about.contains("free'd") && !about.contains("(recently) free'd") {
        weaknesses("use-after-free", None)
    } else if about.contains(" a block of size ") {
        weaknesses("heap-buffer-overflow", Some(access))
    } else if about.contains("Address 0x0 is not") {
        weaknesses("null", None)
    } else {
        &[]
    }
}
