//! What the Linux kernel logs when something is wrong in it.
//!
//! ```text
//! [   96.5][ T6095] BUG: KASAN: slab-use-after-free in dir_check+0x708/0x8a0 fs/ext4/dir.c:85
//! [   96.5][ T6095] Read of size 2 at addr ffff8880601f4003 by task a.out/6095
//! [   96.5][ T6095] Call Trace:
//! [   96.5][ T6095]  kasan_report+0x118/0x150 mm/kasan/report.c:634
//! [   96.5][ T6095]  dir_check+0x708/0x8a0 fs/ext4/dir.c:85
//! [   96.5][ T6095] Freed by task 6097:
//! [   96.5][ T6095]  kfree+0x18e/0x440 mm/slub.c:4842
//! ```
//!
//! Read are the reports of KASAN, KCSAN, KMSAN, KFENCE, UBSAN, lockdep and kmemleak, oopses, `BUG`, `WARNING`, hung
//! tasks and stalls, before every line whatever the log puts there (time, task, level, host), decoded to source
//! lines or not. Machines that write into one log at the same time are not told apart.
//!
//! - The place of the defect is the line that the report names (`kernel BUG at`, `WARNING`, `UBSAN`), or the first
//!   frame of its first stack that is not in the machinery: not in the sanitizers and what calls them, lockdep,
//!   `dump_stack` and the handling of faults and warnings, the slab allocator, locks, the scheduler, or string
//!   functions, and not an inline function of a header under `include/`.
//! - [`BugReport::steps`](crate::BugReport::steps) are the stacks as printed, innermost frame first, `RIP` before
//!   the call trace that goes with it. A step's `tag` says what its stack is: `access`, `concurrent access`, `call
//!   trace`, `allocated by`, `freed by`, `work created`, `page allocated`, `page freed`, `stored at`, `created by`,
//!   `acquiring`, `holding`, `lock dependency`, `other cpu`.
//! - The title is the line that names the defect; where a decoder repeats it for every inlined function, the last
//!   one, which is what the kernel wrote.

mod collect;
mod frame;
mod head;
mod line;

use crate::input::Input;
use crate::lines::Lines;
use crate::stream::{Halt, Sink};

pub(crate) use collect::Collector;
pub(crate) use line::without_prefix;

/// Whether `input` has such a report.
pub(crate) fn is_like(input: &str) -> bool {
    head::may_be_in(input) && input.lines().any(|line| head::head(without_prefix(line)).is_some())
}

/// Reads every report in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines = Lines::new(input);
    let mut collector = Collector::default();
    while let Some(line) = lines.next(sink)? {
        if let Some(report) = collector.line(&line) {
            sink.report(report)?;
        }
    }
    collector.finish().map_or(Ok(()), |report| sink.report(report))
}
