//! Repair prompts for language models: a bug report and the source it is about become a conversation, and the
//! model's answer becomes a fix.
//!
//! The same [`render`] makes the prompt to train on and the prompt to ask with, and [`expected`] makes the answer to train on, which
//! [`read`] is sure to read back. A model may be asked for one of three [`Target`]s: a diff, the lines around the report,
//! or the whole file. A request can show the whole function around the report, and the definitions of what the code uses, found by [`related`] in
//! an [`Index`] of the source tree (feature `syntax`, which is on by default and needs a C compiler to build). Whatever the file's line endings are, the model sees `\n`; the fix gets the file's own again.
//!
//! Where an answer turned out to be no good, [`render_again`] asks once more and says why.
//!
//! In training, an [`EditMask`] says how much each part of that answer counts: all the same, or the repair more than what is only copied.
//!
//! A model speaks through its own [`ChatTemplate`]. What a report or a source file says is never taken for a part of that template, nor
//! for one of the model's control tokens: rendering gives [`Segment`]s that keep the two apart all the way to the tokenizer.
//!
//! Applying a diff is left to `fixwright-patch`, judging the fix to `fixwright-validate`, and running the model to others yet.
//!
//! ```
//! use fixwright_prompt::{Finish, Fix, Options, Request, expected, read, render};
//! use fixwright_report::BugReport;
//!
//! let mut report = BugReport::default();
//! report.title = Some("Off-by-one in the loop condition".into());
//! let source = "int sum(const int *a, int n) {\n  int s = 0;\n  for (int i = 0; i <= n; i++)\n    s += a[i];\n  return s;\n}\n";
//! let request = Request::new(&report, "sum.c", source, 3, &Options::default())?;
//!
//! let prompt = render(&request);
//! assert!(prompt.messages[1].content.contains("Line: 3: for (int i = 0; i <= n; i++)"));
//!
//! let fixed = source.replace("<=", "<");
//! let answer = format!("Here you are:\n{}\nThe loop went one too far.", expected(&request, &fixed)?);
//! let answer = read(&request, &answer, Finish::Stop)?;
//! assert_eq!(answer.fix, Fix::Source(fixed));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod answer;
mod attempt;
mod chat;
#[cfg(feature = "syntax")]
mod context;
mod definition;
mod drift;
mod error;
mod fence;
mod lines;
mod mask;
mod message;
mod request;
mod scope;
mod target;
mod template;
mod window;
mod wording;

pub use answer::{Answer, AnswerError, Finish, Fix, read};
pub use attempt::{Attempt, Fault};
pub use chat::{ChatTemplate, Segment};
#[cfg(feature = "syntax")]
pub use context::{Budget, Index, IndexEvent, IndexStats, estimate_tokens, parse_c, related};
pub use definition::{Definition, DefinitionKind};
pub use error::{Error, Result};
pub use mask::{EditMask, FastFixerMask, MaskStrategy, WeightedSpan};
pub use message::{Message, Role};
pub use request::{Options, Request};
pub use scope::Scope;
pub use target::Target;
pub use template::{Prompt, TEMPLATE_VERSION, expected, render, render_again};
pub use window::{Margin, Window};
