//! The frames of kernel stacks, and which of them are machinery.

use std::sync::LazyLock;

use regex::Regex;

use crate::Location;
use crate::reference::pattern;
use crate::trace::{Rank, place};

/// The frame in a line of a call trace, and how well it serves as the place of the defect.
///
/// ```text
/// dir_check+0x708/0x8a0 fs/ext4/dir.c:85
/// getdents64 fs/readdir.c:410 [inline]
/// ? dir_check+0x708/0x8a0 [ext4]
/// dir_check (fs/ext4/dir.c:85 (discriminator 1)) ext4
/// ```
pub(super) fn frame(text: &str) -> Option<(Location, Rank)> {
    static FRAME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:\[<[0-9a-fx]+>\] )?(?P<unsure>\? )?(?P<name>[A-Za-z_][\w.$]*)(?P<offset>\+0x[0-9a-f]+/0x[0-9a-f]+)?",
            r"(?: \[\w+(?: [0-9a-f]+)?\])?",
            r"(?: \(?(?P<place>[^\s():]+:-?[0-9]+(?::[0-9]+)?)(?: \(discriminator [0-9]+\))?\)?)?(?P<inline> \[inline\]| \(inlined by\)| \w+)?$",
        ))
    });
    let found = FRAME.captures(text.trim())?;
    if found.name("offset").is_none() && found.name("place").is_none() {
        return None;
    }
    let mut location = found.name("place").map_or_else(Location::default, |at| place(at.as_str()));
    location.function = Some(found["name"].to_owned());
    let inline = found.name("inline").is_some_and(|mark| mark.as_str().ends_with("[inline]"));
    let passed = found.name("unsure").is_some() || is_machinery(&location, inline);
    Some((location, if passed { Rank::Runtime } else { Rank::Own }))
}

/// The frame that a line names which is no part of a stack: a function with or without its offset and place.
pub(super) fn named(text: &str) -> Option<Location> {
    let text = text.split(" / ").next().unwrap_or(text);
    frame(text).map(|(location, _)| location).or_else(|| {
        let name = text.trim();
        let is_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
        is_name.then(|| Location { function: Some(name.to_owned()), ..Location::default() })
    })
}

fn is_machinery(frame: &Location, inline: bool) -> bool {
    const FOLDERS: &[&str] = &[
        "mm/kasan/",
        "mm/kmsan/",
        "mm/kfence/",
        "mm/slub.c",
        "mm/slab",
        "kernel/kcsan/",
        "kernel/panic.c",
        "kernel/locking/",
        "kernel/sched/",
        "kernel/hung_task.c",
        "kernel/printk/",
        "lib/dump_stack.c",
        "lib/nmi_backtrace.c",
        "lib/ubsan.c",
        "lib/bug.c",
        "lib/refcount.c",
        "lib/string",
        "include/linux/kasan",
        "include/linux/instrumented.h",
        "arch/x86/kernel/traps.c",
        "arch/x86/kernel/dumpstack.c",
        "arch/x86/mm/fault.c",
    ];
    const NAMES: &[&str] = &[
        "kasan_",
        "__kasan_",
        "__asan_",
        "__hwasan_",
        "kmsan_",
        "__msan_",
        "kcsan_",
        "__kcsan_",
        "__tsan_",
        "kfence_",
        "__kfence_",
        "ubsan_",
        "__ubsan_",
        "dump_stack",
        "__dump_stack",
        "dump_backtrace",
        "show_stack",
        "print_report",
        "print_address_description",
        "print_circular_bug",
        "check_memory_region",
        "check_noncircular",
        "check_prev",
        "validate_chain",
        "mark_lock",
        "lock_acquire",
        "__lock_acquire",
        "lock_release",
        "lockdep_",
        "report_bug",
        "handle_bug",
        "exc_",
        "asm_exc_",
        "__warn",
        "warn_slowpath",
        "panic",
        "__might_",
        "fortify_panic",
        "__fortify_panic",
        "refcount_warn_saturate",
        "_raw_spin_",
        "__raw_spin_",
        "_raw_read_",
        "_raw_write_",
        "rt_spin_lock",
        "mutex_lock",
        "__mutex_lock",
        "down_read",
        "down_write",
        "schedule",
        "__schedule",
        "memcpy",
        "__memcpy",
        "memmove",
        "__memmove",
        "memset",
        "__memset",
        "memcmp",
        "strlen",
        "strnlen",
        "strcmp",
        "strncmp",
        "strcpy",
        "strscpy",
        "kfree",
        "kvfree",
        "kmalloc",
        "__kmalloc",
        "kmem_cache_",
        "slab_",
        "__slab_",
        "___slab_",
    ];
    let path = frame.path.as_deref().unwrap_or_default();
    let within =
        |part: &&str| path.find(*part).is_some_and(|at| at == 0 || path[..at].ends_with('/'));
    let name = frame.function.as_deref().unwrap_or_default();
    (inline && within(&"include/"))
        || FOLDERS.iter().any(within)
        || NAMES.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        for (line, function, place, rank) in [
            (" dir_check+0x708/0x8a0 fs/ext4/dir.c:85", "dir_check", "fs/ext4/dir.c:85", Rank::Own),
            (
                " __do_sys_getdents64 fs/readdir.c:410 [inline]",
                "__do_sys_getdents64",
                "fs/readdir.c:410",
                Rank::Own,
            ),
            (
                " lock_buffer include/linux/buffer_head.h:426 [inline]",
                "lock_buffer",
                "include/linux/buffer_head.h:426",
                Rank::Runtime,
            ),
            (" ? dir_check+0x708/0x8a0", "dir_check", "?", Rank::Runtime),
            (" dir_check+0x708/0x8a0 [ext4]", "dir_check", "?", Rank::Own),
            (" dir_check+0x708/0x8a0 [ext4 0123abcd]", "dir_check", "?", Rank::Own),
            (
                "dir_check (fs/ext4/dir.c:85 (discriminator 1)) ext4",
                "dir_check",
                "fs/ext4/dir.c:85",
                Rank::Own,
            ),
            (
                "? kasan_report (mm/kasan/report.c:603)",
                "kasan_report",
                "mm/kasan/report.c:603",
                Rank::Runtime,
            ),
            ("[<ffffffff81012345>] f.isra.0+0x1/0x2", "f.isra.0", "?", Rank::Own),
            (
                " ext4_write_begin+0xb40/0x18c0 fs/ext4/ext4_jbd2.h:-1",
                "ext4_write_begin",
                "fs/ext4/ext4_jbd2.h",
                Rank::Own,
            ),
            (" kfree+0x18e/0x440 mm/slub.c:4842", "kfree", "mm/slub.c:4842", Rank::Runtime),
        ] {
            let (found, ranked) = frame(line).expect(line);
            assert_eq!(found.function.as_deref(), Some(function), "{line}");
            assert_eq!(found.to_string(), place, "{line}");
            assert_eq!(ranked, rank, "{line}");
        }
        for line in ["<TASK>", "Modules linked in:", "RAX: 0 RBX: 1", "0x7f2ff398e929", "word", ""]
        {
            assert_eq!(frame(line), None, "{line}");
        }
    }
}
