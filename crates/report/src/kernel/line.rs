//! What one line of a kernel's report is.

use std::sync::LazyLock;

use regex::Regex;

use super::frame::frame;
use super::head::{Head, head};
use crate::Location;
use crate::reference::pattern;
use crate::trace::{Access, Rank};

/// What a line is.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// A defect is named.
    Head(Box<Head>),
    /// `Read of size 2 at addr ffff8880601f4003 by task a/6095`.
    Access {
        access: Access,
        size: &'a str,
        address: &'a str,
        task: &'a str,
    },
    /// A line above a stack, and what the stack is.
    Stack(&'static str),
    /// `Call Trace:`.
    CallTrace,
    Frame(Location, Rank),
    /// `RIP: 0010:` and a frame.
    Instruction(Location, Rank),
    /// A register that shows where user space was.
    UserSpace,
    /// Something about the defect in words.
    Prose,
    /// Registers, memory and the like.
    Body,
    /// `---[ end trace 0000000000000000 ]---`.
    EndTrace,
    /// `==================`.
    Rule,
    Blank,
    Other,
}

/// A line without the time, task, level and host before it, and the marks of a quoted mail.
pub(crate) fn without_prefix(line: &str) -> &str {
    static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:> ?)*(?:[A-Z0-9][^\[\]<>]{0,80} kernel: ?)?(?:<[0-9]{1,3}>)?",
            r"(?:\[ *(?:[0-9]+\.[0-9]+|[TC][0-9]+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9:]+)\] ?)*",
        ))
    });
    PREFIX.find(line).map_or(line, |found| &line[found.end()..])
}

/// Says what a line without its prefix is.
pub(super) fn kind(line: &str) -> Kind<'_> {
    let text = line.trim();
    if text.is_empty() {
        return Kind::Blank;
    }
    if let Some(head) = head(text) {
        return Kind::Head(Box::new(head));
    }
    if let Some((location, rank)) = frame(text).or_else(|| lock(text)) {
        return Kind::Frame(location, rank);
    }
    instruction(text).or_else(|| access(text)).or_else(|| stack(text)).unwrap_or_else(|| body(text))
}

/// The frame of a lock: `ffff88803375a950 (jbd2_handle){++++}-{0:0}, at: wait+0x19d/0x270 fs/a.c:151`.
fn lock(text: &str) -> Option<(Location, Rank)> {
    let (before, at) = text.split_once("}, at: ")?;
    before.contains('{').then(|| frame(at)).flatten()
}

fn instruction(text: &str) -> Option<Kind<'_>> {
    static REGISTER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:RIP: ?|EIP: ?|e?pc : ?|PC is at |NIP \[[0-9a-f]+\] ?)(?P<segment>[0-9a-f]{4}:)?",
        )
    });
    let found = REGISTER.captures(text)?;
    let rest = &text[found.get_match().end()..];
    Some(match frame(rest) {
        Some((location, rank)) => Kind::Instruction(location, rank),
        None if found.name("segment").is_some_and(|segment| segment.as_str() != "0010:") => {
            Kind::UserSpace
        }
        None => Kind::Body,
    })
}

fn access(text: &str) -> Option<Kind<'_>> {
    static ACCESS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:race at unknown origin, with )?(?P<access>(?i:read|write|free))(?:-write)?(?: \((?:marked|reordered)\))* (?:of size (?P<size>[0-9]+) at|to|of) (?:addr )?(?P<address>(?:0x)?[0-9a-f]+)(?: of (?P<bytes>[0-9]+) bytes)?(?: by (?P<task>.+?))?:?$",
        )
    });
    let found = ACCESS.captures(text)?;
    let part = |name| found.name(name).map_or("", |part| part.as_str());
    let access = match part("access") {
        "Read" | "read" => Access::Read,
        "Write" | "write" => Access::Write,
        _ => return Some(Kind::Prose),
    };
    let size = found.name("size").or(found.name("bytes")).map_or("", |size| size.as_str());
    Some(Kind::Access { access, size, address: part("address"), task: part("task") })
}

fn stack(text: &str) -> Option<Kind<'_>> {
    const SHAPES: &[(&str, &str)] = &[
        ("Allocated by task", "allocated by"),
        ("Allocated:", "allocated by"),
        ("allocated by task", "allocated by"),
        ("Freed by task", "freed by"),
        ("Freed:", "freed by"),
        ("freed by task", "freed by"),
        ("Last potentially related work creation:", "work created"),
        ("Second to last potentially related work creation:", "work created"),
        ("page last allocated via", "page allocated"),
        ("page last free ", "page freed"),
        ("page_owner free stack trace", "page freed"),
        ("Uninit was stored to memory at:", "stored at"),
        ("Uninit was created at:", "created by"),
        ("Local variable ", "created by"),
        ("but task is already holding lock:", "holding"),
        ("and this task is already holding:", "holding"),
        ("-> #", "lock dependency"),
        ("NMI backtrace for cpu", "other cpu"),
    ];
    if text.starts_with("Call Trace:")
        || text.starts_with("Call trace:")
        || text.starts_with("backtrace")
    {
        return Some(Kind::CallTrace);
    }
    if text.ends_with(" is trying to acquire lock:") || text.ends_with(" is trying to lock:") {
        return Some(Kind::Stack("acquiring"));
    }
    SHAPES.iter().find(|(begin, _)| text.starts_with(begin)).map(|(_, tag)| Kind::Stack(tag))
}

fn body(text: &str) -> Kind<'_> {
    static PROSE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:KASAN: |The buggy address |which belongs |which is located |(?:allocated |freed )?[0-9]+-byte region |value changed: ",
            r"|Bytes [0-9]+-[0-9]+ of |Byte [0-9]+ of |Memory access of size |#PF: |index -?[0-9]+ is out of range|shift exponent ",
            r"|left shift of |signed integer overflow|unsigned integer overflow|division (?:by zero|of )|load of (?:value|address|misaligned)",
            r"|member access within|store to |unreferenced object |refcount_t: |possible reason: ",
            r"|.* suspicious rcu_[a-z_]+\(\) usage)",
        ))
    });
    static BODY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:CPU: |Hardware name: |Modules linked in|Workqueue: |Tainted: |Not tainted|Code: |Comm: |task:|comm |page[:_ ]|flags: |raw: |head: ",
            r"|</?(?:TASK|IRQ|NMI|SOFTIRQ|#?[A-Z]{2})>|(?:[RE]?(?:[A-D]X|[SD]I|[SB]P|FLAGS)|[RF]S|CS|CR[0-9]|DR[0-9]|PKRU|R[0-9]{2}): ",
            r"|(?:x[0-9]+|sp|lr|ra|gp|tp|pstate) ?: |Memory state |>?[0-9a-f]{16}: |\^|Reported by Kernel |Kernel Offset|Dumping ftrace",
            r"|hex dump|[0-9]+ locks? held by|irq event stamp|(?:hard|soft)irqs last |Preemption disabled|(?:which|other|the|stack) .*:?$",
            r"|Possible unsafe locking|CPU[0-9] |---- |lock\(|rlock\(|\*\*\* DEADLOCK|<-- trapping|Oops: |Internal error: |Kernel panic - )",
        ))
    });
    if text.starts_with("========") {
        Kind::Rule
    } else if text.starts_with("---[ end ") {
        Kind::EndTrace
    } else if PROSE.is_match(text) {
        Kind::Prose
    } else if BODY.is_match(text) {
        Kind::Body
    } else {
        Kind::Other
    }
}
