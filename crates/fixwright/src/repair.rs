//! The whole way: report and source in, judged patches out.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use fixwright_decode::{Random, Sampling};
use fixwright_llama::Device;
use fixwright_llama::model::{Model, Session};
use fixwright_llama::tokenizer::Tokenizer;
use fixwright_llama::weights::Weights;
use fixwright_prompt::{Budget, ChatTemplate, Index, Request, related};
use fixwright_validate::{Validator, Verdict};

use crate::error::Result;

mod candidate;
mod propose;

use propose::Asked;

pub use candidate::{Candidate, Proposal};

/// A model that is ready to repair.
pub struct Repairer {
    model: Arc<Model>,
    tokenizer: Tokenizer,
    template: ChatTemplate,
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

    /// The first candidate is greedy, every other one has a seed of its own.
    fn sampling(&self, candidate: usize) -> Sampling {
        match candidate {
            0 => Sampling::Greedy,
            _ => Sampling::Random(Random {
                temperature: self.temperature,
                top_p: self.top_p,
                seed: self.seed.wrapping_add(candidate as u64),
                ..Random::default()
            }),
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
    /// Loads a model: a GGUF file, or a Hugging Face folder.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the model's files, or with the device.
    pub fn load(path: &Path, device: Device) -> Result<Self> {
        let weights = Weights::open(path)?;
        let tokenizer = match weights.gguf() {
            Some(gguf) => Tokenizer::from_gguf(gguf)?,
            None => Tokenizer::from_folder(path)?,
        };
        tokenizer.check_vocabulary(weights.config().vocab_size)?;
        let template = chat_template(&tokenizer)?;
        let model = Arc::new(Model::load(&weights, &device.open()?)?);
        Ok(Self { model, tokenizer, template })
    }

    /// The model's tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The request with the definitions of what its code uses, in `tokens` tokens of this model at most. `tree` is the source tree.
    #[must_use]
    pub fn in_context<'r>(&self, request: Request<'r>, tree: &Index, tokens: usize) -> Request<'r> {
        let count = |text: &str| self.tokenizer.encode(text).map_or(usize::MAX, |text| text.ids.len());
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
            asked: self.ask(request, options)?,
            session: Session::new(Arc::clone(&self.model)),
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
struct Search<'a> {
    repairer: &'a Repairer,
    request: &'a Request<'a>,
    validator: &'a Validator,
    options: &'a Options,
    asked: Asked,
    session: Session,
    found: Vec<Candidate>,
}

/// Why a search ends before its last candidate.
enum Stop {
    /// Nothing better is to be expected.
    Clean,
    /// The callback broke it off.
    Cancelled,
}

impl Search<'_> {
    fn next(&mut self, index: usize, progress: Progress<'_>) -> Result<Option<Stop>> {
        let (of, prompt_tokens) = (self.options.candidates, self.asked.prompt.len());
        if progress(Event::Asking { index, of, prompt_tokens }).is_break() {
            return Ok(Some(Stop::Cancelled));
        }
        let sampling = self.options.sampling(index);
        let proposal = self.repairer.propose(
            &mut self.session,
            self.request,
            &self.asked,
            sampling,
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

fn chat_template(tokenizer: &Tokenizer) -> Result<ChatTemplate> {
    let text = |id: Option<u32>| id.map_or(Ok(String::new()), |id| tokenizer.decode(&[id]));
    let (bos, eos) = (text(tokenizer.bos())?, text(tokenizer.eos())?);
    Ok(match tokenizer.chat_template() {
        Some(source) => ChatTemplate::new(source, &bos, &eos)?,
        None => ChatTemplate::plain(),
    })
}
