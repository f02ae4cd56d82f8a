//! What can be typed after `cargo xtask`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use fixwright_validate::Analyser;

use crate::bench_decode::BenchDecodeFlags;

mod context;
mod evaluate;
mod repair;
mod train;

pub use context::{ContextFlags, Shown};
pub use evaluate::{AnswerFlags, EvaluateFlags};
pub use repair::RepairFlags;
pub use train::{Mask, Preset, TrainFlags};

/// The commands of the fixwright workspace.
///
/// Exit codes: 0 done, 1 a check failed or no valid patch was found, 2 bad input, 3 could not run.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, disable_help_subcommand = true)]
pub struct Flags {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Repair what a bug report says: print a unified diff that applies and compiles
    ///
    /// Without --report a shipped example is repaired. The diff goes to stdout, everything else to stderr. The first run
    /// builds the model code and fetches the model.
    ///
    /// With --reports all findings are repaired that are about files of --source, those in the same place once. --out gets a mail for `git am` each,
    /// and stdout a table: repaired, if --analyser saw the finding go; plausible, if all else is well; failed, and why.
    ///
    /// With --programs no report is needed: each program is compiled and run with --tests, and repaired if it fails one.
    ///
    /// Exit codes: 0 repaired, 1 no valid patch found (for one finding at least), 2 bad input, 3 could not run or interrupted.
    Repair(RepairFlags),
    /// Measure decoding with drafts: speed, tokens per forward pass, equality with plain decoding
    ///
    /// With --replay no model runs: recorded fixes are scored by the forward passes that a model would need that gives just them.
    /// Otherwise the model answers each sample with each proposer in turn, on the processor; with --force-fix it is made to
    /// give the recorded fix, at its own cost, as a model tuned for repair would.
    ///
    /// With --json FILE gets {schema: 2, version, weights, samples, target, complete, proposers: [{name, tokens_per_second, tokens_per_forward, acceptance,
    /// equal_to_greedy, ..}], cost: [[tokens, seconds]], peers: [..]}. Further fields may be added.
    ///
    /// On Ctrl-C the result is that of the repeats that are whole, or of the cases that all have answered.
    ///
    /// Exit codes: 0 done, 1 an output differs from plain decoding, 2 bad input, 3 could not run or interrupted.
    BenchDecode(BenchDecodeFlags),
    /// Read what analysers, compilers, sanitizers and failing tests say; print it as a table, JSON Lines or SARIF
    ///
    /// The format of each file is found in it. What a file has that cannot be read is said on stderr with its line, and
    /// the rest of the file is printed.
    ///
    /// Exit codes: 0 every file was read, 2 at least one could not be.
    Report(ReportFlags),
    /// Apply a diff to a folder, as exactly as possible and as forgivingly as is safe: all of its files or none
    ///
    /// A hunk may stand at other lines than it says, differ in white space, have wrong line counts or stand in a mail or
    /// an answer full of prose: a line for each file says what each hunk needed. A hunk that fits in several places is
    /// refused, and so is a diff that is cut off. A write that was cut off before is finished or taken back first.
    ///
    /// With --json stdout has one document: {schema: 1, outcome, strict, dry_run, reversed, notes, files}; each file {path,
    /// origin, from, outcome, found, refusal, rejects, notes, hunks}; each hunk {hunk, outcome, stated, old, new, needs,
    /// refusal, notes}. An outcome is applied, already_applied or refused; a range of lines {start, len}; a need {need,
    /// lines?, text}; a refusal {reason, text, advice}; a note {line, text}, with the line of the diff. Further fields may be
    /// added.
    ///
    /// Exit codes: 0 applied, or already applied; 1 refused, and nothing applied without --reject; 2 bad input; 3 could not run.
    Apply(ApplyFlags),
    /// Run other programs' tests of patching, and replay Debian's patches, with `apply` beside the programs themselves
    ///
    /// The sources come from the package sources of this machine, which has to be a Debian, with its apt-get. Results go to
    /// stdout as Markdown tables. Takes minutes, and some gigabytes.
    ///
    /// Exit codes: 0 all differences have reasons, 1 some have none, 3 could not run.
    Suites(SuitesFlags),
    /// Make a data set to train on: read sources, filter, leave out near-duplicates, divide, and say what became of each sample
    ///
    /// Sources are paired:DIR (NAME-bug.txt beside NAME-diff.txt), jsonl:FILE (samples, also in gzip), assignments:PATH (wrong and
    /// right programs, in folders or JSON Lines), git:DIR (fixes in a history), replay:DIR (findings of gcc -fanalyzer that a commit
    /// of a history makes vanish), inject:DIR (C files, to be broken) and inject:SOURCE (the fixed programs of another source).
    /// The same sources, flags and seed give the same bytes, as far as programs that are run do the same each time. On Ctrl-C what is finished is written,
    /// and the same command again runs no program again that ended: those of --verify, and the analyser of replay:.
    ///
    /// Exit codes: 0 done, 2 bad input, 3 could not run or interrupted.
    Curate(CurateFlags),
    /// Have a model answer samples, and judge the answers: compile and test them, compare them with the reference fixes
    ///
    /// Samples are JSON Lines as `curate` writes them. A sample without an id goes by its number in the file. The model runs on the processor;
    /// the first answer for a sample is the model's own, further ones are likely edits of its source. --answers-out gets a line for each
    /// answer as it comes, and the same command again goes on behind the last one.
    ///
    /// With --answers no model runs: answers are lines {"id": .., "answer": ..}, several with one id being candidates for the same
    /// sample. Untrusted programs run in a sandbox.
    ///
    /// Exit codes: 0 all were judged, 2 bad input, 3 could not run or interrupted.
    Evaluate(EvaluateFlags),
    /// Fine-tune a model on samples of report and fix, with a loss that can follow the edit (--mask)
    ///
    /// Samples are JSON Lines as `curate` writes them, or with the original seven fields alone. The folder of a run gets
    /// run.json and config.toml, which repeat it, metrics.jsonl with a line a step, evaluations.jsonl, TensorBoard events, loss.svg,
    /// checkpoints, and in final/ the adapter as Hugging Face PEFT loads it, or the whole model. Ctrl-C saves a checkpoint.
    ///
    /// Several processes train one model if each is given its --rank: on one machine with a --device each, or on several.
    ///
    /// Exit codes: 0 done, 2 bad input, 3 could not run or interrupted.
    Train(TrainFlags),
    /// Language models by name: list, fetch, locate
    #[command(subcommand)]
    Model(Model),
    /// Check the edges between the workspace's crates, and that the text half does not reach burn
    Layers,
    /// Check format, lints, documentation, source rules, licences and layers; list all findings
    Tidy(Scope),
    /// Run everything that CI runs: tidy, then all tests, with the test model fetched
    Test(Scope),
}

/// `cargo xtask model`.
#[derive(Debug, Subcommand)]
pub enum Model {
    /// List the known models and where they are on this machine
    List {
        /// How to print the list
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Fetch a model into the cache, verify it, and print the path of its file
    ///
    /// An interrupted fetch goes on where it ended. The cache is $FIXWRIGHT_CACHE, else fixwright under
    /// $XDG_CACHE_HOME or ~/.cache; $FIXWRIGHT_MODEL_DIR names a folder of your own that is looked into first;
    /// $HF_ENDPOINT is the hub's address.
    Fetch {
        /// Name of the model; the default model if left out
        name: Option<String>,
    },
    /// Print the path of a model's file, or exit with 1 if it is not on this machine
    Path {
        /// Name of the model; the default model if left out
        name: Option<String>,
    },
}

/// `cargo xtask curate`.
#[derive(Clone, Debug, Args)]
pub struct CurateFlags {
    /// Where samples come from, in this order; of near-duplicates the first is kept
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// The folder for train.jsonl, validation.jsonl, test.jsonl and manifest.json
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The source files that the reports of paired: are about; the folder of the reports if left out. Definitions are found in it too,
    /// as it is, whichever commit a sample is of
    #[arg(long, value_name = "DIR")]
    pub tree: Option<PathBuf>,
    /// What prompts for the samples show; unless it is all left out, each gets the field prompt_context
    #[command(flatten)]
    pub context: ContextFlags,
    /// The most lines that a fix may delete and insert; 10 where wrong and right programs are paired, if left out
    #[arg(long, value_name = "N")]
    pub max_changed_lines: Option<usize>,
    /// The most hunks of a fix
    #[arg(long, value_name = "N")]
    pub max_hunks: Option<usize>,
    /// The most files that a fix may change
    #[arg(long, value_name = "N")]
    pub max_files: Option<usize>,
    /// The most tokens of a source file: names, numbers, words and other visible characters
    #[arg(long, value_name = "N")]
    pub max_tokens: Option<usize>,
    /// Keep only these licences: SPDX identifiers
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub licences: Vec<String>,
    /// Keep code that was written by a program
    #[arg(long)]
    pub keep_generated: bool,
    /// Leave out samples whose own diff does not apply
    #[arg(long)]
    pub only_applicable: bool,
    /// Leave out of reports the sentences that tell the fix, as messages of commits do
    #[arg(long)]
    pub without_spoilers: bool,
    /// How similar two samples may be, from 0 to 1, in what is changed and in the code around it
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, value_parser = share)]
    pub near_duplicates: f64,
    /// Keep near-duplicates
    #[arg(long)]
    pub keep_near_duplicates: bool,
    /// Run the programs of samples with tests: the wrong one has to fail, the right one to pass. How the wrong one fails is noted, for
    /// prompts to tell
    #[arg(long)]
    pub verify: bool,
    /// Leave of each fix only the edits that its tests need; limits on changes are for what is left. Runs each fix some
    /// times more
    #[arg(long, requires = "verify")]
    pub minimise: bool,
    /// The analyser of replay: gcc, clang-tidy, cppcheck, sparse, or a shell command in which {files} stands for the files; gcc
    /// -fanalyzer if left out
    #[arg(long, value_name = "NAME|COMMAND", value_parser = analyser)]
    pub analyser: Option<Analyser>,
    /// Divide into parts that have none of these in common, or that follow each other by date; one part if left out
    #[arg(long, value_enum)]
    pub split: Option<SplitBy>,
    /// The share to choose among models with
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = share, requires = "split")]
    pub validation: f64,
    /// The share to judge the chosen model with
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = share, requires = "split")]
    pub test: f64,
    /// Another seed gives other parts, and other injected bugs
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Samples that are examined at the same time; as many as there are processors if left out
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Run programs without a sandbox where there is none: they can then do whatever you can
    #[arg(long)]
    pub allow_unsandboxed: bool,
}

/// What stays together when a data set is divided.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SplitBy {
    /// The programs for a problem
    Problem,
    /// The files of a repository
    Repository,
    /// The samples of a time: older ones are trained on
    Date,
}

/// `cargo xtask report`.
#[derive(Clone, Debug, Args)]
pub struct ReportFlags {
    /// The files; - is stdin
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The format of the files; a wrong name lists all
    #[arg(long, default_value = "auto", value_name = "NAME")]
    pub format: String,
    /// The folder of the source that the reports are about: places given in bytes or characters become lines
    #[arg(long, value_name = "DIR")]
    pub source: Option<PathBuf>,
    /// Print one JSON object a line, a report each
    #[arg(long)]
    pub json: bool,
    /// Print one SARIF 2.1.0 log with the reports of all files
    #[arg(long, conflicts_with = "json")]
    pub sarif: bool,
}

/// `cargo xtask apply`.
#[derive(Clone, Debug, Args)]
pub struct ApplyFlags {
    /// The diff; - is stdin
    #[arg(long, value_name = "FILE")]
    pub patch: PathBuf,
    /// The folder that the diff is for
    #[arg(long, value_name = "DIR")]
    pub root: PathBuf,
    /// How many components to take off the names in the diff; found out if left out, 1 with --strict
    #[arg(long, value_name = "N")]
    pub strip: Option<usize>,
    /// Undo the diff
    #[arg(long)]
    pub reverse: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Apply what fits, and write the hunks that do not to the file's name with .rej after it
    #[arg(long)]
    pub reject: bool,
    /// Forgive nothing: every hunk has to fit byte for byte at the line that it names
    #[arg(long, conflicts_with_all = ["forgive", "fuzz", "file"])]
    pub strict: bool,
    /// What to forgive where a hunk does not fit exactly; all but elisions if left out
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    pub forgive: Vec<Forgive>,
    /// The most lines of context that may differ at the beginning and at the end of a hunk
    #[arg(long, value_name = "LINES", default_value_t = 2)]
    pub fuzz: usize,
    /// The file that is meant where the diff names none, or one that is not there; relative to the root
    #[arg(long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Something in which a hunk may differ from the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Forgive {
    /// The line where it stands
    Offset,
    /// CRLF where the other has LF, or a missing one at the end of the file
    LineEnds,
    /// White space; insertions are then indented as the file is
    Whitespace,
    /// Blank lines and comments that the file has in between
    Interruptions,
    /// The leading space of context lines
    Unprefixed,
    /// Lines that `...` stands for
    Elisions,
    /// Context at the beginning and at the end, as much as --fuzz says
    Fuzz,
}

/// `cargo xtask suites`.
#[derive(Clone, Debug, Args)]
pub struct SuitesFlags {
    /// Which suite to run
    #[arg(value_enum)]
    pub suite: Suite,
    /// Where packages are kept and unpacked; target/suites if left out
    #[arg(long, value_name = "DIR")]
    pub work: Option<PathBuf>,
    /// Run this script, or replay this package, and no other; may be given several times
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
}

/// The suites.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Suite {
    /// git's tests of `git apply`, through an adapter
    GitApply,
    /// GNU patch's tests, through an adapter
    GnuPatch,
    /// The patches of Debian's source packages, in order, reversed and alone, against GNU patch
    Debian,
}

/// The name of a device.
fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a number from 0 to 1 is needed".to_owned()),
    }
}

fn device(text: &str) -> Result<String, String> {
    let index = |rest: &str| rest.strip_prefix(':').is_some_and(|n| n.parse::<usize>().is_ok());
    let cuda = text.strip_prefix("cuda").is_some_and(|rest| rest.is_empty() || index(rest));
    if cuda || text == "cpu" {
        return Ok(text.to_owned());
    }
    Err("known are cpu, cuda and cuda:INDEX".to_owned())
}

/// The features that a device needs beyond those that every command with a model does.
#[must_use]
pub fn device_features(device: &str) -> &'static [&'static str] {
    if device.starts_with("cuda") { &["--features", "xtask/cuda"] } else { &[] }
}

/// What a model is asked to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// A unified diff
    Diff,
    /// The lines around the reported one, rewritten
    #[default]
    Window,
    /// The whole file, rewritten
    Program,
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON array
    Json,
}

/// How much of the workspace a check covers.
#[derive(Clone, Copy, Debug, Args)]
pub struct Scope {
    /// Leave out everything that compiles burn or runs a model
    #[arg(long)]
    pub text_only: bool,
}

/// An analyser by its name or command line.
fn analyser(text: &str) -> Result<Analyser, String> {
    let command = || text.contains("{files}").then(|| Analyser::command(text));
    Analyser::named(text).or_else(command).ok_or_else(|| {
        let names: Vec<_> = Analyser::names().collect();
        format!("known are {}; of a command line, {{files}} must be a part", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_consistent() {
        super::Flags::command().debug_assert();
    }
}
