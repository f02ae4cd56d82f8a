//! What the crate promises, with real processes, trees and the real gcc.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod analyser;
mod judge;
mod process;
mod sandbox;
mod suite;
mod workspace;

use std::fs;
use std::ops::ControlFlow;
use std::time::Duration;

use fixwright_validate::{CopyOptions, Error, Event, Isolation, Limits, Task, Validator};
use tempfile::TempDir;

/// A folder with these files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn go_on(_: Event) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A validator whose baseline is the run of a shell script.
fn shell(dir: &TempDir, script: &str, limits: Limits) -> Result<Validator, Error> {
    let compile = Task::new(["sh", "-c", script]).with_limits(limits);
    Validator::new(dir.path(), compile, CopyOptions::default(), Isolation::None, &mut go_on)
}

fn wall(time: Duration) -> Limits {
    let mut limits = Limits::default();
    limits.wall_time = time;
    limits
}
