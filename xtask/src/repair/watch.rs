//! What a person sees while a repair goes on: a moving line on a terminal, a line a stage elsewhere.

use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::time::Duration;

use fixwright::repair::Event;
use indicatif::{ProgressBar, ProgressStyle};

use super::show;
use crate::exit::note;
use crate::interrupt::Interrupt;

pub(super) struct Watch {
    bar: ProgressBar,
    live: bool,
    interrupt: Interrupt,
    asked: String,
    stage: String,
    written: String,
}

impl Watch {
    pub(super) fn new() -> anyhow::Result<Self> {
        let live = std::io::stderr().is_terminal();
        let bar = if live { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        bar.set_style(ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}")?);
        bar.enable_steady_tick(Duration::from_millis(100));
        Ok(Self {
            bar,
            live,
            interrupt: Interrupt::listen()?,
            asked: String::new(),
            stage: String::new(),
            written: String::new(),
        })
    }

    /// Begins a stage.
    pub(super) fn say(&mut self, stage: &str) {
        if !self.live && self.stage != stage {
            note(stage);
        }
        stage.clone_into(&mut self.stage);
        self.bar.set_message(self.stage.clone());
    }

    pub(super) fn event(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Asking { round, index, of } => {
                self.written.clear();
                self.asked = show::ordinal(*round, *index) + &format!(" of {of}");
            }
            Event::Reading { tokens } => {
                self.say(&format!("{}: reading {tokens} tokens", self.asked));
            }
            Event::Text(text) => {
                self.written.push_str(text);
                let line = self.written.trim_end().lines().last().unwrap_or_default();
                self.bar.set_message(format!("writing: {}", line.trim()));
            }
            Event::Editing => self.say(&format!("{}: editing the source", self.asked)),
            Event::Judging => self.say("judging the candidate"),
            Event::Judged(candidate) => {
                self.say(&format!("{}: {}", show::name(candidate), show::verdict(candidate)));
            }
            Event::Repeated(known) => {
                self.say(&format!("{}: the same as {}", self.asked, show::name(known)));
            }
            _ => {}
        }
        self.flow()
    }

    pub(super) fn flow(&self) -> ControlFlow<()> {
        self.interrupt.flow()
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
