//! The whole way: report and source in, judged patches out.
//!
//! A repair is a [`search()`]: a [`Writer`] answers the request, each answer that makes a new text is given to a [`Judge`], and the first that
//! passes everything ends it; of the others the best is kept. [`Repairer`] is the writer with a model, `Validator` the usual judge.

use std::path::Path;
use std::sync::{Arc, Mutex};

use fixwright_decode::{CostCurve, SourceDraft, Target};
use fixwright_llama::engine;
use fixwright_llama::weights::Weights;
use fixwright_prompt::{Budget, Index, Request, related};

use crate::error::Result;

mod ask;
#[cfg(feature = "burn")]
mod burn;
mod candidate;
mod event;
mod fault;
mod head;
mod judge;
mod load;
mod options;
mod propose;
mod screen;
mod search;
mod writer;

use head::Head;
use writer::Decoder;

pub use ask::{Asked, Asker};
pub use candidate::{Candidate, Proposal};
pub use event::{Event, Progress};
pub use judge::{About, Judge};
pub use load::LoadOptions;
pub use options::Options;
pub use screen::Screen;
pub use search::{Ended, Repair, search};
pub use writer::{Writer, Written};

/// The longest draft whose cost is measured, for whoever waits for the first answer waits for that too; longer ones are taken to go on in
/// proportion.
const LONGEST_MEASURED: usize = 16;

/// A model that is ready to repair: the processor's, unless another [`Target`] is named.
///
/// ```no_run
/// use std::ops::ControlFlow;
/// use std::path::Path;
///
/// use fixwright::repair::{About, LoadOptions, Options, Repairer};
/// use fixwright::validate::{CopyOptions, Isolation, Launcher, Sandbox, Task, Validator, sandbox};
/// use fixwright::{prompt, report, source::SourceFile};
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     // What compiles and runs candidates is this program, started again.
///     if let Some(error) = sandbox::enter() {
///         return Err(error.into());
///     }
///     let root = Path::new("project");
///     let found = report::parse(&std::fs::read("bug.txt")?)?;
///     let report = found.reports.first().ok_or("there is no report")?;
///     let name = report.location.path.as_deref().ok_or("the report names no file")?;
///     let file = SourceFile::find(root, name)?;
///     let line = report.location.line.map(|line| line as usize);
///     let request = prompt::Request::new(report, &file.path, &file.text, line, &prompt::Options::default())?;
///
///     let isolation = Isolation::Sandboxed(Sandbox::new(Launcher::this_program()?)?);
///     let (make, copy) = (Task::new(["make"]), CopyOptions::default());
///     let validator = Validator::new(root, make, copy, isolation, &mut |_| ControlFlow::Continue(()))?;
///     let repairer = Repairer::load(Path::new("model.gguf"), &LoadOptions::default())?;
///
///     let judge = About { validator: &validator, report };
///     let repair = repairer.repair(&request, &judge, &Options::default(), &mut |_| ControlFlow::Continue(()))?;
///     if let Some(best) = repair.repaired() && let Ok(patch) = &best.proposal.patch {
///         print!("{patch}");
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Repairer<T = engine::Session> {
    /// Has seen nothing; every search begins with a clone.
    fresh: T,
    asker: Asker,
    cost: CostCurve,
    /// What the last prompt was read to. Held while an answer is decoded.
    last: Mutex<Head<T>>,
}

impl Repairer {
    /// Loads a model, a GGUF file or a Hugging Face folder, to run on the processor.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the model's files.
    pub fn load(path: &Path, options: &LoadOptions) -> Result<Self> {
        let weights = Weights::open(path)?;
        let asker = Asker::open(path, &weights)?;
        let model = options.model(&weights)?;
        Self::new(engine::Session::new(Arc::new(model)), asker)
    }
}

impl<T: Target + Clone> Repairer<T> {
    /// A repairer with a model of any kind that has seen nothing. Measures what drafts of it cost.
    ///
    /// # Errors
    ///
    /// A model that fails.
    pub fn new(mut fresh: T, asker: Asker) -> Result<Self> {
        let cost = CostCurve::measure(&mut fresh, LONGEST_MEASURED)?;
        let last = Mutex::new(Head::new(fresh.clone()));
        Ok(Self { fresh, asker, cost, last })
    }

    /// The model's tokenizer and chat template.
    pub fn asker(&self) -> &Asker {
        &self.asker
    }

    /// The model, having seen nothing.
    pub fn session(&self) -> T {
        self.fresh.clone()
    }

    /// The proposer for one answer, which minds what a forward pass of this model costs.
    pub fn drafter(&self, asked: &Asked) -> SourceDraft {
        self.asker.drafter(asked).with_cost(self.cost.clone())
    }

    /// The request with the definitions of what its code uses, in `tokens` tokens of this model at most. `tree` is the source tree.
    #[must_use]
    pub fn in_context<'r>(&self, request: Request<'r>, tree: &Index, tokens: usize) -> Request<'r> {
        let count = |text: &str| {
            self.asker.tokenizer().encode(text).map_or(usize::MAX, |text| text.ids.len())
        };
        let definitions = related(&request, Some(tree), Budget { tokens, count: &count });
        request.with_definitions(definitions)
    }

    /// The model as it answers the prompts of one search. What it has computed for one it does not compute again for the next, as far as both begin
    /// alike; nor for the first prompt of the next search. Answers that `screen`, if there is one, does not admit are passed over as those are that say
    /// nothing new, up to four in a row, or four for each that are ranked together; where answers are diffs or sampled all are given. The model waits for the screen.
    pub fn writer<'a>(
        &'a self,
        options: &'a Options,
        screen: Option<Screen<'a>>,
    ) -> impl Writer + 'a {
        Decoder::new(self, options, screen)
    }

    /// [Searches](search()) for a repair with this model, with a [`Screen`] out of what `judge` tells apart. One answer is decoded at a time, or as many as are ranked together, however many searches go on: while
    /// one has the model, others can be judged.
    ///
    /// # Errors
    ///
    /// What is no candidate's fault: a prompt too long for the model, a model or judge that fails.
    pub fn repair(
        &self,
        request: &Request<'_>,
        judge: &dyn Judge,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Repair> {
        let screen = Screen::of(request, judge);
        search(request, &mut self.writer(options, Some(screen)), judge, options, progress)
    }
}
