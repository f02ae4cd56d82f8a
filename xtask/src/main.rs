//! `cargo xtask`: the commands of the workspace.

use std::process::ExitCode;
use std::{env, io};

use clap::Parser as _;
use xtask::exit::{self, Exit};
use xtask::flags::{self, Command, Flags, Model};
use xtask::{
    apply, bench_decode, curate, evaluate, heavy, layers, models, repair, report, suites, test,
    tidy,
};

fn main() -> ExitCode {
    // This program is its own launcher of confined commands.
    if let Some(error) = fixwright_validate::sandbox::enter() {
        return exit::finish(Err(error.into()));
    }
    exit::finish(run(Flags::parse().command))
}

fn run(command: Command) -> anyhow::Result<Exit> {
    let out = &mut io::stdout();
    match command {
        Command::Repair(flags) => {
            flags.check()?;
            if flags.device == "cpu" {
                return repair::run(&flags);
            }
            // Fetched before the long build: a wrong name or a missing network shows at once.
            models::resolve(flags.model.as_deref())?;
            heavy::run(env::args_os().skip(1), flags::device_features(&flags.device))
        }
        Command::Train(flags) => {
            models::resolve(flags.model.as_deref())?;
            heavy::run(env::args_os().skip(1), flags::device_features(&flags.device))
        }
        Command::BenchDecode(flags) => bench_decode::run(&flags, out),
        Command::Apply(flags) => apply::run(&flags, out),
        Command::Suites(flags) => suites::run(&flags, out),
        Command::Curate(flags) => curate::run(&flags, out),
        Command::Evaluate(flags) => evaluate::run(&flags, out),
        Command::Report(flags) => report::run(&flags, out),
        Command::Model(Model::List { format }) => models::list(format, out),
        Command::Model(Model::Fetch { name }) => models::fetch(name.as_deref(), out),
        Command::Model(Model::Path { name }) => models::path(name.as_deref(), out),
        Command::Layers => layers::run(),
        Command::Tidy(scope) => tidy::run(scope),
        Command::Test(scope) => test::run(scope),
    }
}
