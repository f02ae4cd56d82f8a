//! Where the workspace is and how cargo is called in it.

use std::path::Path;
use std::process::Command;

/// The packages that build without burn: the text half and the commands.
pub const TEXT_HALF: [&str; 6] = [
    "fixwright-report",
    "fixwright-patch",
    "fixwright-prompt",
    "fixwright-validate",
    "fixwright-dataset",
    "xtask",
];

/// The packages that are tested with burn, optimised.
pub const MODEL_HALF: [&str; 5] =
    ["fixwright-llama", "fixwright-decode", "fixwright-finetune", "fixwright", "fixwright-tests"];

/// The feature that brings burn into the one library where it is optional.
pub const BURN: &str = "fixwright-llama/burn";

/// The folder of the workspace's `Cargo.toml`.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The cargo that runs this program, in the workspace, with these arguments.
#[must_use]
pub fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// `-p NAME` for each package.
pub fn select(packages: &[&'static str]) -> impl Iterator<Item = &'static str> {
    packages.iter().flat_map(|package| ["-p", package])
}
