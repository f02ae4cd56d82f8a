//! What a run leaves behind beside its checkpoints: metrics, curves, and all that is needed to repeat it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use fixwright::finetune::Event;
use serde_json::{Value, json};

use super::config::{CONFIG, Config};
use super::data::Data;
use super::events::EventFile;
use super::plot;
use super::watch::peak_memory;
use crate::flags::TrainFlags;
use crate::models;
use crate::replace::{replace, replace_json};

/// Writes the files of a run's folder.
pub(super) struct Record {
    folder: PathBuf,
    /// None in a process that is not the first of several.
    open: Option<Open>,
}

struct Open {
    metrics: File,
    evaluations: File,
    events: EventFile,
}

impl Record {
    /// Writes `run.json` and opens the metrics, without what an earlier part of the run wrote after `step`.
    pub(super) fn begin(
        flags: &TrainFlags,
        config: &Config,
        model: &Path,
        data: &Data,
        step: usize,
        first: bool,
    ) -> anyhow::Result<Self> {
        let folder = flags.out.clone();
        if !first {
            return Ok(Self { folder, open: None });
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        replace_json(&folder.join("run.json"), &description(flags, config, model, data)?)?;
        replace(&folder.join(CONFIG), toml::to_string(config)?.as_bytes())?;
        let open = Open {
            metrics: cut(&folder.join("metrics.jsonl"), step)?,
            evaluations: cut(&folder.join("evaluations.jsonl"), step)?,
            events: EventFile::create(&folder)?,
        };
        Ok(Self { folder, open: Some(open) })
    }

    pub(super) fn take(&mut self, event: &Event<'_>) -> anyhow::Result<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        match event {
            Event::Step(step) => {
                let seconds = step.elapsed.as_secs_f64();
                let line = json!({
                    "step": step.step,
                    "loss": step.loss,
                    "tokens_per_second": step.tokens as f64 / seconds,
                    "learning_rate": step.learning_rate,
                    "gradient_norm": step.gradient_norm,
                    "tokens": step.tokens,
                    "seconds": seconds,
                    "peak_memory_bytes": peak_memory(),
                });
                writeln!(open.metrics, "{line}")?;
                for tag in ["loss", "learning_rate", "gradient_norm", "tokens_per_second"] {
                    let value = line[tag].as_f64().unwrap_or(f64::NAN);
                    open.events.scalar(step.step, &format!("train/{tag}"), value)?;
                }
            }
            Event::Evaluated { step, evaluation, .. } => {
                let mut line = json!(evaluation);
                line["step"] = json!(step);
                writeln!(open.evaluations, "{line}")?;
                open.events.scalar(*step, "eval/loss", evaluation.loss)?;
                open.events.scalar(*step, "eval/changed_loss", evaluation.changed_loss)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Draws the curves.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        if self.open.is_none() {
            return Ok(());
        }
        let curve = |file: &str, key: &str| -> anyhow::Result<Vec<(f64, f64)>> {
            let lines = read(&self.folder.join(file))?;
            let point = |line: &Value| Some((line["step"].as_f64()?, line[key].as_f64()?));
            Ok(lines.iter().filter_map(point).collect())
        };
        plot::draw(
            &self.folder.join("loss.svg"),
            &[
                ("training", curve("metrics.jsonl", "loss")?),
                ("held out", curve("evaluations.jsonl", "loss")?),
                ("held out, changed parts", curve("evaluations.jsonl", "changed_loss")?),
            ],
        )
    }
}

/// All that is needed to repeat the run.
fn description(
    flags: &TrainFlags,
    config: &Config,
    model: &Path,
    data: &Data,
) -> anyhow::Result<Value> {
    let hashed = |path: &Path| -> anyhow::Result<Value> {
        let digest = if path.is_file() { Some(models::digest(path)?) } else { None };
        Ok(json!({ "path": path, "sha256": digest }))
    };
    Ok(json!({
        "fixwright": env!("CARGO_PKG_VERSION"),
        "command": std::env::args().skip(1).collect::<Vec<_>>(),
        "model": hashed(model)?,
        "data": hashed(&flags.data)?,
        "validation": flags.validation.as_deref().map(hashed).transpose()?,
        "examples": fixwright::finetune::Examples::len(&data.train),
        "held_out": data.held_out.len(),
        "left_out": data.left_out,
        "device": flags.device,
        "processes": flags.world_size,
        "threads": std::thread::available_parallelism().map_or(1, usize::from),
        "config": config,
    }))
}

/// Opens a file of JSON Lines to append to, without the lines of steps after `step`.
fn cut(path: &Path, step: usize) -> anyhow::Result<File> {
    let kept: Vec<Value> = if step == 0 { Vec::new() } else { read(path)? };
    let kept = kept.iter().filter(|line| line["step"].as_u64() <= Some(step as u64));
    let text: String = kept.map(|line| format!("{line}\n")).collect();
    replace(path, text.as_bytes())?;
    File::options()
        .append(true)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The lines of a file, but for one that was cut off; none if there is no such file.
fn read(path: &Path) -> anyhow::Result<Vec<Value>> {
    let Ok(file) = File::open(path) else { return Ok(Vec::new()) };
    let lines = BufReader::new(file).lines().collect::<Result<Vec<_>, _>>()?;
    Ok(lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect())
}
