//! Runs one command with an end in sight: its own process group, a deadline, limits, bounded
//! output.
//!
//! No thread reads the output and nothing waits for the end of the pipe, so a descendant that keeps
//! it open holds up nobody.

use std::fs::File;
use std::io::{self, ErrorKind, PipeWriter, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use serde::{Deserialize, Serialize};

use crate::capture::Capture;
use crate::task::{Enforced, Limits, Task};
use crate::{Error, Event, Isolation, Progress, Workspace};
use crate::{program, rlimit};

/// The longest time between two looks at a command.
const TICK: Duration = Duration::from_millis(20);

/// Waits for a line, then becomes the command: so the limits hold before its first instruction.
/// Setting them between `fork` and `exec` would take unsafe code. The first argument is the file that the command reads.
const GATE: &str = r#"read -r go && exec "$@" <"$0""#;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal of this number.
    Signalled(i32),
    /// Killed at the end of its time by the clock on the wall.
    WallTime,
    /// Killed at the end of its processor time. If only a child ran out of it, the command itself goes on, and gcc, for
    /// one, ends with an exit code and a message.
    CpuTime,
    /// Killed for a file above the limit.
    FileSize,
    /// Killed for more output than allowed.
    Flood,
}

impl Ending {
    /// Whether it ran out of time, by whichever clock.
    pub fn is_time_out(self) -> bool {
        matches!(self, Self::WallTime | Self::CpuTime)
    }
}

/// A command that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Run {
    /// How it ended.
    pub ending: Ending,
    /// What it wrote, cut in the middle if there was too much: a compiler's standard output and error in the order of
    /// writing, a tested program's standard output.
    pub output: String,
    /// What a tested program wrote to its standard error, cut in the same way.
    pub errors: String,
    /// How long it took.
    pub elapsed: Duration,
    /// Which limits held.
    pub enforced: Enforced,
}

impl Run {
    /// A command that ended so and wrote that, held to no limits.
    pub fn new(ending: Ending, output: impl Into<String>) -> Self {
        let (errors, elapsed, enforced) = Default::default();
        Self { ending, output: output.into(), errors, elapsed, enforced }
    }

    /// The same with at most about so many bytes of output and errors each, cut in the middle.
    pub(crate) fn shortened(self, most: usize) -> Self {
        let cut = |text: String| if text.len() > most { cut(&text, most) } else { text };
        Self { output: cut(self.output), errors: cut(self.errors), ..self }
    }

    /// Whether the command ended with exit code 0.
    pub fn succeeded(&self) -> bool {
        self.ending == Ending::Exited(0)
    }
}

/// The beginning and the end of a text, with a line between them that says how much is missing.
fn cut(text: &str, most: usize) -> String {
    let head = text.floor_char_boundary(most / 2);
    let tail = text.ceil_char_boundary(text.len() - most / 2);
    format!("{}\n[{} bytes left out]\n{}", &text[..head], tail - head, &text[tail..])
}

/// A command about to be run.
#[derive(Clone, Copy)]
pub(crate) struct Start<'a> {
    pub(crate) task: &'a Task,
    pub(crate) workspace: &'a Workspace,
    pub(crate) isolation: &'a Isolation,
    /// The file that it reads as its standard input, and whether it is a tested program, whose standard output and error are
    /// told apart; none for a compiler or the like.
    pub(crate) input: Option<&'a Path>,
}

impl Start<'_> {
    /// Runs the command to its end.
    pub(crate) fn run(self, progress: Progress<'_>) -> Result<Run, Error> {
        let watch = |source| Error::Watch { source };
        let limits = &self.task.limits;
        let (mut output, to_output) = capture(limits)?;
        let (mut errors, to_errors) = capture(limits)?;
        let to_errors =
            if self.input.is_some() { to_errors } else { to_output.try_clone().map_err(watch)? };
        let started = Instant::now();
        let mut group = Group::start(self, to_output, to_errors)?;
        let enforced = match self.isolation {
            Isolation::Sandboxed(sandbox) => limits.in_sandbox(sandbox.means()),
            Isolation::None => rlimit::enforce(group.pid, limits),
        };
        group.release();
        let killed = loop {
            output.read().and_then(|()| errors.read()).map_err(watch)?;
            let elapsed = started.elapsed();
            if group.has_ended().map_err(watch)? {
                break None;
            }
            let Some(left) = limits.wall_time.checked_sub(elapsed) else {
                break Some(Ending::WallTime);
            };
            if limits.flood.is_some_and(|most| output.total() + errors.total() > most) {
                break Some(Ending::Flood);
            }
            if progress(Event::Running { elapsed }).is_break() {
                return Err(Error::Cancelled);
            }
            wait(&[&output, &errors], left.min(TICK)).map_err(watch)?;
        };
        let status = group.end().map_err(watch)?;
        let elapsed = started.elapsed();
        output.read().and_then(|()| errors.read()).map_err(watch)?;
        let ending = killed.unwrap_or_else(|| ending(status));
        // The copy has another name each time; the messages should not.
        let root = self.workspace.root().to_string_lossy();
        let text = |capture: Capture| capture.into_text().replace(&*root, ".");
        Ok(Run { ending, output: text(output), errors: text(errors), elapsed, enforced })
    }
}

fn capture(limits: &Limits) -> Result<(Capture, PipeWriter), Error> {
    let made = io::pipe().and_then(|(reader, writer)| {
        Capture::new(reader, limits.output).map(|capture| (capture, writer))
    });
    made.map_err(|source| Error::Watch { source })
}

fn ending(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, Some(signal)) if signal == Signal::XCPU.as_raw() => Ending::CpuTime,
        (None, Some(signal)) if signal == Signal::XFSZ.as_raw() => Ending::FileSize,
        (None, signal) => Ending::Signalled(signal.unwrap_or_default()),
    }
}

/// Waits for output, but no longer than `timeout`.
fn wait(captures: &[&Capture], timeout: Duration) -> io::Result<()> {
    let pipes: Vec<_> = captures.iter().filter_map(|capture| capture.pipe()).collect();
    if pipes.is_empty() {
        // Closed, and yet the command runs: it will end soon, or has sent its output elsewhere.
        thread::sleep(timeout.min(TICK / 10));
        return Ok(());
    }
    let timeout = Timespec { tv_sec: 0, tv_nsec: timeout.subsec_nanos().into() };
    let mut polled: Vec<_> = pipes.iter().map(|pipe| PollFd::new(pipe, PollFlags::IN)).collect();
    match poll(&mut polled, Some(&timeout)) {
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
    fn start(start: Start<'_>, output: PipeWriter, errors: PipeWriter) -> Result<Self, Error> {
        let Start { task, workspace, isolation, input } = start;
        let dir = workspace.root().join(&task.dir);
        program::check(task, &dir)?;
        let input = input.unwrap_or(Path::new("/dev/null"));
        let mut command = match isolation {
            Isolation::Sandboxed(sandbox) => {
                let input = File::open(input).map_err(Error::io(input))?;
                let mut command = sandbox.launch(&task.argv, workspace, &task.limits)?;
                command.stdin(input);
                command
            }
            Isolation::None => {
                let mut command = Command::new("/bin/sh");
                command.args(["-c", GATE]).arg(input).args(&task.argv).stdin(Stdio::piped());
                command
            }
        };
        let child = command
            .current_dir(dir)
            .env_clear()
            .env("TMPDIR", workspace.scratch())
            .envs(task.env.iter().map(|(name, value)| (name, value)))
            .stdout(output)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(|source| match source.kind() {
                ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory => {
                    task.not_started(source)
                }
                // Too many processes or files, too little memory: no fault of the command's.
                _ => Error::Watch { source },
            })?;
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
