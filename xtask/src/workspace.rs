//! Where the workspace is and how cargo is called in it.

use std::path::Path;
use std::process::Command;

/// The packages that build without burn: the text half, and the commands with the engine.
pub const TEXT_HALF: [&str; 6] = [
    "fixwright-report",
    "fixwright-patch",
    "fixwright-prompt",
    "fixwright-validate",
    "fixwright-dataset",
    "xtask",
];

/// The whole workspace, model half included. Whatever needs burn selects just this: cargo unifies features over the packages
/// selected, so any other selection would build burn once more.
pub const WHOLE: [&str; 3] = ["--workspace", "--features", "xtask/model"];

/// The folder of the workspace's `Cargo.toml`.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in a folder of the workspace")
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
