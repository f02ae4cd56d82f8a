//! Progress through many rows: a bar on a terminal, a line every few seconds elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::exit::note;

/// How often a log hears of the progress.
const PAUSE: Duration = Duration::from_secs(10);

/// Counts rows.
#[derive(Debug)]
pub struct Counter {
    bar: ProgressBar,
    live: bool,
    what: &'static str,
    begun: Instant,
    spoke: Instant,
}

impl Counter {
    /// A counter up to `total` rows, as far as that is known, of which `done` are done already.
    #[must_use]
    pub fn new(what: &'static str, total: Option<u64>, done: u64) -> Self {
        let live = std::io::stderr().is_terminal();
        let bar = if live { ProgressBar::no_length() } else { ProgressBar::hidden() };
        let line = "{wide_bar} {pos}/{len} {per_sec} {eta} {msg}";
        let style = if total.is_some() { line } else { "{spinner} {pos} {per_sec} {msg}" };
        bar.set_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar()));
        total.into_iter().for_each(|total| bar.set_length(total));
        bar.set_position(done);
        bar.set_message(what);
        bar.reset_eta();
        Self { bar, live, what, begun: Instant::now(), spoke: Instant::now() }
    }

    /// Prints a line, above the bar where there is one.
    pub fn say(&self, line: impl std::fmt::Display) {
        self.bar.suspend(|| note(line));
    }

    /// Counts so many more rows.
    pub fn add(&mut self, rows: u64) {
        self.bar.inc(rows);
        if !self.live && self.spoke.elapsed() >= PAUSE {
            self.spoke = Instant::now();
            let of = self.bar.length().map_or(String::new(), |total| format!(" of {total}"));
            let seconds = self.begun.elapsed().as_secs();
            note(format_args!("{}{of} {}, {seconds} s", self.bar.position(), self.what));
        }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
