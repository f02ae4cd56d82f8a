//! What can be typed after `cargo xtask`.

use clap::{Args, Parser, Subcommand, ValueEnum};

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
