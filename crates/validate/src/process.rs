//! Runs one command with an end in sight: its own process group, a deadline, limits, bounded
//! output.
//!
//! No thread reads the output and nothing waits for the end of the pipe, so a descendant that keeps
//! it open holds up nobody.

use std::io::{self, PipeWriter, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use serde::{Deserialize, Serialize};

use crate::capture::Capture;
use crate::toolchain::{Compile, Enforced};
use crate::{Error, Event, Isolation, Progress, Workspace};
use crate::{program, rlimit};

/// The longest time between two looks at a command.
const TICK: Duration = Duration::from_millis(20);

/// Waits for a line, then becomes the command: so the limits hold before its first instruction.
/// Setting them between `fork` and `exec` would take unsafe code.
const GATE: &str = r#"read -r go && exec "$@" </dev/null"#;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal of this number.
    Signalled(i32),
    /// Killed at the end of its time, wall clock or processor. If only a child ran out of processor
    /// time, the command itself goes on, and gcc, for one, ends with an exit code and a message.
    TimedOut,
}

/// A command that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Run {
    /// How it ended.
    pub ending: Ending,
    /// What it wrote to its standard output and error, in the order of writing, cut in the middle
    /// if there was too much.
    pub output: String,
    /// How long it took.
    pub elapsed: Duration,
    /// Which limits held.
    pub enforced: Enforced,
}

impl Run {
    /// Whether the command ended with exit code 0.
    pub fn succeeded(&self) -> bool {
        self.ending == Ending::Exited(0)
    }
}

/// Runs `compile` in `workspace`.
pub(crate) fn run(
    compile: &Compile,
    workspace: &Workspace,
    isolation: &Isolation,
    progress: Progress<'_>,
) -> Result<Run, Error> {
    let watch = |source| Error::Watch { source };
    let (reader, writer) = io::pipe().map_err(watch)?;
    let mut capture = Capture::new(reader, compile.limits.output).map_err(watch)?;
    let started = Instant::now();
    let mut group = Group::start(compile, workspace, isolation, writer)?;
    let enforced = match isolation {
        Isolation::Sandboxed(sandbox) => compile.limits.in_sandbox(sandbox.means()),
        Isolation::None => rlimit::enforce(group.pid, &compile.limits),
    };
    group.release();
    let in_time = loop {
        capture.read().map_err(watch)?;
        let elapsed = started.elapsed();
        if group.has_ended().map_err(watch)? {
            break true;
        }
        let Some(left) = compile.limits.wall_time.checked_sub(elapsed) else { break false };
        if progress(Event::Running { elapsed }).is_break() {
            return Err(Error::Cancelled);
        }
        wait(&capture, left.min(TICK)).map_err(watch)?;
    };
    let status = group.end().map_err(watch)?;
    let elapsed = started.elapsed();
    capture.read().map_err(watch)?;
    let ending = if in_time { ending(status) } else { Ending::TimedOut };
    // The copy has another name each time; the messages should not.
    let output = capture.into_text().replace(&*workspace.root().to_string_lossy(), ".");
    Ok(Run { ending, output, elapsed, enforced })
}

fn ending(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, Some(signal)) if signal == Signal::XCPU.as_raw() => Ending::TimedOut,
        (None, signal) => Ending::Signalled(signal.unwrap_or_default()),
    }
}

/// Waits for output, but no longer than `timeout`.
fn wait(capture: &Capture, timeout: Duration) -> io::Result<()> {
    let Some(pipe) = capture.pipe() else {
        // Closed, and yet the command runs: it will end soon, or has sent its output elsewhere.
        thread::sleep(timeout.min(TICK / 10));
        return Ok(());
    };
    let timeout = Timespec { tv_sec: 0, tv_nsec: timeout.subsec_nanos().into() };
    match poll(&mut [PollFd::new(&pipe, PollFlags::IN)], Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A command and all its descendants that have not left its process group. Dropping it kills them.
struct Group {
    child: Child,
    pid: Pid,
    ended: bool,
}

impl Group {
    fn start(
        compile: &Compile,
        workspace: &Workspace,
        isolation: &Isolation,
        output: PipeWriter,
    ) -> Result<Self, Error> {
        let dir = workspace.root().join(&compile.dir);
        program::check(compile, &dir)?;
        let start = |source| compile.not_started(source);
        let mut command = match isolation {
            Isolation::Sandboxed(sandbox) => {
                let mut command = sandbox.launch(&compile.argv, workspace, &compile.limits)?;
                command.stdin(Stdio::null());
                command
            }
            Isolation::None => {
                let mut command = Command::new("/bin/sh");
                command.args(["-c", GATE, "sh"]).args(&compile.argv).stdin(Stdio::piped());
                command
            }
        };
        let child = command
            .current_dir(dir)
            .env_clear()
            .env("TMPDIR", workspace.scratch())
            .envs(compile.env.iter().map(|(name, value)| (name, value)))
            .stdout(output.try_clone().map_err(start)?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .map_err(start)?;
        let pid = Pid::from_child(&child);
        Ok(Self { child, pid, ended: false })
    }

    /// Lets the command begin. If it is gone already, that shows at the next look.
    fn release(&mut self) {
        if let Some(mut gate) = self.child.stdin.take() {
            let _ = gate.write_all(b"\n");
        }
    }

    /// Whether the command itself has ended. It stays a zombie, so that nothing else gets its
    /// number before the group is killed.
    fn has_ended(&self) -> io::Result<bool> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(self.pid), look)?.is_some())
    }

    /// Kills whatever of the group is left.
    fn end(&mut self) -> io::Result<ExitStatus> {
        if !self.ended {
            // It fails only if no process of the group is left to kill.
            let _ = kill_process_group(self.pid, Signal::KILL);
            self.ended = true;
        }
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
