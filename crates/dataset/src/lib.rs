//! Pairs of bug report and fix as JSON Lines: one [`RepairSample`] a line.
//!
//! The format is that of the ScalarLM code repair pipeline, seven fields that say what was
//! reported, where, in which source, and what an expert changed. Other data sets have fewer of them
//! and many of their own. So every field may be missing, and what has no field here is kept in
//! [`RepairSample::extra`] as it stood, number for number. A line that passes through this crate
//! means the same afterwards, though its fields may stand in another order and a field of ours that
//! was `null` is left out.
//!
//! Such files are large and made by many hands. A [`Reader`] holds one line at a time and never
//! more than a limit of it, says line and byte of whatever it cannot read, and goes on with the
//! line after it. [`write_file`] puts a whole file in place or leaves the old one.
//!
//! ```
//! use fixwright_dataset::{Reader, write};
//!
//! let rows = r#"{"bug_report_text": "Line: 9", "line_number": 9, "code": "int f;", "checker": "UNINIT"}
//! {"line_number": "nine"}
//! {"code": "int g;"}"#;
//!
//! let (good, bad): (Vec<_>, Vec<_>) = Reader::new(rows.as_bytes()).partition(Result::is_ok);
//! let samples: Vec<_> = good.into_iter().flatten().collect();
//! assert_eq!(samples[0].line_number, Some(9));
//! assert_eq!(samples[0].extra.get::<&str>("checker")?, Some("UNINIT"));
//! assert_eq!(samples[1].code.as_deref(), Some("int g;"));
//!
//! let error = bad[0].as_ref().unwrap_err().to_string();
//! assert_eq!(error, r#"line 2 (byte 109): invalid type: string "nine", expected u32"#);
//!
//! let mut line = Vec::new();
//! write(&mut line, &samples[1])?;
//! assert_eq!(line, b"{\"code\":\"int g;\"}\n");
//! # Ok::<(), fixwright_dataset::Error>(())
//! ```
//!
//! # From sources to a data set
//!
//! A [`Source`] makes samples of something else and counts what it leaves out: [`Paired`] folders of reports and diffs, a git [`History`], students'
//! [`Assignments`], [`Rows`] that are there already, findings that commits make vanish ([`Replay`]), and correct programs, broken by some sixty
//! rules ([`Injection`]). [`curate`] reads sources one after the other, leaves out
//! what its [`Filter`] does not want and what is nearly the same as a sample before it, divides the rest into parts that share no
//! problem or no repository, and writes a [`Manifest`] beside them. What a prompt shows around a report can go into a sample too: a
//! [`PromptContext`], of which [`RepairSample::request`] makes the prompt again. Curating holds two groups of samples in memory, and
//! a few hundred bytes of each that it keeps.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::ops::ControlFlow;
//!
//! use fixwright_dataset::{CurateContext, CurateOptions, Named, Rows, curate, words_and_signs};
//!
//! let folder = tempfile::tempdir()?;
//! let rows = folder.path().join("rows.jsonl");
//! let row = r#"{"code": "int f(int n) { return n <= 9; }", "fixed": "int f(int n) { return n < 9; }"}"#;
//! std::fs::write(&rows, format!("{row}\n{row}\n"))?;
//!
//! let mut options = CurateOptions::default();
//! options.near_duplicates = Some(0.8);
//! let context = CurateContext {
//!     tokens: &words_and_signs,
//!     evaluator: None,
//!     progress: &|_| ControlFlow::Continue(()),
//! };
//! let sources = vec![Named { name: "rows".into(), source: Box::new(Rows::open(&rows)?) }];
//! let manifest = curate(sources, folder.path(), &options, BTreeMap::new(), &context)?;
//! assert_eq!(manifest.sources[0].read, 2);
//! assert_eq!(manifest.dropped.count("near-duplicate"), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An [`Evaluator`] judges what a model answered for a sample.
//!
//! Left to others: what a report means.

#![forbid(unsafe_code)]

mod assignments;
#[cfg(feature = "syntax")]
mod context;
mod correct;
mod curate;
mod error;
mod evaluate;
mod extra;
mod fault;
mod filter;
mod history;
#[cfg(feature = "syntax")]
mod inject;
mod lines;
mod manifest;
mod minhash;
mod outcomes;
mod paired;
mod prompt_context;
mod read;
mod replay;
mod rows;
mod sample;
mod source;
mod split;
mod spoilers;
#[cfg(feature = "syntax")]
mod syntax;
mod walk;
mod wire;
mod write;

pub use assignments::{Assignments, read_tests};
#[cfg(feature = "syntax")]
pub use context::{ContextOptions, InContext};
pub use correct::Correct;
pub use curate::{CurateContext, CurateEvent, CurateOptions, Named, curate};
pub use error::{Error, Place};
pub use evaluate::{Evaluated, Evaluator, Programs};
pub use extra::Extra;
pub use fault::{FailingRun, Fault};
pub use filter::{CountTokens, Filter, changed_lines, words_and_signs};
pub use history::{History, HistoryOptions, Walked};
#[cfg(feature = "syntax")]
pub use inject::{InjectOptions, Injection, Rule};
pub use manifest::{Manifest, PartRecord, SourceRecord};
pub use outcomes::Outcomes;
pub use paired::Paired;
pub use prompt_context::PromptContext;
pub use read::{ReadOptions, Reader};
pub use replay::Replay;
pub use rows::Rows;
pub use sample::{RepairSample, TestCase};
pub use source::{Skipped, Source};
pub use split::{Part, Split, SplitBy};
pub use spoilers::without_spoilers;
pub use write::{write, write_file};
