//! Training, and models on a GPU: `xtask-model`, built when it is first asked for.
//!
//! The light binary never links burn. For these it has cargo build the other binary, with the build's
//! progress on the terminal, and runs that with the arguments it was given itself.

use std::ffi::OsString;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use cargo_metadata::Message;

use crate::exit::Exit;
use crate::workspace;

const BINARY: &str = "xtask-model";

/// What its allocator, which reads the environment before anything runs, is told unless the user says otherwise: to keep memory, since each step
/// takes what the last one gave back, and to ask for large pages.
const ALLOCATOR: [(&str, &str); 2] =
    [("MIMALLOC_PURGE_DELAY", "-1"), ("MIMALLOC_ALLOW_LARGE_OS_PAGES", "1")];

/// Builds `xtask-model`, with further `features`, and becomes it, with `arguments`: Ctrl-C and the exit code are then its own.
///
/// # Errors
///
/// The build failed, or the binary could not be started.
#[cfg(unix)]
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    features: &[&str],
) -> anyhow::Result<Exit> {
    use std::os::unix::process::CommandExt as _;
    let binary = build(features)?;
    let error = command(&binary, arguments).exec();
    Err(error).with_context(|| format!("cannot start {}", binary.display()))
}

/// Builds `xtask-model`, with further `features`, and runs it with `arguments`, returning how it ended.
///
/// # Errors
///
/// The build failed, or the binary did not end with one of the exit codes of [`Exit`].
#[cfg(not(unix))]
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    features: &[&str],
) -> anyhow::Result<Exit> {
    let binary = build(features)?;
    let status = command(&binary, arguments)
        .status()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    status.code().and_then(Exit::from_code).with_context(|| format!("{BINARY} ended with {status}"))
}

fn command(binary: &Path, arguments: impl IntoIterator<Item = OsString>) -> Command {
    let mut command = Command::new(binary);
    let unset = ALLOCATOR.into_iter().filter(|(name, _)| std::env::var_os(name).is_none());
    command.args(arguments).envs(unset);
    command
}

fn build(features: &[&str]) -> anyhow::Result<PathBuf> {
    let mut cargo = workspace::cargo(["build", "--release", "--bin", BINARY])
        .args(workspace::WHOLE)
        .args(features)
        .arg("--message-format=json-render-diagnostics")
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let stdout = cargo.stdout.take().context("cargo has no stdout")?;
    let mut binary = None;
    for message in Message::parse_stream(BufReader::new(stdout)) {
        if let Message::CompilerArtifact(artifact) = message.context("cannot read from cargo")?
            && artifact.target.name == BINARY
        {
            binary = artifact.executable;
        }
    }
    let status = cargo.wait()?;
    if !status.success() {
        bail!("{BINARY} could not be built: cargo ended with {status}");
    }
    binary.map(PathBuf::from).with_context(|| format!("cargo built no {BINARY}"))
}
