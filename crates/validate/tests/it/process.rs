//! Commands that do not behave.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use fixwright_validate::{CopyOptions, Ending, Error, Isolation, Limits, Run, Task, Validator};

use crate::{shell, tree, wall};

fn run(script: &str, limits: Limits) -> Run {
    shell(&tree(&[]), script, limits).unwrap().baseline().clone()
}

/// Whether a process of this number is there and no zombie.
fn alive(pid: &str) -> bool {
    fs::read_to_string(Path::new("/proc").join(pid.trim()).join("stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap().starts_with(" Z"))
}

pub(crate) fn gone_soon(pid: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(5);
    while alive(pid) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    !alive(pid)
}

#[test]
fn arguments_are_read_by_no_shell() {
    let dir = tree(&[]);
    let compile = Task::new(["printf", "%s|", "a b", "$HOME", "*", "", "`x`", "\"'"]);
    let validator = Validator::new(
        dir.path(),
        compile,
        CopyOptions::default(),
        Isolation::None,
        &mut crate::go_on,
    );
    assert_eq!(validator.unwrap().baseline().output, "a b|$HOME|*||`x`|\"'|");
}

#[test]
fn exit_codes_signals_and_output_are_reported() {
    let said = run("echo out; echo err >&2; echo out; exit 3", Limits::default());
    assert_eq!((said.ending, said.output.as_str()), (Ending::Exited(3), "out\nerr\nout\n"));
    assert_eq!(run("kill -9 $$", Limits::default()).ending, Ending::Signalled(9));
    assert!(run("true", Limits::default()).succeeded());
}

#[test]
fn a_loop_ends_with_its_time() {
    let looped = run("echo begun; while :; do :; done", wall(Duration::from_millis(300)));
    assert_eq!((looped.ending, looped.output.as_str()), (Ending::WallTime, "begun\n"));
    assert!(looped.elapsed >= Duration::from_millis(300));
    assert!(looped.elapsed < Duration::from_secs(10), "{:?}", looped.elapsed);
}

#[test]
fn a_loop_ends_with_its_processor_time() {
    let mut limits = Limits::default();
    limits.cpu_time = Some(Duration::from_millis(1));
    let looped = run("while :; do :; done", limits);
    assert_eq!(looped.ending, Ending::CpuTime);
    assert_eq!(looped.enforced.cpu_time, Some(Duration::from_secs(1)));
}

#[test]
fn a_sleeper_that_holds_the_pipe_is_killed_with_its_parent() {
    let run = run("sleep 1000 & echo $!", Limits::default());
    assert!(run.succeeded());
    assert!(run.elapsed < Duration::from_secs(30), "{:?}", run.elapsed);
    assert!(gone_soon(&run.output));
}

#[test]
fn a_sleeper_is_killed_at_the_deadline() {
    let run = run("sleep 1000 & echo $!; wait", wall(Duration::from_millis(300)));
    assert_eq!(run.ending, Ending::WallTime);
    assert!(gone_soon(&run.output));
}

#[test]
fn a_sleeper_outside_the_group_holds_up_nobody() {
    let run = run("setsid sh -c 'echo $$; exec sleep 20' & sleep 0.2", Limits::default());
    assert!(run.succeeded());
    assert!(run.elapsed < Duration::from_secs(10), "{:?}", run.elapsed);
    assert!(alive(&run.output), "the test shows nothing if the sleeper did not escape");
    std::process::Command::new("kill").arg(run.output.trim()).status().unwrap();
}

#[test]
fn a_command_that_closes_its_output_is_waited_for() {
    let run = run("exec >&- 2>&-; sleep 0.3; exit 7", Limits::default());
    assert_eq!(run.ending, Ending::Exited(7));
}

#[test]
fn a_flood_is_cut_in_the_middle() {
    let mut limits = wall(Duration::from_secs(60));
    limits.output = 1000;
    let run = run("echo first; yes | head -c 50000000; echo last", limits);
    assert!(run.succeeded());
    assert!(run.output.starts_with("first\ny\n") && run.output.ends_with("y\nlast\n"));
    assert!(run.output.contains("\n[49999011 bytes left out]\n"), "{}", run.output);
    assert!(run.output.len() < 1100);
}

#[test]
fn an_endless_flood_ends_with_its_time() {
    let run = run("yes", wall(Duration::from_millis(300)));
    assert_eq!(run.ending, Ending::WallTime);
    assert!(run.elapsed < Duration::from_secs(10), "{:?}", run.elapsed);
}

#[test]
fn a_huge_file_is_not_written() {
    let mut limits = Limits::default();
    limits.file_size = Some(1 << 20);
    let run = run("head -c 9000000 /dev/zero > big; wc -c < big; exit 1", limits);
    assert_eq!(run.enforced.file_size, Some(1 << 20));
    assert!(run.output.contains("1048576"), "{}", run.output);
}

#[test]
fn memory_is_limited() {
    let mut limits = Limits::default();
    limits.memory = Some(256 << 20);
    let script = "head -c 1000000000 /dev/zero | tail -c 900000000 | wc -c";
    let run = run(script, limits);
    assert_eq!(run.enforced.memory, Some(256 << 20));
    assert!(run.output.contains("memory"), "{}", run.output);
}

#[test]
fn the_environment_is_what_was_asked_for() {
    let dir = tree(&[]);
    let compile = Task::new(["env"]).with_env("A", "1").with_env("A", "2");
    let validator = Validator::new(
        dir.path(),
        compile,
        CopyOptions::default(),
        Isolation::None,
        &mut crate::go_on,
    );
    let output = validator.unwrap().baseline().output.clone();
    // Different shells add different ones of these.
    let added = |name: &&str| !["PWD", "OLDPWD", "SHLVL", "_"].contains(name);
    let names = output.lines().map(|line| line.split('=').next().unwrap()).filter(added);
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    assert_eq!(names, ["A", "LC_ALL", "PATH", "TMPDIR"]);
    assert!(output.contains("A=2\n"), "{output}");
}

#[test]
fn commands_that_cannot_run_are_errors() {
    let dir = tree(&[]);
    let error = |compile| {
        Validator::new(
            dir.path(),
            compile,
            CopyOptions::default(),
            Isolation::None,
            &mut crate::go_on,
        )
        .unwrap_err()
    };
    let missing = error(Task::new(["no-such-compiler", "-c"]));
    assert!(matches!(missing, Error::Start { .. }));
    assert!(missing.to_string().starts_with("cannot start `no-such-compiler`"), "{missing}");
    assert!(matches!(error(Task::new(["./no-such-script"])), Error::Start { .. }));
    assert!(matches!(error(Task::new([""; 0])), Error::EmptyCommand));
    assert!(matches!(error(Task::new(["true"]).in_dir("../x")), Error::Folder { .. }));
    assert!(matches!(error(Task::new(["true"]).in_dir("/tmp")), Error::Folder { .. }));
}

#[test]
fn cancelling_kills_the_command() {
    let dir = tree(&[]);
    let out = tree(&[]);
    let script = format!("echo $$ > {}/pid; sleep 1000", out.path().display());
    let mut patience = 10;
    let mut stop = |_| {
        patience -= 1;
        if patience == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let compile = Task::new(["sh", "-c", &script]);
    let result =
        Validator::new(dir.path(), compile, CopyOptions::default(), Isolation::None, &mut stop);
    assert!(matches!(result, Err(Error::Cancelled)));
    assert!(gone_soon(&fs::read_to_string(out.path().join("pid")).unwrap()));
}
