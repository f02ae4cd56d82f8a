//! What can be said of a sample by itself, on any thread.

use std::borrow::Cow;

use rayon::prelude::*;

use super::verify::{Seen, Verified};
use super::{CurateContext, CurateOptions};
use crate::filter::Change;
use crate::history::has_words;
use crate::minhash::Fingerprint;
use crate::split::Key;
use crate::{Error, RepairSample, without_spoilers, write};

/// What became of a sample.
pub(super) enum Examined {
    /// It is left out.
    Unfit { reason: &'static str },
    /// It is kept unless it is a near-duplicate.
    Fit(Box<Fit>),
}

/// A sample as it is kept.
pub(super) struct Fit {
    /// Its line, with the line end.
    pub(super) line: Vec<u8>,
    pub(super) fingerprint: Fingerprint,
    pub(super) key: Key,
    pub(super) origin: String,
    pub(super) licence: String,
}

/// Examines samples, in their order; `None` if the caller wished to stop.
pub(super) fn examine(
    samples: &[RepairSample],
    options: &CurateOptions,
    context: &CurateContext<'_>,
    verified: Option<&Verified<'_>>,
) -> Result<Option<Vec<Examined>>, Error> {
    match samples.par_iter().map(|sample| one(sample, options, context, verified)).collect() {
        Ok(examined) => Ok(Some(examined)),
        Err(Error::Validate(fixwright_validate::Error::Cancelled)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn one(
    sample: &RepairSample,
    options: &CurateOptions,
    context: &CurateContext<'_>,
    verified: Option<&Verified<'_>>,
) -> Result<Examined, Error> {
    let sample = &*match options.without_spoilers {
        true => match unspoilt(sample) {
            Some(sample) => Cow::Owned(sample),
            None => return Ok(Examined::Unfit { reason: "its report only tells the fix" }),
        },
        false => Cow::Borrowed(sample),
    };
    let mut change = Change::of(sample);
    let filter = options.before_running();
    if let Some(reason) = filter.reason_with(sample, change.as_ref(), context.tokens) {
        return Ok(Examined::Unfit { reason });
    }
    let key = match &options.split {
        None => Key::Group(1.0),
        Some(split) => match split.key(sample) {
            Some(key) => key,
            None => return Ok(Examined::Unfit { reason: "no date" }),
        },
    };
    let seen = match verified.map(|verified| verified.outcome(sample, context)).transpose()? {
        Some(outcome) => match outcome.seen() {
            Ok(seen) => seen,
            Err(reason) => return Ok(Examined::Unfit { reason }),
        },
        None => Seen::default(),
    };
    let mut sample = Cow::Borrowed(sample);
    seen.tell(&mut sample)?;
    if options.minimise {
        change = Change::of(&sample);
        if let Some(reason) = options.filter.reason_with(&sample, change.as_ref(), context.tokens) {
            return Ok(Examined::Unfit { reason });
        }
    }
    let mut line = Vec::new();
    write(&mut line, &sample)?;
    let fingerprint = Fingerprint::of(&sample, change.as_ref());
    let origin = sample.origin.clone().unwrap_or_default();
    let licence = sample.license.clone().unwrap_or_default();
    Ok(Examined::Fit(Box::new(Fit { line, fingerprint, key, origin, licence })))
}

/// The sample without the sentences of its report that tell the fix; `None` if they are all of it.
fn unspoilt(sample: &RepairSample) -> Option<RepairSample> {
    let Some(text) = &sample.bug_report_text else { return Some(sample.clone()) };
    let text = without_spoilers(text);
    has_words(&text).then(|| RepairSample { bug_report_text: Some(text), ..sample.clone() })
}
