//! The samples of a run as training examples.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use fixwright::dataset::{self, Reader, RepairSample, changed_lines};
use fixwright::finetune::{self, Encoder, Example, Examples};
use fixwright::llama::weights::Weights;
use fixwright::prompt::{self, MaskStrategy, Options, Request};
use fixwright::repair::Asker;
use fixwright::report::BugReport;

use super::config::Config;
use crate::exit::{BadInput, note};
use crate::flags::TrainFlags;

/// What a run trains on and what it evaluates on.
pub(super) struct Data {
    pub(super) train: Rows,
    pub(super) held_out: Vec<Example>,
    /// Samples that were left out, by reason.
    pub(super) left_out: BTreeMap<String, usize>,
}

/// Samples that are encoded when they are asked for.
pub(super) struct Rows {
    rows: Vec<Row>,
    asker: Asker,
    options: Options,
    /// Of the configuration, as far as the model's context allows.
    max_tokens: usize,
    mask: MaskStrategy,
    prompt_weight: f32,
}

struct Row {
    sample: RepairSample,
    report: BugReport,
    fixed: String,
    /// In tokens, as the model is asked.
    prompt: Vec<u32>,
}

impl Data {
    /// Reads and checks all samples.
    pub(super) fn read(flags: &TrainFlags, config: &Config, model: &Path) -> anyhow::Result<Self> {
        let mut left_out = BTreeMap::new();
        let train = Rows::read(&flags.data, config, model, &mut left_out)?;
        let held_out = match &flags.validation {
            None => Vec::new(),
            Some(path) => {
                let rows = Rows::read(path, config, model, &mut left_out)?;
                (0..rows.len()).map(|index| rows.example(index, 0)).collect::<Result<_, _>>()?
            }
        };
        for (reason, count) in &left_out {
            note(format_args!("{count} samples left out: {reason}"));
        }
        let none = |path: &Path, what: &str| {
            let path = path.display();
            Err(BadInput(format!("{path}: no sample to {what} on is left")).into())
        };
        match &flags.validation {
            _ if train.rows.is_empty() => return none(&flags.data, "train"),
            Some(path) if held_out.is_empty() => return none(path, "evaluate"),
            _ => {}
        }
        Ok(Self { train, held_out, left_out })
    }
}

impl Rows {
    fn read(
        path: &Path,
        config: &Config,
        model: &Path,
        left_out: &mut BTreeMap<String, usize>,
    ) -> anyhow::Result<Self> {
        let bad = |e: anyhow::Error| BadInput(format!("{e:#}"));
        let weights = Weights::open(model).map_err(|e| bad(e.into()))?;
        let asker = Asker::open(model, &weights).map_err(|e| bad(e.into()))?;
        let options = Options::default().with_target(config.target);
        let max_tokens = config.max_tokens.min(weights.config().context_length);
        let mut rows = Self {
            rows: Vec::new(),
            asker,
            options,
            max_tokens,
            mask: config.mask,
            prompt_weight: config.prompt_weight,
        };
        let file = File::open(path)
            .map_err(|e| BadInput(format!("cannot read {}: {e}", path.display())))?;
        for sample in Reader::new(BufReader::new(file)) {
            let sample = sample.map_err(|e| BadInput(format!("{}: {e}", path.display())))?;
            match rows.row(sample, config)? {
                Ok(row) => rows.rows.push(row),
                Err(reason) => *left_out.entry(reason).or_default() += 1,
            }
        }
        Ok(rows)
    }

    /// The row of a sample, or why it is left out.
    fn row(&self, sample: RepairSample, config: &Config) -> anyhow::Result<Result<Row, String>> {
        let Some(code) = &sample.code else { return Ok(Err("no code".to_owned())) };
        let fixed = match sample.reference() {
            Ok(Some(fixed)) => fixed,
            Ok(None) => return Ok(Err("no fix".to_owned())),
            Err(_) => return Ok(Err("the diff does not apply".to_owned())),
        };
        if config.max_changed_lines > 0 && changed_lines(code, &fixed) > config.max_changed_lines {
            return Ok(Err(format!("more than {} changed lines", config.max_changed_lines)));
        }
        let mut row = Row { report: sample.report(), sample, fixed, prompt: Vec::new() };
        row.prompt = match self.request(&row) {
            Ok(request) => self.asker.prompt(&request)?,
            Err(error) => return Ok(Err(error.to_string())),
        };
        Ok(match self.encode(&row, 0) {
            Ok(example) if example.ids.len() > self.max_tokens => Err(self.too_long(config)),
            Ok(_) => Ok(row),
            Err(finetune::Error::Prompt(prompt::Error::Inexpressible { .. })) => {
                Err("the fix cannot be said in the form that is asked for".to_owned())
            }
            Err(error) => return Err(error.into()),
        })
    }

    fn too_long(&self, config: &Config) -> String {
        let what = if self.max_tokens < config.max_tokens {
            "the model's context"
        } else {
            "max_tokens allows more"
        };
        format!("more than {} tokens: {what}", self.max_tokens)
    }

    fn request<'r>(&self, row: &'r Row) -> Result<Request<'r>, dataset::Error> {
        row.sample.request(&row.report, &self.options)
    }

    fn encode(&self, row: &Row, epoch: u64) -> finetune::Result<Example> {
        let request = self.request(row).expect("rows without a request are left out");
        let encoder =
            Encoder::new(self.asker.tokenizer(), self.mask).with_prompt_weight(self.prompt_weight);
        encoder.example(&request, &row.prompt, &row.fixed, epoch)
    }
}

impl Examples for Rows {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn example(&self, index: usize, epoch: u64) -> finetune::Result<Example> {
        self.encode(&self.rows[index], epoch)
    }
}
