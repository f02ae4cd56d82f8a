//! Programs that mean harm, each in the sandbox.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use fixwright_validate::{
    CopyOptions, Ending, Error, Isolation, Launcher, Limits, Run, Sandbox, Task, Validator,
};
use tempfile::TempDir;

use crate::go_on;

const MEBIBYTE: u64 = 1 << 20;

fn sandbox() -> Sandbox {
    Sandbox::new(Launcher::at(env!("CARGO_BIN_EXE_fixwright-sandbox"))).unwrap()
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.wall_time = Duration::from_secs(5);
    limits.cpu_time = Some(Duration::from_secs(4));
    limits.processes = Some(64);
    limits.file_size = Some(8 * MEBIBYTE);
    limits
}

/// Builds a program of `tests/hostile` in the sandbox and runs it there.
fn hostile(name: &str, arguments: &[&str], limits: Limits) -> Run {
    build_and_run("gcc -O1 -w", name, arguments, limits)
}

fn build_and_run(compiler: &str, name: &str, arguments: &[&str], limits: Limits) -> Run {
    let dir = TempDir::new().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(name);
    fs::copy(source.with_extension("c"), dir.path().join("program.c")).unwrap();
    let script = format!("{compiler} program.c -o program && exec ./program \"$@\"");
    let argv = ["sh", "-c", &script, "sh"].into_iter().chain(arguments.iter().copied());
    let compile = Task::new(argv).with_limits(limits);
    let isolation = Isolation::Sandboxed(sandbox());
    let validator =
        Validator::new(dir.path(), compile, CopyOptions::default(), isolation, &mut go_on).unwrap();
    validator.baseline().clone()
}

#[test]
fn what_is_enforced_is_said() {
    let run = hostile("read_passwd", &[], limits());
    let means = run.enforced.sandbox.unwrap();
    assert!(means.landlock >= 1 && means.seccomp, "{means:?}");
    assert_eq!(run.enforced.processes, Some(64));
}

#[test]
fn files_outside_are_out_of_reach() {
    let outside = TempDir::new().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let run = hostile("read_passwd", &[secret.to_str().unwrap()], limits());
    assert_eq!(run.output, "done\n");

    let home = std::env::var("HOME").unwrap_or("/root".to_owned());
    let places = [outside.path().to_str().unwrap(), "/tmp", "/", "..", "/dev/shm", &home];
    let run = hostile("write_outside", &places, limits());
    assert_eq!(run.output, "done\n");
    assert!(!outside.path().join("escaped").exists());
}

#[test]
fn there_is_no_network() {
    assert_eq!(hostile("network", &[], limits()).output, "done\n");
}

#[test]
fn nobody_outside_is_signalled() {
    let mut other = Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().unwrap();
    let own = std::process::id().to_string();
    let run = hostile("signal_parent", &[&own, &other.id().to_string(), "1"], limits());
    assert_eq!(run.output, "done\n");
    assert!(other.try_wait().unwrap().is_none(), "the bystander is gone");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_fork_bomb_ends_with_its_processes() {
    let run = hostile("fork_bomb", &[], limits());
    let started: u32 = run
        .output
        .trim()
        .strip_prefix("started ")
        .and_then(|n| n.parse().ok())
        .unwrap_or_else(|| panic!("{run:?}"));
    // Other commands of the same user, begun and ended meanwhile, move the limit a little.
    assert!((8..1000).contains(&started), "{started}");
    assert!(run.elapsed < Duration::from_secs(5));
}

#[test]
fn nobody_leaves_the_group() {
    let run = hostile("setsid_escape", &[], limits());
    assert!(!run.output.contains("ESCAPED"), "{}", run.output);
    let pid = run.output.trim().strip_prefix("pid ").unwrap();
    assert!(crate::process::gone_soon(pid));
}

#[test]
fn the_stack_is_as_large_as_asked_for() {
    let run = |mebibytes: u64| {
        let mut limits = limits();
        limits.stack = Some(mebibytes * MEBIBYTE);
        let run = hostile("deep_stack", &[], limits);
        assert_eq!(run.enforced.stack, Some(mebibytes * MEBIBYTE));
        (run.ending, run.output)
    };
    assert_eq!(run(64), (Ending::Exited(0), "1\n".to_owned()));
    assert_eq!(run(16).0, Ending::Signalled(11));
}

#[test]
fn memory_output_files_and_time_end() {
    let mut small = limits();
    small.memory = Some(512 * MEBIBYTE);
    small.wall_time = Duration::from_secs(30);
    let run = hostile("memory", &[], small);
    let took: u64 =
        run.output.trim_start_matches("took ").trim_end_matches(" MiB\n").parse().unwrap();
    assert!((100..512).contains(&took), "{took}");

    let run = hostile("file_flood", &[], limits());
    assert_eq!(run.ending, Ending::FileSize, "{run:?}");

    let mut short = limits();
    short.wall_time = Duration::from_secs(2);
    for name in ["output_flood", "sleep_forever"] {
        let run = hostile(name, &[], short.clone());
        assert_eq!(run.ending, Ending::WallTime, "{name}");
        assert!(run.output.len() < 80_000);
        assert!(run.elapsed < Duration::from_secs(10), "{:?}", run.elapsed);
    }
}

#[test]
fn sanitizers_work_inside() {
    let mut slow = limits();
    slow.wall_time = Duration::from_secs(30);
    let run = build_and_run("gcc -g -fsanitize=address,undefined", "heap_overflow", &[], slow);
    assert!(run.output.contains("heap-buffer-overflow"), "{run:?}");
    assert!(run.output.contains("program.c:8"), "{run:?}");
}

#[test]
fn without_a_launcher_there_is_no_sandbox() {
    let nothing = Sandbox::new(Launcher::at("/no/such/launcher"));
    assert!(matches!(nothing, Err(Error::Sandbox { .. })));
    let wrong = Sandbox::new(Launcher::at("/bin/true"));
    assert!(wrong.unwrap_err().to_string().contains("sandbox::enter"));
}
