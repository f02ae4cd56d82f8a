//! `cargo xtask train`: fine-tune a model on samples of report and fix.

use std::fs;
use std::io::Write;
use std::net::ToSocketAddrs as _;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context as _;
use fixwright::finetune::{self, Finish, Method, Peers, Trainer};
use fixwright::llama::adapter::Adapter;
use fixwright::llama::gguf::Gguf;
use fixwright::llama::model::Model;
use fixwright::llama::weights::Weights;
use fixwright::llama::{Device, Error};

use crate::exit::{BadInput, Exit, note};
use crate::flags::TrainFlags;
use crate::interrupt::Interrupt;
use crate::models::{self, Trained};
use crate::replace::replace;

mod config;
mod data;
mod events;
mod plot;
mod record;
mod watch;

use config::{Config, Precision};
use data::Data;
use record::Record;
use watch::Watch;

/// The folder in a run's folder that has the result: an adapter, or a model.
const FINAL: &str = "final";

/// Trains as the flags say, and prints where the result is.
///
/// # Errors
///
/// [`BadInput`] for flags, data or a model that cannot be used; others when the work itself cannot be done.
pub fn run(flags: &TrainFlags, out: &mut impl Write) -> anyhow::Result<Exit> {
    let config = Config::read(flags)?;
    let interrupt = Interrupt::listen()?;
    let path = models::resolve(flags.model.as_deref())?;
    let full = config.train.method == Method::Full;
    let refusal = match () {
        () if flags.merged.is_some() && (path.is_dir() || full) => {
            Some("--merged needs a GGUF file as the model, and an adapter")
        }
        () if full && !path.is_dir() => Some(
            "all weights are trained of a Hugging Face folder, not of a GGUF file: name one with --model",
        ),
        () => None,
    };
    if let Some(refusal) = refusal {
        return Err(BadInput(refusal.to_owned()).into());
    }
    let data = Data::read(flags, &config, &path)?;
    let mut trainer = trainer(flags, &config, &path)?;
    let first = trainer.is_first();
    resume(flags, &mut trainer)?;
    trainer.check(&data.train, &data.held_out, &flags.out).map_err(unusable)?;
    let mut record = Record::begin(flags, &config, &path, &data, trainer.step(), first)?;
    let mut watch = Watch::new(&data, config.train.max_steps, trainer.step());
    let mut unwritten = None;
    let finish = trainer.run(&data.train, &data.held_out, &flags.out, &mut |event| {
        if let Err(error) = record.take(&event) {
            unwritten = Some(error);
            return ControlFlow::Break(());
        }
        watch.take(&event);
        interrupt.flow()
    });
    drop(watch);
    let finish = finish.map_err(unusable)?;
    if first {
        conclude(flags, &trainer, &config, &path)?;
    }
    unwritten.map_or(Ok(()), Err)?;
    record.finish()?;
    writeln!(out, "{}", flags.out.join(FINAL).display())?;
    Ok(match finish {
        Finish::Stopped => {
            note(format_args!("stopped after step {}: --resume goes on", trainer.step()));
            Exit::CouldNotRun
        }
        _ => Exit::Done,
    })
}

/// What is wrong with what was asked for; what the system refuses is another matter.
fn unusable(error: finetune::Error) -> anyhow::Error {
    let is_refused = matches!(error, finetune::Error::Io { .. } | finetune::Error::Peers { .. });
    match anyhow::Error::from(error) {
        error if is_refused => error,
        error => BadInput(format!("{error:#}")).into(),
    }
}

fn trainer(flags: &TrainFlags, config: &Config, path: &Path) -> anyhow::Result<Trainer> {
    let bad = |e: anyhow::Error| BadInput(format!("{e:#}"));
    let device: Device = flags.device.parse().map_err(|e: Error| bad(e.into()))?;
    let device = match config.precision {
        Precision::F32 => device.open(),
        Precision::Bf16 => device.open_in_bf16(),
    };
    let device = device.map_err(|e| bad(e.into()))?;
    note("loading the model");
    let weights = Weights::open(path).map_err(|e| bad(e.into()))?;
    let model = Model::load(&weights, &device).map_err(|e| bad(e.into()))?;
    let adapter = flags.adapter.as_deref().map(Adapter::open).transpose();
    let adapter = adapter.map_err(|e| bad(e.into()))?;
    let trainer = Trainer::new(model, adapter.as_ref(), config.train.clone());
    Ok(trainer.map_err(|e| bad(e.into()))?.with_peers(peers(flags)?))
}

/// The other processes of the run, if there are any.
fn peers(flags: &TrainFlags) -> anyhow::Result<Peers> {
    if flags.world_size == 1 {
        return Ok(Peers::alone());
    }
    let (host, port) = (flags.master_addr.as_str(), flags.master_port);
    let address = (host, port).to_socket_addrs().ok().and_then(|mut found| found.next());
    let address =
        address.ok_or_else(|| BadInput(format!("--master-addr {host} has no address")))?;
    note(format_args!("rank {} of {}: meeting at {address}", flags.rank, flags.world_size));
    Ok(Peers::meet(flags.rank, flags.world_size, address)?)
}

/// Goes on from the newest checkpoint if that is wished for; refuses to begin where another run has been.
fn resume(flags: &TrainFlags, trainer: &mut Trainer) -> anyhow::Result<()> {
    if flags.resume {
        trainer.resume(&flags.out).map_err(unusable)?;
        return Ok(());
    }
    let used = fs::read_dir(&flags.out).is_ok_and(|mut entries| entries.next().is_some());
    if used && trainer.is_first() {
        let what = "is not empty: --resume goes on with the run in it, or name another folder";
        return Err(BadInput(format!("--out {} {what}", flags.out.display())).into());
    }
    Ok(())
}

/// Writes the result: the best checkpoint if there were evaluations, else the model as it is.
fn conclude(
    flags: &TrainFlags,
    trainer: &Trainer,
    config: &Config,
    path: &Path,
) -> anyhow::Result<()> {
    let folder = flags.out.join(FINAL);
    if config.train.method == Method::Full {
        let model = match trainer.best(&flags.out) {
            Some(best) => Model::load(&Weights::open(&best)?, &trainer.model().device())?,
            None => trainer.model().clone(),
        };
        model.save(&folder).context("cannot write the model")?;
        copy_tokenizer(path, &folder)?;
        return Trained::on(config.target).write(&folder);
    }
    let mut adapter = match trainer.best(&flags.out) {
        Some(best) => Adapter::open(&best)?,
        None => trainer.adapter(),
    };
    let base = config.base_model.clone();
    adapter.config.base_model = Some(base.unwrap_or_else(|| path.display().to_string()));
    adapter.save_as(&folder, config.adapter_type)?;
    Trained::on(config.target).write(&folder)?;
    match &flags.merged {
        Some(merged) => Ok(Gguf::open(path)?.write_merged(&adapter, merged)?),
        None => Ok(()),
    }
}

/// What it takes to read and write text, from the folder of one model to that of another.
fn copy_tokenizer(from: &Path, to: &Path) -> anyhow::Result<()> {
    let names = [
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "generation_config.json",
        "chat_template.jinja",
    ];
    for name in names {
        let file = from.join(name);
        if file.is_file() {
            let text =
                fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            replace(&to.join(name), &text)?;
        }
    }
    Ok(())
}
