//! What a fetch tells while it runs, and how that looks on a terminal and in a log.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, ProgressBar, ProgressStyle};

use crate::exit::note;

/// Something that happened during a fetch.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A fact worth one line: a source that failed, a wait for another process.
    Note(&'a str),
    /// Bytes begin to arrive for the model of this name and total size.
    Begin {
        /// The model's name.
        name: &'a str,
        /// Its size in bytes.
        total: u64,
    },
    /// What is being fetched now, where the file comes in pieces.
    Stage(&'a str),
    /// The file holds this many bytes.
    Position(u64),
    /// No more bytes will arrive.
    End,
}

/// Whoever wants to know how a fetch goes; any `FnMut(Event)` does.
pub trait Progress {
    /// Takes note of one event.
    fn event(&mut self, event: Event<'_>);
}

impl<F: FnMut(Event<'_>)> Progress for F {
    fn event(&mut self, event: Event<'_>) {
        self(event);
    }
}

/// Shows progress on stderr: a bar on a terminal, a line every few seconds elsewhere.
#[derive(Debug)]
pub struct Terminal {
    bar: ProgressBar,
    live: bool,
    name: String,
    spoke: Instant,
}

impl Default for Terminal {
    fn default() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            live: std::io::stderr().is_terminal(),
            name: String::new(),
            spoke: Instant::now(),
        }
    }
}

impl Terminal {
    const PAUSE: Duration = Duration::from_secs(5);
    const BAR: &str =
        "{prefix} [{wide_bar}] {decimal_bytes} of {decimal_total_bytes}, {eta} left{msg}";

    fn begin(&mut self, name: &str, total: u64) {
        name.clone_into(&mut self.name);
        self.spoke = Instant::now();
        if self.live {
            let style = ProgressStyle::with_template(Self::BAR).expect("the template is fixed");
            self.bar = ProgressBar::new(total).with_style(style.progress_chars("=> "));
            self.bar.set_prefix(self.name.clone());
            self.bar.enable_steady_tick(Duration::from_millis(200));
        } else {
            self.bar.set_length(total);
        }
    }

    fn position(&mut self, position: u64) {
        self.bar.set_position(position);
        if !self.live && self.spoke.elapsed() >= Self::PAUSE {
            self.spoke = Instant::now();
            let total = self.bar.length().unwrap_or(position);
            note(format_args!(
                "{}: {} of {}",
                self.name,
                DecimalBytes(position),
                DecimalBytes(total)
            ));
        }
    }
}

impl Progress for Terminal {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Note(line) => self.bar.suspend(|| note(line)),
            Event::Begin { name, total } => self.begin(name, total),
            Event::Stage(stage) => self.bar.set_message(format!(", {stage}")),
            Event::Position(position) => self.position(position),
            Event::End => self.bar.finish_and_clear(),
        }
    }
}
