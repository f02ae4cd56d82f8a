//! From sources to a data set: filter, find near-duplicates, divide, write.

mod examine;
mod hashing;
mod shelf;
mod verify;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::mem;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::filter::{CountTokens, Filter};
use crate::minhash::Index;
use crate::outcomes::Outcomes;
use crate::split::Split;
use crate::{Error, Evaluator, Manifest, RepairSample, Skipped, Source, SourceRecord};
use examine::{Examined, examine};
pub(crate) use hashing::{Hash, Hashing, hex};
use shelf::Shelf;
use verify::Verified;

/// The most samples that are in memory together, for each of two groups: one is read while the other is examined.
const GROUP_ROWS: usize = 256;
/// The same in bytes of code.
const GROUP_BYTES: usize = 8 << 20;
/// The most samples in a group if programs are run for them.
const GROUP_RUNS: usize = 32;

/// How a data set is made. The same options and sources give the same bytes, as far as programs that are run do the same each time: one that reads a variable which was
/// never set may not.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurateOptions {
    /// Which samples are kept.
    pub filter: Filter,
    /// Whether reports lose the sentences that tell the fix: see [`without_spoilers`](crate::without_spoilers). A sample of whose report
    /// nothing is left then is left out.
    pub without_spoilers: bool,
    /// Whether fixes are [minimised](Evaluator::minimise) where programs are run; the limits of the filter on changes then are for what is left.
    pub minimise: bool,
    /// How similar a sample may be to one before it, from 0 to 1; any, if this is `None`.
    ///
    /// Two samples are as similar as the less similar of two things: the lines that they change, and the code within ten lines of
    /// these. The similarity is that of Jaccard on runs of tokens. Candidates are found by their hashes, which miss one pair in 20,000
    /// of similarity 0.8, one in 100 of 0.7 and more below.
    pub near_duplicates: Option<f64>,
    /// How samples are divided; all are to train on if this is `None`.
    pub split: Option<Split>,
}

impl CurateOptions {
    /// What a sample must be like for its programs to be run.
    fn before_running(&self) -> Cow<'_, Filter> {
        if !self.minimise {
            return Cow::Borrowed(&self.filter);
        }
        let any = Filter { max_changed_lines: None, max_hunks: None, ..self.filter.clone() };
        Cow::Owned(any)
    }
}

/// What curating needs of its surroundings.
#[derive(Clone, Copy)]
pub struct CurateContext<'a> {
    /// Counts tokens for [`Filter::max_tokens`].
    pub tokens: CountTokens<'a>,
    /// Runs the programs of samples with tests: the code has to fail, which is noted for prompts, and the fix to pass. Nothing is run if this is `None`.
    pub evaluator: Option<&'a Evaluator>,
    /// Hears of each [`CurateEvent`], on any thread, and may stop the work: what is finished is then written.
    pub progress: &'a (dyn Fn(CurateEvent<'_>) -> ControlFlow<()> + Sync),
}

impl fmt::Debug for CurateContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurateContext").finish_non_exhaustive()
    }
}

/// Something that happened while a data set was made.
#[derive(Debug)]
#[non_exhaustive]
pub enum CurateEvent<'a> {
    /// So many more samples are done.
    Done {
        /// How many.
        samples: u64,
    },
    /// Something of a source could not be read.
    Unreadable {
        /// The name of the source.
        source: &'a str,
        /// Why.
        error: &'a Error,
    },
    /// A program is running.
    Running,
}

/// A source with the name that it has in the manifest.
pub struct Named {
    /// The name.
    pub name: String,
    /// The source.
    pub source: Box<dyn Source + Send>,
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Makes the data set of `sources` in `folder`: a file `PART.jsonl` for each [`Part`](crate::Part), and `manifest.json`.
///
/// Of near-duplicates the first is kept. Samples are examined on the threads of the current rayon pool, two groups of them being in
/// memory at a time. The files are put in place when all are written, the manifest last: while there is none, they do not belong together.
/// What programs said, of samples that were verified and of [sources that run some](Source::remember), is remembered in `folder` until the data set is
/// complete, so that a run after one that was broken off goes on.
///
/// # Errors
///
/// [`Error::File`] and [`Error::Scratch`] if something could not be written, [`Error::Validate`] if programs cannot be run. That
/// something cannot be read is an event, and counted.
pub fn curate(
    sources: Vec<Named>,
    folder: &Path,
    options: &CurateOptions,
    tools: BTreeMap<String, String>,
    context: &CurateContext<'_>,
) -> Result<Manifest, Error> {
    let shelf = Shelf::new(folder)?;
    let outcomes = Arc::new(Outcomes::open(folder)?);
    let minimise = options.minimise;
    let verified = |evaluator| Verified { evaluator, minimise, outcomes: Arc::clone(&outcomes) };
    let mut curation = Curation {
        options,
        context,
        index: options.near_duplicates.map(Index::new).transpose()?,
        shelf,
        verified: context.evaluator.map(verified),
        dropped: Skipped::default(),
    };
    let mut records = Vec::new();
    let mut complete = true;
    for mut source in sources {
        source.source.remember(&outcomes);
        let (record, flow) = curation.source(source)?;
        records.push(record);
        if flow.is_break() {
            complete = false;
            break;
        }
    }
    let Curation { shelf, mut dropped, .. } = curation;
    let files = shelf.divide(options.split.as_ref(), &mut dropped)?;
    let manifest = Manifest {
        schema: 1,
        version: env!("CARGO_PKG_VERSION"),
        complete,
        sources: records,
        options: serde_json::to_value(options).unwrap_or_default(),
        tools,
        dropped,
        parts: files.records(),
    };
    files.publish(&manifest)?;
    if complete {
        outcomes.forget()?;
    }
    Ok(manifest)
}

struct Curation<'a> {
    options: &'a CurateOptions,
    context: &'a CurateContext<'a>,
    index: Option<Index>,
    shelf: Shelf,
    verified: Option<Verified<'a>>,
    dropped: Skipped,
}

/// Samples read together, and what could not be read among them.
#[derive(Default)]
struct Group {
    samples: Vec<RepairSample>,
    errors: Vec<Error>,
}

impl Curation<'_> {
    /// Takes what a source has; breaks off where the caller wishes it.
    fn source(&mut self, named: Named) -> Result<(SourceRecord, ControlFlow<()>), Error> {
        let Named { name, mut source } = named;
        let mut record = SourceRecord::new(name);
        let mut group = self.read(&mut *source);
        let mut flow = ControlFlow::Continue(());
        while flow.is_continue() && !(group.samples.is_empty() && group.errors.is_empty()) {
            let current = mem::take(&mut group);
            let examined;
            (group, examined) = rayon::join(
                || self.read(&mut *source),
                || examine(&current.samples, self.options, self.context, self.verified.as_ref()),
            );
            flow = match examined? {
                Some(examined) => self.take(&current, examined, &mut record)?,
                None => ControlFlow::Break(()),
            };
        }
        record.facts = source.facts();
        record.skipped = source.skipped().clone();
        // A source may have heard of the wish before we did, and have ended early.
        let wish = (self.context.progress)(CurateEvent::Done { samples: 0 });
        Ok((record, if wish.is_break() { wish } else { flow }))
    }

    /// Counts what was read, and keeps what is to be kept.
    fn take(
        &mut self,
        group: &Group,
        examined: Vec<Examined>,
        record: &mut SourceRecord,
    ) -> Result<ControlFlow<()>, Error> {
        let mut flow = ControlFlow::Continue(());
        let mut tell = |event: CurateEvent<'_>| {
            if (self.context.progress)(event).is_break() {
                flow = ControlFlow::Break(());
            }
        };
        for error in &group.errors {
            tell(CurateEvent::Unreadable { source: &record.name, error });
        }
        tell(CurateEvent::Done { samples: group.samples.len() as u64 });
        record.unreadable += group.errors.len() as u64;
        record.read += group.samples.len() as u64;
        for one in examined {
            record.kept += u64::from(self.keep(one)?);
        }
        Ok(flow)
    }

    fn read(&self, source: &mut dyn Source) -> Group {
        let most = if self.context.evaluator.is_some() { GROUP_RUNS } else { GROUP_ROWS };
        let (mut group, mut bytes) = (Group::default(), 0);
        while group.samples.len() + group.errors.len() < most && bytes < GROUP_BYTES {
            match source.next() {
                Some(Ok(sample)) => {
                    bytes += sample.code.as_ref().map_or(0, String::len);
                    group.samples.push(sample);
                }
                Some(Err(error)) => group.errors.push(error),
                None => break,
            }
        }
        group
    }

    /// Whether a sample was kept.
    fn keep(&mut self, examined: Examined) -> Result<bool, Error> {
        let fit = match examined {
            Examined::Unfit { reason } => {
                self.dropped.add(reason);
                return Ok(false);
            }
            Examined::Fit(fit) => fit,
        };
        let twin = match &mut self.index {
            Some(index) => index.find_or_add(&fit.fingerprint)?,
            None => None,
        };
        match twin {
            Some(twin) => self.shelf.note_twin(twin, fit.key),
            None => self.shelf.put(fit)?,
        }
        Ok(twin.is_none())
    }
}
