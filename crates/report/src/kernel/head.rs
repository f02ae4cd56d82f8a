//! The lines that name a defect of the kernel.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::frame;
use crate::Location;
use crate::reference::pattern;
use crate::trace::{Access, place};

/// What the line says that names the defect.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The class of the defect.
    pub(super) rule: String,
    /// The part of the kernel that found it, where it says so.
    pub(super) tool: Option<&'static str>,
    /// The severity as written.
    pub(super) word: &'static str,
    /// Where it is, if the line says so.
    pub(super) place: Location,
    /// The function that it is in, if the line says no more than that.
    pub(super) frame: Option<Location>,
    pub(super) access: Option<Access>,
    pub(super) address: Option<String>,
}

/// A shape of such lines, and how it is made into a [`Head`].
struct Shape {
    regex: Regex,
    head: fn(&Captures<'_>) -> Head,
}

/// Whether one of the signs is anywhere in a text, which is much faster to say than where.
pub(super) fn may_be_in(text: &str) -> bool {
    static SIGN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            "BUG: |WARNING: |INFO: |UBSAN: |kernel BUG at |Oops: |nable to handle |NABLE TO HANDLE ",
            "|general protection fault|divide error: |stack segment: |Kernel panic - ",
        ))
    });
    SIGN.is_match(text)
}

/// What the line names, if it names a defect.
pub(super) fn head(text: &str) -> Option<Head> {
    static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(shapes);
    // What goes before may be the tag of a watchdog or of RCU.
    static SIGN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:watchdog: |rcu: )?(?:BUG: |WARNING: |INFO: |UBSAN: |kernel BUG at |Oops: |(?i:unable to handle )",
            r"|general protection fault|divide error: |stack segment: |Kernel panic - )",
        ))
    });
    let text = text.trim();
    let text = text.strip_prefix("[ ").map_or(text, |boxed| boxed.trim_end_matches(" ]"));
    if !SIGN.is_match(text) {
        return None;
    }
    let text = text.trim_start_matches("watchdog: ").trim_start_matches("rcu: ");
    SHAPES.iter().find_map(|shape| shape.regex.captures(text).map(|found| (shape.head)(&found)))
}

fn shapes() -> Vec<Shape> {
    let shape = |text: &str, head| Shape { regex: pattern(text), head };
    vec![
        shape(
            r"^BUG: (?P<tool>KASAN|KCSAN|KMSAN|KFENCE): (?P<class>.+?)(?: in (?P<frame>.+))?$",
            sanitizer,
        ),
        shape(r"^UBSAN: (?P<class>[^ ]+) in (?P<place>[^ ]+:[0-9]+)", |found| Head {
            tool: Some("UBSAN"),
            ..named(slug(part(found, "class")), "BUG", found)
        }),
        shape(r"^kernel BUG at (?P<place>[^ ]+:[0-9]+)!?$", |found| {
            named("kernel-BUG", "BUG", found)
        }),
        shape(
            r"^WARNING: CPU: [0-9]+ PID: [0-9]+ at (?P<place>[^ ]+:[0-9]+)(?: (?P<frame>.+))?$",
            warning,
        ),
        shape(r"^WARNING: (?P<place>[^ ]+:[0-9]+) at (?P<frame>.+?)(?:, CPU#.*)?$", warning),
        shape(r"^WARNING: CPU: [0-9]+ PID: [0-9]+ at (?P<frame>[^ ]+\+0x.+)$", warning),
        shape(r"^WARNING: possible circular locking dependency", |found| {
            lockdep("circular-locking", found)
        }),
        shape(r"^WARNING: possible recursive locking", |found| lockdep("recursive-locking", found)),
        shape(
            concat!(
                r"^(?:WARNING|INFO|BUG): (?P<class>possible irq lock inversion|inconsistent lock state|suspicious RCU usage",
                r"|bad unlock balance|held lock freed|lock held when returning to user space|nested lock was not taken",
                r"|Invalid wait context|[A-Z-]+-safe -> [A-Z-]+-unsafe lock order|trying to register non-static key)",
            ),
            |found| lockdep(&slug(part(found, "class")), found),
        ),
        shape(r"^INFO: task .+ blocked (?:in [A-Z] state )?for more than", |found| {
            named("task-hung", "INFO", found)
        }),
        shape(r"^INFO: rcu.* stall", |found| named("rcu-stall", "INFO", found)),
        shape(r"^BUG: (?P<class>soft lockup|workqueue lockup)", |found| {
            named(slug(part(found, "class")), "BUG", found)
        }),
        shape(
            r"(?i)^(?:BUG: )?(?:unable to handle )?kernel NULL pointer dereference(?:.*?\b(?:address:?|at) (?P<address>(?:0x)?[0-9a-f]+))?",
            |found| named("null-pointer-dereference", "BUG", found),
        ),
        shape(
            r"(?i)^(?:BUG: )?unable to handle (?:page fault|kernel paging request)(?:.*?\b(?:address:?|at) (?P<address>(?:0x)?[0-9a-f]+))?",
            |found| named("page-fault", "BUG", found),
        ),
        shape(
            r"^(?:Oops: )?general protection fault(?:.*? address (?P<address>0x[0-9a-f]+))?",
            |found| named("general-protection-fault", "Oops", found),
        ),
        shape(r"^(?:Oops: )?divide error: ", |found| named("divide-error", "Oops", found)),
        shape(r"^(?:Oops: )?stack segment: ", |found| named("stack-segment", "Oops", found)),
        shape(r"^Oops: ", |found| named("oops", "Oops", found)),
        shape(r"^BUG: memory leak$", |found| Head {
            tool: Some("kmemleak"),
            ..named("memory-leak", "BUG", found)
        }),
        shape(
            r"^BUG: (?P<class>[a-z][A-Za-z -]+?)(?: at (?P<place>[^ ]+:[0-9]+)|: .*|,.*)?$",
            |found| named(slug(part(found, "class")), "BUG", found),
        ),
    ]
}

fn sanitizer(found: &Captures<'_>) -> Head {
    let tool =
        ["KASAN", "KCSAN", "KMSAN", "KFENCE"].into_iter().find(|&tool| tool == part(found, "tool"));
    let class = part(found, "class");
    let (class, access) = match class.rsplit_once(' ') {
        Some((class, "read")) => (class, Some(Access::Read)),
        Some((class, "write")) => (class, Some(Access::Write)),
        _ => (class, None),
    };
    let frame = found.name("frame").and_then(|frame| frame::named(frame.as_str()));
    Head { rule: slug(class), tool, word: "BUG", frame, access, ..Head::default() }
}

fn warning(found: &Captures<'_>) -> Head {
    named("WARNING", "WARNING", found)
}

fn lockdep(rule: &str, found: &Captures<'_>) -> Head {
    Head { tool: Some("lockdep"), ..named(rule, "WARNING", found) }
}

/// A defect with the place, frame and address that its line names.
fn named(rule: impl Into<String>, word: &'static str, found: &Captures<'_>) -> Head {
    Head {
        rule: rule.into(),
        word,
        place: found.name("place").map_or_else(Location::default, |at| place(at.as_str())),
        frame: found.name("frame").and_then(|frame| frame::named(frame.as_str())),
        address: found.name("address").map(|address| address.as_str().to_owned()),
        ..Head::default()
    }
}

fn part<'a>(found: &Captures<'a>, name: &str) -> &'a str {
    found.name(name).map_or("", |part| part.as_str())
}

/// The words of a class, with hyphens for what is between them.
fn slug(words: &str) -> String {
    words.split([' ', ',']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        for (line, rule, place, function) in [
            (
                "BUG: KASAN: slab-use-after-free in f+0x708/0x8a0 fs/a.c:85",
                "slab-use-after-free",
                "?",
                "f",
            ),
            ("BUG: KASAN: double-free in kfree+0x1/0x2", "double-free", "?", "kfree"),
            ("BUG: KCSAN: data-race in f / g", "data-race", "?", "f"),
            ("BUG: KFENCE: use-after-free read in f+0x1/0x2", "use-after-free", "?", "f"),
            ("BUG: KFENCE: memory corruption in f+0x1/0x2", "memory-corruption", "?", "f"),
            ("BUG: KMSAN: uninit-value in f+0x1/0x2 fs/a.c:3", "uninit-value", "?", "f"),
            (
                "UBSAN: shift-out-of-bounds in ./include/linux/log2.h:57:13",
                "shift-out-of-bounds",
                "./include/linux/log2.h:57:13",
                "",
            ),
            (
                "general protection fault, probably for non-canonical address 0xdffffc0000000003: 0000 [#1] PREEMPT SMP KASAN",
                "general-protection-fault",
                "?",
                "",
            ),
            (
                "Oops: general protection fault, probably for non-canonical address 0xdff: 0000 [#1]",
                "general-protection-fault",
                "?",
                "",
            ),
            (
                "BUG: kernel NULL pointer dereference, address: 0000000000000018",
                "null-pointer-dereference",
                "?",
                "",
            ),
            (
                "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000018",
                "null-pointer-dereference",
                "?",
                "",
            ),
            ("BUG: unable to handle page fault for address: ffffc90000", "page-fault", "?", ""),
            ("kernel BUG at fs/ext4/a.h:193!", "kernel-BUG", "fs/ext4/a.h:193", ""),
            ("WARNING: CPU: 0 PID: 12 at fs/a.c:34 f+0x12/0x34", "WARNING", "fs/a.c:34", "f"),
            (
                "WARNING: fs/a.c:34 at f+0x12/0x34 fs/a.c:33, CPU#1: kworker/58",
                "WARNING",
                "fs/a.c:34",
                "f",
            ),
            ("WARNING: possible circular locking dependency detected", "circular-locking", "?", ""),
            ("[ BUG: Invalid wait context ]", "Invalid-wait-context", "?", ""),
            ("INFO: task syz.0.17:5981 blocked for more than 143 seconds.", "task-hung", "?", ""),
            ("watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [a:1]", "soft-lockup", "?", ""),
            ("rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", "rcu-stall", "?", ""),
            (
                "BUG: sleeping function called from invalid context at mm/a.c:3",
                "sleeping-function-called-from-invalid-context",
                "mm/a.c:3",
                "",
            ),
            ("BUG: scheduling while atomic: a/12/0x00000002", "scheduling-while-atomic", "?", ""),
            ("BUG: memory leak", "memory-leak", "?", ""),
            ("divide error: 0000 [#1] SMP", "divide-error", "?", ""),
        ] {
            let found = head(line).expect(line);
            assert_eq!(found.rule, rule, "{line}");
            assert_eq!(found.place.to_string(), place, "{line}");
            let function = Some(function).filter(|name| !name.is_empty());
            assert_eq!(found.frame.and_then(|frame| frame.function).as_deref(), function, "{line}");
        }
        for line in
            ["BUG", "a warning: x", "INFO: started", "WARNING: unknown", "debug: BUG: x", "Oops"]
        {
            assert!(head(line).is_none(), "{line}");
        }
    }
}
