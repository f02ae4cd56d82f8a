//! Other engines on the same prompts, through their Python packages.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};
use fixwright::repair::Asker;
use serde::{Deserialize, Serialize};

use super::BenchDecodeFlags;
use super::case::Case;
use super::flags::Peer;
use super::live::{limit, median};
use super::record::PeerRecord;
use crate::exit::note;
use crate::models;
use crate::workspace;

/// The program that runs them.
const SCRIPT: &str = "xtask/src/bench_decode/peer.py";

/// What a peer can do.
const MODES: [&str; 2] = ["plain", "lookup"];

/// The peers, each in a process of its own that waits for prompts.
pub(super) struct Peers {
    lanes: Vec<Lane>,
    stop: Vec<u32>,
}

/// A peer in one of its modes.
struct Lane {
    name: String,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    version: String,
    /// Tokens, seconds, and seconds to the first token of each repeat.
    repeats: Vec<(usize, f64, f64)>,
    cases: usize,
}

#[derive(Serialize)]
struct Prompt<'a> {
    prompt: &'a [u32],
    max_new_tokens: usize,
    stop: &'a [u32],
    /// The tokens to give, whatever the model says.
    force: Option<&'a [u32]>,
}

#[derive(Deserialize)]
struct Answer {
    tokens: Vec<u32>,
    first_token_seconds: f64,
    seconds: f64,
}

impl Peers {
    pub(super) fn start(flags: &BenchDecodeFlags, asker: &Asker) -> anyhow::Result<Self> {
        let mut lanes = Vec::new();
        for peer in &flags.peers {
            for mode in MODES {
                match Lane::start(flags, *peer, mode) {
                    Ok(lane) => lanes.push(lane),
                    Err(error) => note(format_args!("{} {mode} left out: {error:#}", peer.name())),
                }
            }
        }
        Ok(Self { lanes, stop: asker.tokenizer().end_of_turn().to_vec() })
    }

    pub(super) fn next_repeat(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.repeats.push((0, 0.0, 0.0)));
    }

    /// Lets every peer answer a case.
    pub(super) fn ask(&mut self, flags: &BenchDecodeFlags, case: &Case) -> anyhow::Result<()> {
        let prompt = Prompt {
            prompt: &case.asked.prompt,
            max_new_tokens: limit(flags, case),
            stop: &self.stop,
            force: flags.force_fix.then_some(&case.answer),
        };
        self.lanes.iter_mut().try_for_each(|lane| lane.ask(&prompt))
    }

    /// What each reached in the first `repeats`, beside the seconds that an answer took us.
    pub(super) fn finish(self, repeats: usize, ours: Option<f64>) -> Vec<PeerRecord> {
        self.lanes.into_iter().map(|lane| lane.finish(repeats, ours)).collect()
    }
}

impl Lane {
    fn start(flags: &BenchDecodeFlags, peer: Peer, mode: &str) -> anyhow::Result<Self> {
        let model = models::resolve(flags.model.as_deref())?;
        let threads = match flags.threads {
            Some(threads) => threads,
            None => std::thread::available_parallelism()?,
        };
        let mut child = Command::new(&flags.python)
            .arg(workspace::root().join(SCRIPT))
            .args([peer.name(), mode, &threads.to_string()])
            .arg(model)
            // Ctrl-C is for us: what a peer has answered by then counts.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .with_context(|| format!("cannot start {}", flags.python.display()))?;
        let input = child.stdin.take().context("the peer has no stdin")?;
        let mut output = BufReader::new(child.stdout.take().context("the peer has no stdout")?);
        let mut version = String::new();
        output.read_line(&mut version)?;
        if version.is_empty() {
            child.wait()?;
            bail!("its package is not installed, or cannot load the model");
        }
        let name = format!("{} {mode}", peer.name());
        let version = version.trim().to_owned();
        Ok(Self { name, child, input, output, version, repeats: Vec::new(), cases: 0 })
    }

    fn ask(&mut self, prompt: &Prompt<'_>) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.input, prompt)?;
        self.input.write_all(b"\n")?;
        self.input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let answer: Answer =
            serde_json::from_str(&line).with_context(|| format!("{} broke down", self.name))?;
        if let Some((tokens, seconds, first)) = self.repeats.last_mut() {
            *tokens += answer.tokens.len();
            *seconds += answer.seconds;
            *first += answer.first_token_seconds;
        }
        self.cases += usize::from(self.repeats.len() == 1);
        Ok(())
    }

    fn finish(mut self, repeats: usize, ours: Option<f64>) -> PeerRecord {
        self.repeats.truncate(repeats);
        drop(self.input);
        // It ends with its input; how it ends no longer matters.
        let _ = self.child.wait();
        let cases = self.cases.max(1) as f64;
        let each =
            |of: fn(&(usize, f64, f64)) -> f64| median(self.repeats.iter().map(of).collect());
        let total_seconds = each(|repeat| repeat.1) / cases;
        PeerRecord {
            name: self.name,
            version: self.version,
            tokens: self.repeats.first().map_or(0, |repeat| repeat.0),
            tokens_per_second: each(|(tokens, seconds, _)| *tokens as f64 / seconds),
            first_token_seconds: each(|repeat| repeat.2) / cases,
            total_seconds,
            slower_than_source: ours.map_or(0.0, |ours| total_seconds / ours),
        }
    }
}
