//! `cargo xtask bench-decode`: what drafts are worth.

mod case;
mod flags;
mod live;
mod peers;
mod plot;
mod proposer;
mod record;
mod replay;
mod table;

use std::io::Write;
use std::path::Path;

use fixwright::llama::weights::Weights;
use fixwright::repair::Asker;

use crate::exit::{BadInput, Exit};
use crate::models;

use record::Record;

pub use flags::BenchDecodeFlags;

/// Scores the proposers, with a model or by recorded fixes; prints tables, and writes JSON and a plot where the flags say so.
///
/// # Errors
///
/// [`BadInput`] for samples, proposers or a model that cannot be used; others when the model fails.
pub fn run(flags: &BenchDecodeFlags, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let names = proposer::names(&flags.proposers)?;
    let path = models::resolve(flags.model.as_deref())?;
    let weights = Weights::open(&path).map_err(|e| bad(&path, &e))?;
    let asker = Asker::open(&path, &weights).map_err(|e| bad(&path, &e))?;
    let cases = case::read(flags, &asker)?;
    let record = if flags.replay {
        replay::run(&names, &cases, &asker)
    } else {
        live::run(flags, &names, &cases, &asker, &weights)?
    };
    let record = Record { model: models::digest(&path)?, ..record.about(flags) };
    table::write(&record, out)?;
    if let Some(path) = &flags.json {
        record.save(path)?;
    }
    if let Some(path) = &flags.plot {
        plot::save(&record, path)?;
    }
    let equal = record.proposers.iter().all(|proposer| proposer.equal_to_greedy != Some(false));
    Ok(if equal { Exit::Done } else { Exit::Failed })
}

fn bad(path: &Path, error: &dyn std::error::Error) -> BadInput {
    BadInput(format!("{}: {error}", path.display()))
}
