//! A launcher for programs that are none themselves: it confines itself and becomes a command.

#![forbid(unsafe_code)]

use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "a program says why it failed")]
fn main() -> ExitCode {
    let error = fixwright_validate::sandbox::enter();
    let why = error.map_or(
        "fixwright-sandbox is started by fixwright-validate, not by hand".to_owned(),
        |e| e.to_string(),
    );
    eprintln!("{why}");
    ExitCode::from(125)
}
