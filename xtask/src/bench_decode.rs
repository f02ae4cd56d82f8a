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

use crate::exit::{BadInput, Exit, note};
use crate::models::Chosen;

use record::Record;

pub use flags::BenchDecodeFlags;

/// Scores the proposers, with a model or by recorded fixes; prints tables, and writes JSON and a plot where the flags say so.
///
/// # Errors
///
/// [`BadInput`] for samples, proposers or a model that cannot be used; others when the model fails.
pub fn run(flags: &BenchDecodeFlags, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let names = proposer::names(&flags.proposers)?;
    let chosen = chosen(flags)?;
    let path = &chosen.model;
    let weights = Weights::open(path).map_err(|e| bad(path, &e))?;
    let asker = Asker::open(path, &weights).map_err(|e| bad(path, &e))?;
    let cases = case::read(flags, &asker)?;
    let record = if flags.replay {
        replay::run(&names, &cases, &asker)
    } else {
        let options = chosen.load_options().with_threads(flags.threads);
        let model = options.model(&weights).map_err(|e| bad(path, &e))?;
        match live::run(flags, &names, &cases, &asker, model)? {
            Some(record) => record,
            None => {
                note("interrupted before there was anything to compare");
                return Ok(Exit::CouldNotRun);
            }
        }
    };
    let weights = chosen.files()?.into_iter().map(|file| file.sha256).collect();
    let record = Record { weights, ..record.about(flags) };
    table::write(&record, out)?;
    if let Some(path) = &flags.json {
        record.save(path)?;
    }
    if let Some(path) = &flags.plot {
        plot::save(&record, path)?;
    }
    if !record.complete {
        note(format_args!(
            "interrupted: the result is of {} repeats and {} cases",
            record.repeats, record.cases
        ));
        return Ok(Exit::CouldNotRun);
    }
    let equal = record.proposers.iter().all(|proposer| proposer.equal_to_greedy != Some(false));
    Ok(if equal { Exit::Done } else { Exit::Failed })
}

/// The model, and the adapter on it. Peers answer without one, and nothing is to be compared that does not answer the same.
fn chosen(flags: &BenchDecodeFlags) -> anyhow::Result<Chosen> {
    let beside_peers = !flags.peers.is_empty() && !flags.force_fix;
    let adapter = match flags.adapter.as_deref() {
        Some(named) if beside_peers && named != "none" => {
            let what = "peers answer without an adapter: leave --adapter out, or force the fix with --force-fix";
            return Err(BadInput(what.to_owned()).into());
        }
        None if beside_peers || flags.replay => Some("none"),
        named => named,
    };
    Chosen::new(flags.model.as_deref(), adapter, flags.target.into())
}

fn bad(path: &Path, error: &dyn std::error::Error) -> BadInput {
    BadInput(format!("{}: {error}", path.display()))
}
