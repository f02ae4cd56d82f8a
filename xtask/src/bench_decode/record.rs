//! The result, as `--json` writes it.

use std::num::NonZeroUsize;
use std::path::Path;

use fixwright::prompt::TEMPLATE_VERSION;
use serde::Serialize;

use super::BenchDecodeFlags;
use crate::flags::Target;
use crate::replace::replace_json;

/// Everything that was measured, and what made it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Record {
    pub(super) schema: u32,
    pub(super) version: &'static str,
    pub(super) template: u32,
    /// The sha256 of the model's files, and of its adapter's.
    pub(super) weights: Vec<String>,
    pub(super) samples: String,
    pub(super) max_changed_lines: Option<usize>,
    pub(super) max_new_tokens: Option<usize>,
    /// As many as there are processors if none.
    pub(super) threads: Option<NonZeroUsize>,
    pub(super) target: &'static str,
    pub(super) mode: &'static str,
    /// Whether it was not broken off.
    pub(super) complete: bool,
    pub(super) cases: usize,
    pub(super) repeats: usize,
    /// The load of the machine before and after, of the last minute.
    pub(super) load: Vec<f64>,
    pub(super) proposers: Vec<ProposerRecord>,
    /// Tokens of a forward pass and its seconds.
    pub(super) cost: Vec<(usize, f64)>,
    pub(super) peers: Vec<PeerRecord>,
}

/// What a proposer reached.
#[derive(Debug, Default, Serialize)]
pub(super) struct ProposerRecord {
    pub(super) name: String,
    /// Output tokens by the time of the whole answer, prompt included: the median over repeats.
    pub(super) tokens_per_second: Option<f64>,
    /// The least and the greatest over repeats.
    pub(super) tokens_per_second_range: Option<(f64, f64)>,
    /// Output tokens by the time after the first forward pass.
    pub(super) decode_tokens_per_second: Option<f64>,
    pub(super) tokens_per_forward: f64,
    pub(super) acceptance: f64,
    /// How often a draft had a token at each position, and how often it was accepted.
    pub(super) by_position: Vec<(usize, usize)>,
    /// Seconds to the first token and to the end, each the mean of all cases: the median over repeats.
    pub(super) first_token_seconds: Option<f64>,
    pub(super) total_seconds: Option<f64>,
    pub(super) equal_to_greedy: Option<bool>,
    pub(super) groups: Vec<Group>,
    /// What the plot shows.
    pub(super) points: Vec<Point>,
}

/// Edits of so many tokens, up to twice as many.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Point {
    pub(super) tokens: usize,
    pub(super) cases: usize,
    /// The speed-up over plain decoding; in a replay, tokens per forward pass.
    pub(super) value: f64,
}

/// Samples of similar edits.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) cases: usize,
    pub(super) tokens: usize,
    pub(super) forwards: usize,
    pub(super) tokens_per_forward: f64,
    /// By the seconds of plain decoding.
    pub(super) speed_up: Option<f64>,
}

/// What another engine reached.
#[derive(Debug, Default, Serialize)]
pub(super) struct PeerRecord {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) tokens_per_second: f64,
    pub(super) tokens: usize,
    pub(super) first_token_seconds: f64,
    pub(super) total_seconds: f64,
    /// How many times longer than ours, with drafts from the source.
    pub(super) slower_than_source: f64,
}

impl Record {
    /// The record with what the flags say.
    pub(super) fn about(self, flags: &BenchDecodeFlags) -> Self {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self {
            schema: 2,
            version: env!("CARGO_PKG_VERSION"),
            template: TEMPLATE_VERSION,
            max_changed_lines: flags.max_changed_lines,
            max_new_tokens: flags.max_new_tokens,
            threads: flags.threads,
            samples: flags
                .samples
                .as_deref()
                .and_then(name)
                .unwrap_or_else(|| "shipped".to_owned()),
            target: match flags.target {
                Target::Diff => "diff",
                Target::Window => "window",
                Target::Program => "program",
            },
            mode: match (flags.replay, flags.force_fix) {
                (true, _) => "replay",
                (_, true) => "forced",
                _ => "live",
            },
            ..self
        }
    }

    /// Writes the record to `path`.
    pub(super) fn save(&self, path: &Path) -> anyhow::Result<()> {
        replace_json(path, self)
    }
}
