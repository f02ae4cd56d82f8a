//! The commands that run a language model. `cargo xtask` builds this binary when one of them is asked for.

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;
use xtask::exit::{self, BadInput};
use xtask::flags::{Command, Flags};
use xtask::{repair, train};

/// Batches are differentiated on several threads; with the system's allocator each keeps what it has freed to itself.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // This program is its own launcher of confined commands.
    if let Some(error) = fixwright::validate::sandbox::enter() {
        return exit::finish(Err(error.into()));
    }
    exit::finish(match Flags::parse().command {
        Command::Repair(flags) => repair::run(&flags),
        Command::Train(flags) => train::run(&flags, &mut std::io::stdout()),
        _ => Err(BadInput("this command runs no model: cargo xtask has it".to_owned()).into()),
    })
}
