//! The whole way: report and source in, judged patches out.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use fixwright_decode::{
    CostCurve, Options as DecodeOptions, Random, Sampling, SourceDraft, Target,
};
use fixwright_llama::engine::{self, Model};
use fixwright_llama::tokenizer::Tokenizer;
use fixwright_llama::weights::Weights;
use fixwright_prompt::{Budget, Index, Request, related};
use fixwright_validate::{Validator, Verdict};

use crate::error::Result;

mod ask;
#[cfg(feature = "burn")]
mod burn;
mod candidate;
mod load;
mod propose;

pub use ask::{Asked, Asker};
pub use candidate::{Candidate, Proposal};
pub use load::LoadOptions;

/// The longest draft whose cost is measured; longer ones are taken to go on in proportion.
const LONGEST_MEASURED: usize = 64;

/// A model that is ready to repair: the processor's, unless another [`Target`] is named.
#[derive(Debug)]
pub struct Repairer<T = engine::Session> {
    /// Has seen nothing; every search begins with a clone.
    fresh: T,
    asker: Asker,
    cost: CostCurve,
}

/// How to look for a repair.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// The most candidates to try. The first is the model's most likely answer, the others are sampled.
    pub candidates: usize,
    /// Temperature of the sampled candidates.
    pub temperature: f32,
    /// Nucleus of the sampled candidates.
    pub top_p: f32,
    /// The same seed gives the same candidates.
    pub seed: u64,
    /// The most tokens of an answer; `None` for half as much again as the answer that would change nothing, and 64 more.
    pub max_new_tokens: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { candidates: 1, temperature: 0.7, top_p: 0.95, seed: 0, max_new_tokens: None }
    }
}

impl Options {
    /// The options with another number of candidates.
    #[must_use]
    pub fn with_candidates(mut self, candidates: usize) -> Self {
        self.candidates = candidates;
        self
    }

    /// The options with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The options with a limit on the tokens of an answer.
    #[must_use]
    pub fn with_max_new_tokens(mut self, tokens: usize) -> Self {
        self.max_new_tokens = Some(tokens);
        self
    }

    /// How a candidate is decoded, counted from 0. The first is greedy, every other one has a seed of its own.
    #[must_use]
    pub fn decoding(
        &self,
        candidate: usize,
        asked: &Asked,
        tokenizer: &Tokenizer,
    ) -> DecodeOptions {
        let sampling = match candidate {
            0 => Sampling::Greedy,
            _ => Sampling::Random(Random {
                temperature: self.temperature,
                top_p: self.top_p,
                seed: self.seed.wrapping_add(candidate as u64),
                ..Random::default()
            }),
        };
        DecodeOptions {
            max_new_tokens: self.max_new_tokens.unwrap_or(asked.usual_limit()),
            stop_tokens: tokenizer.end_of_turn().to_vec(),
            sampling,
            ..DecodeOptions::default()
        }
    }
}

/// What happens during a repair.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Candidate `index` (from 0) of `of` is being asked for, with a prompt of so many tokens.
    Asking {
        /// Which candidate.
        index: usize,
        /// How many there are at most.
        of: usize,
        /// Tokens of the prompt.
        prompt_tokens: usize,
    },
    /// The model wrote this.
    Text(&'a str),
    /// The candidate is being compiled; comes again while that goes on.
    Judging,
    /// The candidate was judged.
    Judged(&'a Candidate),
}

/// Hears of each [`Event`] and may stop the work; what is finished by then is returned.
pub type Progress<'a> = &'a mut dyn FnMut(Event<'_>) -> ControlFlow<()>;

/// What became of a repair.
#[derive(Debug)]
#[non_exhaustive]
pub struct Repair {
    /// Every candidate that was judged, the best first.
    pub candidates: Vec<Candidate>,
    /// Whether the callback stopped the work before it was done.
    pub cancelled: bool,
}

impl Repair {
    /// The best candidate, if it applies and compiles.
    pub fn repaired(&self) -> Option<&Candidate> {
        self.candidates.first().filter(|candidate| candidate.judged.verdict >= Verdict::Compiles)
    }
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
        let engine = engine::Options { threads: options.threads, ..engine::Options::default() };
        let model = Model::load(&weights, &engine)?;
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
        Ok(Self { fresh, asker, cost })
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

    /// Asks for candidates and judges each, until one applies, compiles and brings no new diagnostic, or there are as many as `options`
    /// allows. A candidate that was there before keeps its verdict.
    ///
    /// # Errors
    ///
    /// What is no candidate's fault: a prompt too long for the model, a model or validator that fails.
    pub fn repair(
        &self,
        request: &Request<'_>,
        validator: &Validator,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Repair> {
        let mut search = Search {
            repairer: self,
            request,
            validator,
            options,
            asked: self.asker.ask(request)?,
            session: self.fresh.clone(),
            found: Vec::new(),
        };
        let stop = (0..options.candidates)
            .find_map(|index| search.next(index, &mut *progress).transpose());
        let cancelled = matches!(stop.transpose()?, Some(Stop::Cancelled));
        search.found.sort_by_key(Candidate::rank);
        Ok(Repair { candidates: search.found, cancelled })
    }
}

/// The candidates of one request, one after the other.
struct Search<'a, T> {
    repairer: &'a Repairer<T>,
    request: &'a Request<'a>,
    validator: &'a Validator,
    options: &'a Options,
    asked: Asked,
    session: T,
    found: Vec<Candidate>,
}

/// Why a search ends before its last candidate.
enum Stop {
    /// Nothing better is to be expected.
    Clean,
    /// The callback broke it off.
    Cancelled,
}

impl<T: Target + Clone> Search<'_, T> {
    fn next(&mut self, index: usize, progress: Progress<'_>) -> Result<Option<Stop>> {
        let (of, prompt_tokens) = (self.options.candidates, self.asked.prompt.len());
        if progress(Event::Asking { index, of, prompt_tokens }).is_break() {
            return Ok(Some(Stop::Cancelled));
        }
        let decoding = self.options.decoding(index, &self.asked, self.repairer.asker.tokenizer());
        let proposal = self.repairer.propose(
            &mut self.session,
            self.request,
            &self.asked,
            &decoding,
            progress,
        )?;
        let Some(proposal) = proposal else { return Ok(Some(Stop::Cancelled)) };
        let known = self.found.iter().find(|known| known.proposal.patch == proposal.patch);
        let judged = match known {
            Some(known) => Some(known.judged.clone()),
            None => candidate::judge(&proposal, self.validator, progress)?,
        };
        let Some(judged) = judged else { return Ok(Some(Stop::Cancelled)) };
        let candidate = Candidate { index, proposal, judged };
        let (clean, cancelled) =
            (candidate.is_clean(), progress(Event::Judged(&candidate)).is_break());
        self.found.push(candidate);
        Ok(if clean { Some(Stop::Clean) } else { cancelled.then_some(Stop::Cancelled) })
    }
}
