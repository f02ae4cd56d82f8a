//! Progress of a run: a bar on a terminal, lines elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use fixwright::finetune::{Event, Examples as _};
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressStyle};

use super::data::Data;
use crate::exit::note;

/// How often a log hears of the steps.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows the steps.
pub(super) struct Watch {
    bar: ProgressBar,
    live: bool,
    spoke: Option<Instant>,
    begun: Instant,
    first: usize,
    steps: usize,
}

impl Watch {
    pub(super) fn new(data: &Data, steps: usize, done: usize) -> Self {
        let (train, held_out) = (data.train.len(), data.held_out.len());
        note(format_args!(
            "{train} examples to train on, {held_out} held out; {steps} steps, {done} done"
        ));
        let live = std::io::stderr().is_terminal();
        let bar = if live { ProgressBar::new(steps as u64) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg} {eta}");
        bar.set_style(style.unwrap_or(ProgressStyle::default_bar()));
        bar.set_position(done as u64);
        bar.reset_eta();
        Self { bar, live, spoke: None, begun: Instant::now(), first: done, steps }
    }

    pub(super) fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Step(step) => {
                let speed = step.tokens as f64 / step.elapsed.as_secs_f64();
                let memory = HumanBytes(peak_memory());
                let said = format!("loss {:.4}, {speed:.0} tokens/s, {memory}", step.loss);
                self.bar.set_position(step.step as u64);
                self.bar.set_message(said.clone());
                let due = self.spoke.is_none_or(|spoke| spoke.elapsed() >= PAUSE);
                if !self.live && (due || step.step == self.steps) {
                    self.spoke = Some(Instant::now());
                    let left = HumanDuration(self.left(step.step));
                    note(format_args!("step {} of {}: {said}, {left} left", step.step, self.steps));
                }
            }
            Event::Evaluated { step, evaluation, .. } => self.say(&format!(
                "after step {step}: held-out loss {:.4}, in changed parts {:.4}",
                evaluation.loss, evaluation.changed_loss
            )),
            _ => {}
        }
    }

    pub(super) fn say(&self, text: &str) {
        self.bar.suspend(|| note(text));
    }

    fn left(&self, step: usize) -> Duration {
        let done = step.saturating_sub(self.first).max(1) as u32;
        self.begun.elapsed() / done * self.steps.saturating_sub(step) as u32
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The most memory that the process had, in bytes; 0 where the system does not say.
pub(super) fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes =
        line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kibibytes.map_or(0, |kibibytes| kibibytes << 10)
}
