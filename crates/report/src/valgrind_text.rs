//! The text that valgrind's tools write: memcheck, helgrind, DRD.
//!
//! ```text
//! ==12== Invalid read of size 8
//! ==12==    at 0x1092B9: main (heap.c:35)
//! ==12==  Address 0x4a40048 is 8 bytes inside a block of size 16 free'd
//! ==12==    at 0x484417B: free (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
//! ==12==    by 0x1092B4: main (heap.c:34)
//! ```
//!
//! Each error and each leak is one report; what the program itself writes in between is passed over. The rule is the
//! name that valgrind's XML has for the kind of error (`InvalidRead`, `Leak_DefinitelyLost`, `Race`), or the
//! signal that ended the program.
//!
//! The place of the defect is the first frame of the first stack that lies in the program's own code: not in
//! valgrind's replacements, the C library or the C++ library. [`BugReport::steps`](crate::BugReport::steps) are
//! the stacks as printed, with the tags `access`, `freed by`, `allocated by`, `created by`, `previous access`,
//! `lock`, `stack` and, last, `thread created` for the threads that helgrind announced above the error.

mod class;
mod collect;
mod line;

pub(crate) use class::{cwe, level};

use crate::input::Input;
use crate::lines::Lines;
use crate::stream::{Halt, Sink};

/// Whether `input` has a line of valgrind and a frame, or the name of a tool.
pub(crate) fn is_like(input: &str) -> bool {
    let sign = |line| matches!(line::kind(line), line::Kind::Frame { .. } | line::Kind::Tool(_));
    input.lines().filter_map(line::content).any(|(_, content)| sign(content))
}

/// Reads every error in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines = Lines::new(input);
    let mut collector = collect::Collector::default();
    while let Some(line) = lines.next(sink)? {
        if let Some(report) = collector.line(&line) {
            sink.report(report)?;
        }
        if collector.is_valgrind() {
            sink.recognised();
        }
    }
    collector.finish().map_or(Ok(()), |report| sink.report(report))
}
