//! Judge a candidate fix: compile it, test it, compare it with the reference.
//!
//! A candidate is a patch that nobody has read yet. [`Validator`] applies it to a copy of the
//! source tree, never to the tree itself, compiles the copy with the command it was given, runs the tests of its [`Suite`] if
//! there is one, and compares the outcome with that of the tree as it is. Whatever the candidate does wrong is a
//! [`Verdict`]; an [`Error`] means that no judging was possible.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use fixwright_patch::{DiffOptions, FilePatch, Patch};
//! use fixwright_validate::{Task, CopyOptions, Isolation, Validator, Verdict};
//!
//! let tree = tempfile::tempdir()?;
//! let old = b"int f(void) { return 0; }\n";
//! std::fs::write(tree.path().join("f.c"), old)?;
//!
//! let mut go_on = |_| ControlFlow::Continue(());
//! let compile = Task::new(["gcc", "-Wall", "-c", "f.c"]);
//! let validator = Validator::new(tree.path(), compile, CopyOptions::default(), Isolation::None, &mut go_on)?;
//!
//! let mut judge = |new: &[u8]| {
//!     let file = FilePatch::between("f.c", Some(old), Some(new), &DiffOptions::default());
//!     validator.judge(&Patch { files: vec![file] }, &mut go_on)
//! };
//! let good = judge(b"int f(void) { return 1; }\n")?;
//! assert_eq!(good.verdict, Verdict::Compiles);
//! let bad = judge(b"int f(void) { return x; }\n")?;
//! assert!(bad.new_diagnostics[0].contains("undeclared"));
//! assert!(bad.verdict < good.verdict);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a command is held to
//!
//! What a model wrote is hostile until it has been read, and so is a build that runs it. [`Isolation::Sandboxed`] confines a command to
//! its own tree, without network and without a way out: [`sandbox`] says by which means. [`Limits`] says what a command may
//! use, and [`Enforced`] in each [`Run`] what it was really held to, the sandbox included.
//!
//! The command and its descendants form a process group that is killed when the command ends, runs out of time or is cancelled.
//! With [`Isolation::None`], a descendant can leave that group (`setsid`) and outlive it, though not hold up the judging, and the
//! command reads, writes and connects as its user may: do not build what you would not run. Processor time, memory and file size
//! are limited for each process, on Linux only.
//!
//! # Running the analyser again
//!
//! Where the report came from an [`Analyser`] that is at hand, [`Toolchain::with_analyser`] has it run on the tree before and after the
//! patch: [`Analysis`] says whether the reported finding is gone, and which have come.
//!
//! Left to others: finding candidates.

#![forbid(unsafe_code)]

mod analyser;
mod analysis;
mod c_lexer;
mod capture;
mod diagnostics;
mod error;
mod event;
mod executable;
mod judged;
mod likeness;
mod metrics;
mod process;
mod program;
mod recheck;
mod rlimit;
pub mod sandbox;
mod shell;
mod suite;
mod task;
mod tested;
mod toolchain;
mod validator;
mod verdict;
mod workspace;

pub use analyser::{Analyser, Findings};
pub use analysis::{Analysis, Moves, Reported, same_file};
pub use error::Error;
pub use event::{Event, Progress};
pub use executable::Executable;
pub use judged::Judged;
pub use likeness::{Likeness, same_but_for_white_space, same_tokens};
pub use metrics::{Estimate, Tally};
pub use process::{Ending, Run};
pub use sandbox::{Isolation, Launcher, Means, Sandbox};
pub use shell::put_parameter;
pub use suite::{Compare, Suite, TestCase, WrongOutput};
pub use task::{Enforced, Limits, Task};
pub use tested::{FailedTest, Failure, Tested};
pub use toolchain::{Check, Toolchain};
pub use validator::Validator;
pub use verdict::{Baseline, Verdict};
pub use workspace::{CopyOptions, Workspace};
