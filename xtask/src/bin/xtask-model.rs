//! The commands that run a language model. `cargo xtask` builds this binary when one of them is asked for.

use std::process::ExitCode;

use xtask::exit::{self, BadInput};

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    exit::finish(Err(BadInput(format!("{command:?} is not a command that runs a model")).into()))
}
