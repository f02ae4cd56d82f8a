//! Bug report in, verified patch out.
//!
//! fixwright turns what static analysers and compilers say about C code into patches: it reads the report, asks a Llama-family language
//! model for a fix, and keeps the answers that apply and compile. This crate is the door to all of it: every other crate is
//! re-exported under its own noun, and `Repairer` (feature `model`) walks the whole way.
//!
//! | module | feature | what |
//! |---|---|---|
//! | [`report`] | | bug reports of every source as one type |
//! | [`patch`] | | unified diffs: make, parse, apply |
//! | [`prompt`] | | report and source to prompt, answer to fix |
//! | [`validate`] | | compile a candidate and judge it |
//! | [`dataset`] | | pairs of report and fix as JSON Lines |
//! | [`source`] | | the file that a report means, found in a tree |
//! | `llama`, `decode`, `tokenizer`, `repair` | `model` | the model, decoding with drafts, and the `Repairer`, whose page shows the whole way |
//! | the same on burn, and on NVIDIA GPUs | `burn`, `cuda` | |
//! | `finetune` | `finetune` | masked fine-tuning |
//!
//! Whoever needs one of them depends on that crate alone. The modules without a feature build in seconds, with `model` in a minute or two; `burn`,
//! and so `cuda` and `finetune`, takes several.
//!
//! Candidates run in a sandbox, for which the program starts itself: its `main` begins with [`validate::sandbox::enter`].
//!
//! # Example
//!
//! The way of a repair without a model: here the answer is known.
//!
//! ```
//! use fixwright::prompt::{Finish, Fix, Options, Request, read, render};
//! use fixwright::patch::{DiffOptions, FilePatch};
//!
//! let source = "int half(int x)\n{\n\treturn x / 0;\n}\n";
//! let found = fixwright::report::parse("half.c:3:11: warning: division by zero [-Wdiv-by-zero]\n")?;
//! let report = &found.reports[0];
//! let line = report.location.line.ok_or("the report names no line")?;
//! let request = Request::new(report, "half.c", source, line as usize, &Options::default())?;
//! assert!(render(&request).messages[1].content.contains("division by zero"));
//!
//! let answer = read(&request, "```c\nint half(int x)\n{\n\treturn x / 2;\n}\n```", Finish::Stop)?;
//! let Fix::Source(fixed) = answer.fix else { unreachable!("a window was asked for") };
//! let diff = FilePatch::between("half.c", Some(source.as_bytes()), Some(fixed.as_bytes()), &DiffOptions::default());
//! assert!(diff.to_string().contains("-\treturn x / 0;\n+\treturn x / 2;\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

pub use fixwright_dataset as dataset;
#[cfg(feature = "model")]
pub use fixwright_decode as decode;
#[cfg(feature = "finetune")]
pub use fixwright_finetune as finetune;
#[cfg(feature = "model")]
pub use fixwright_llama as llama;
pub use fixwright_patch as patch;
pub use fixwright_prompt as prompt;
pub use fixwright_report as report;
pub use fixwright_validate as validate;

mod error;
#[cfg(feature = "model")]
pub mod repair;
pub mod source;
#[cfg(feature = "model")]
pub mod tokenizer;

pub use error::{Error, Result};
#[cfg(feature = "model")]
pub use repair::Repairer;
