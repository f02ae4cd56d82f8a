//! What can be typed after `cargo xtask`.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::exit::BadInput;

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
    /// Exit codes: 0 repaired, 1 no valid patch found, 2 bad input, 3 could not run or interrupted.
    Repair(RepairFlags),
    /// Read what analysers, compilers, sanitizers and failing tests say; print it as a table or as JSON Lines
    ///
    /// The format of each file is found in it. What a file has that cannot be read is said on stderr with its line, and
    /// the rest of the file is printed.
    ///
    /// Exit codes: 0 every file was read, 2 at least one could not be.
    Report(ReportFlags),
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

/// `cargo xtask report`.
#[derive(Clone, Debug, Args)]
pub struct ReportFlags {
    /// The files; - is stdin
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The format of the files; a wrong name lists all
    #[arg(long, default_value = "auto", value_name = "NAME")]
    pub format: String,
    /// Print one JSON object a line, a report each
    #[arg(long)]
    pub json: bool,
}

/// `cargo xtask repair`.
#[derive(Clone, Debug, Args)]
pub struct RepairFlags {
    /// The bug report: CID key/value text, or what gcc, clang or clang-tidy print
    #[arg(long, value_name = "FILE", requires = "source")]
    pub report: Option<PathBuf>,
    /// The folder of the source that the report is about
    #[arg(long, value_name = "DIR", requires = "report")]
    pub source: Option<PathBuf>,
    /// The line to repair, where the report has none or a wrong one
    #[arg(long, value_name = "N")]
    pub line: Option<NonZeroUsize>,
    /// A model's name (see `cargo xtask model list`), a GGUF file, or a Hugging Face folder; the default model if left out
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// What the model is asked to write
    #[arg(long, value_enum, default_value_t)]
    pub target: Target,
    /// The most candidates to try; the search ends with the first that applies and compiles cleanly
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub candidates: u8,
    /// Write the patch to the source when one was found
    #[arg(long, requires = "report")]
    pub apply: bool,
    /// Write the result, with all candidates and what made them, to a JSON file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The shell command, run in a copy of the source, that shows whether it compiles; `make` where there is a makefile,
    /// else a syntax check of the file, if left out; it must build the folder it runs in, not a path written down elsewhere
    #[arg(long, value_name = "COMMAND")]
    pub compile: Option<String>,
    /// A folder outside /usr that compiling may read and run programs of: a compiler's, say
    #[arg(long, value_name = "DIR")]
    pub allow_read: Vec<PathBuf>,
    /// Compile without a sandbox where there is none: what the model wrote and the project's build can then do whatever
    /// you can
    #[arg(long)]
    pub allow_unsandboxed: bool,
    /// The most seconds that compiling may take
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    pub timeout: NonZeroU64,
    /// Where the model runs: cpu, or cuda:INDEX in a build with CUDA
    #[arg(long, default_value = "cpu")]
    pub device: String,
    /// The same seed gives the same candidates
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

impl RepairFlags {
    /// Says what is wrong with the paths before anything is fetched or built for them.
    ///
    /// # Errors
    ///
    /// [`BadInput`] for a path that is not there.
    pub fn check(&self) -> Result<(), BadInput> {
        let missing =
            [&self.report, &self.source].into_iter().flatten().find(|path| !path.exists());
        missing.map_or(Ok(()), |path| {
            Err(BadInput(format!("{}: there is no such file or folder", path.display())))
        })
    }

    /// The features that the device needs beyond those of every repair.
    #[must_use]
    pub fn features(&self) -> &'static [&'static str] {
        if self.device.starts_with("cuda") { &["--features", "xtask/cuda"] } else { &[] }
    }
}

/// What a model is asked to write.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_consistent() {
        super::Flags::command().debug_assert();
    }
}
