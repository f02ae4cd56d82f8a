//! The kinds of valgrind's errors, from the first line of each.

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
