//! `cargo xtask report`: what analysers, compilers and sanitizers say, as one table or as JSON Lines.

mod sources;
mod table;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal as _, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use fixwright_report::{BugReport, Error, Event, Format, Warning, sarif, stream};
use indicatif::ProgressBar;

use crate::exit::{BadInput, Exit, note};
use crate::flags::ReportFlags;
pub(crate) use sources::Sources;
use table::Table;

/// Warnings of one file that are printed; more are counted.
const MOST_WARNINGS: usize = 50;
/// Files from this size on are read with a progress bar.
const LARGE: u64 = 64 << 20;

/// Reads every file and prints its reports. A file that cannot be read is said, and the others are read.
///
/// # Errors
///
/// An unknown format; `out` cannot be written.
pub fn run(flags: &ReportFlags, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let format = match flags.format.as_str() {
        "auto" => None,
        name => Some(name.parse().map_err(|error: Error| BadInput(error.to_string()))?),
    };
    let out = BufWriter::new(out);
    let mut printer: Box<dyn Printer + '_> = match () {
        () if flags.json => Box::new(Lines { out }),
        () if flags.sarif => Box::new(sarif::Writer::new(out)),
        () => Box::new(Table::new(out)),
    };
    let mut total = Total { sources: flags.source.clone().map(Sources::new), ..Total::default() };
    flags.files.iter().try_for_each(|path| total.file(path, format, &mut *printer))?;
    printer.finish()?;
    Ok(total.finish())
}

/// How reports are printed.
trait Printer {
    fn report(&mut self, report: &BugReport) -> io::Result<()>;

    /// Prints what has been held back at the end of a file.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Prints what has been held back to the end.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// One JSON object a line.
struct Lines<W> {
    out: W,
}

impl<W: Write> Printer for Lines<W> {
    fn report(&mut self, report: &BugReport) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, report)?;
        self.out.write_all(b"\n")
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Printer for sarif::Writer<W> {
    fn report(&mut self, report: &BugReport) -> io::Result<()> {
        self.report(report)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        sarif::Writer::finish(*self)?.flush()
    }
}

/// What all files came to.
#[derive(Default)]
struct Total {
    sources: Option<Sources>,
    reports: usize,
    warnings: usize,
    files: usize,
    unreadable: usize,
}

impl Total {
    fn file(
        &mut self,
        path: &Path,
        format: Option<Format>,
        printer: &mut dyn Printer,
    ) -> io::Result<()> {
        let (reports, mut warned) = (self.reports, 0);
        let mut printed = Ok(());
        let mut warn = |warning: &Warning| {
            warned += 1;
            if warned <= MOST_WARNINGS {
                note(format_args!(
                    "{}:{}: {}",
                    path.display(),
                    warning.place.line,
                    warning.message
                ));
            }
        };
        let read = open(path).map_err(Error::Io).and_then(|input| {
            stream(input, format, &mut |event| {
                match event {
                    Event::Warning(warning) => warn(&warning),
                    Event::Report(mut report) => {
                        report.provenance.file = Some(path.display().to_string());
                        if let Some(sources) = &mut self.sources {
                            report.resolve(&mut |place| sources.read(place));
                        }
                        report.warnings.iter().for_each(&mut warn);
                        self.reports += 1;
                        printed = printer.report(&report);
                    }
                    _ => {}
                }
                if printed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })
        });
        printed.and_then(|()| printer.flush())?;
        if warned > MOST_WARNINGS {
            note(format_args!("{}: {} more warnings", path.display(), warned - MOST_WARNINGS));
        }
        self.files += 1;
        self.warnings += warned;
        match read {
            Ok(format) => {
                note(format_args!(
                    "{}: {format}, {}",
                    path.display(),
                    count(self.reports - reports, "report")
                ));
            }
            Err(error) => {
                self.unreadable += 1;
                note(format_args!("{}: {error}", path.display()));
            }
        }
        Ok(())
    }

    fn finish(&self) -> Exit {
        if self.files > 1 || self.warnings > 0 {
            let Self { reports, warnings, files, .. } = *self;
            note(format_args!(
                "{} in {}, {}",
                count(reports, "report"),
                count(files, "file"),
                count(warnings, "warning")
            ));
        }
        if self.unreadable > 0 { Exit::BadInput } else { Exit::Done }
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A file, or stdin for `-`, a large file with a progress bar.
fn open(path: &Path) -> io::Result<BufReader<Box<dyn Read>>> {
    const BUFFER: usize = 1 << 20;
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        if size >= LARGE && !io::stdout().is_terminal() {
            Box::new(ProgressBar::new(size).wrap_read(file))
        } else {
            Box::new(file)
        }
    };
    Ok(BufReader::with_capacity(BUFFER, source))
}
