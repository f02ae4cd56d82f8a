//! What the sanitizers of gcc and clang print when a program goes wrong.
//!
//! ```text
//! ==12==ERROR: AddressSanitizer: heap-use-after-free on address 0x6140 at pc 0x4f4b bp 0x7ffd sp 0x7ffc
//! READ of size 4 at 0x6140 thread T0
//!     #0 0x4f4b44 in main src/a.cpp:5:10
//! freed by thread T0 here:
//!     #0 0x4f2962 in operator delete[](void*) asan_new_delete.cc:170:3
//!     #1 0x4f4af6 in main src/a.cpp:4:3
//! SUMMARY: AddressSanitizer: heap-use-after-free src/a.cpp:5:10 in main
//! ```
//!
//! Read are the traces of AddressSanitizer and HWAddressSanitizer, MemorySanitizer, ThreadSanitizer, LeakSanitizer
//! (a report for each leak), UndefinedBehaviorSanitizer (a report for each `runtime error:`) and libFuzzer, with or
//! without symbols and columns, in between whatever else a log holds.
//!
//! - The place of the defect is the first frame of the first stack that lies in the program's own code: not in the
//!   sanitizer's runtime, the C library, a C++ library or its headers, or what comes before `main`. If no such
//!   frame has a source line, the first one gives the name of the function alone.
//! - [`BugReport::steps`](crate::BugReport::steps) are the stacks as printed, innermost frame first. A step's `flow` counts the stacks, its
//!   `nesting` the frames of one, and its `tag` says what the stack is: `access`, `previous access`, `freed by`,
//!   `allocated by`, `thread created`, `stored at`, `created by`, `stack frame`, `mutex created`, `mutex acquired`.
//! - The title is the line that names the defect; the description the lines that tell of the memory.
//! - The rule is the class in the sanitizer's spelling with hyphens for spaces (`heap-use-after-free`, `data-race`,
//!   `memory-leak`); of undefined behaviour the name that `-fsanitize=` takes (`null`, `signed-integer-overflow`).

mod class;
mod collect;
mod line;

use crate::input::Input;
use crate::lines::Lines;
use crate::stream::{Halt, Sink};

/// Whether `input` has such a trace.
pub(crate) fn is_like(input: &str) -> bool {
    line::has_sign(input) && input.lines().any(line::begins)
}

/// Reads every trace in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines = Lines::new(input);
    let mut collector = collect::Collector::default();
    while let Some(line) = lines.next(sink)? {
        if let Some(report) = collector.line(&line) {
            sink.report(report)?;
        }
    }
    collector.finish().map_or(Ok(()), |report| sink.report(report))
}
