//! Reading reports one at a time.

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::detect::{Head, open};
use crate::input::Input;
use crate::{BugReport, Error, Format, MAX_BYTES, Place, Warning};

/// What [`stream`] comes upon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A report, with the warnings that concern it alone.
    Report(Box<BugReport>),
    /// Something that could not be read and that belongs to no report.
    Warning(Warning),
}

/// Reads the reports of `input` one after another, in one pass.
///
/// The memory needed is bounded by the largest report, not by the input. The format is found in the
/// input if it is not given. Returns the format that was read; reading ends early, and is no error, when
/// `on_event` breaks.
///
/// ```
/// use std::ops::ControlFlow;
/// use fixwright_report::{Event, stream};
///
/// let log = "a.c:3:1: warning: unused variable 'x' [-Wunused-variable]\n";
/// let mut lines = Vec::new();
/// stream(log.as_bytes(), None, &mut |event| {
///     if let Event::Report(report) = event {
///         lines.push(report.location.line);
///     }
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(lines, [Some(3)]);
/// # Ok::<(), fixwright_report::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Unrecognised`] if no format fits, [`Error::NoReport`] if there is nothing of the format that
/// was asked for, [`Error::Io`] if reading fails.
pub fn stream(
    input: impl BufRead,
    format: Option<Format>,
    on_event: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> Result<Format, Error> {
    let (format, mut input) = open(input, format)?;
    let mut sink = Sink::new(format, on_event);
    let mut result = (format.reader().read)(&mut input, &mut sink);
    if let Err(Halt::Damaged(Warning { place, message })) = result {
        result = sink.warn(place, message + "; what follows is left out");
    }
    match result {
        Err(Halt::Failed(error)) => Err(error),
        Ok(()) if sink.found == Found::Nothing => Err(Error::NoReport { format }),
        _ => Ok(format),
    }
}

/// Everything that an input says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reports {
    /// The format that was read.
    pub format: Format,
    /// The reports, in the order of the input. None, if the input is whole and says that nothing was found.
    pub reports: Vec<BugReport>,
    /// What could not be read and belongs to no report.
    pub warnings: Vec<Warning>,
}

/// Reads every report in `input`, in the format that [`detect`] finds.
///
/// # Errors
///
/// [`Error::TooLarge`] above [`MAX_BYTES`], for which there is [`stream`]; otherwise as [`stream`].
pub fn parse(input: impl AsRef<[u8]>) -> Result<Reports, Error> {
    collect(input.as_ref(), None)
}

/// Reads every report in `input`, which is in the given format.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_as(format: Format, input: impl AsRef<[u8]>) -> Result<Reports, Error> {
    collect(input.as_ref(), Some(format))
}

/// The format of `input`, from its bytes alone; its first megabyte is enough.
pub fn detect(input: impl AsRef<[u8]>) -> Option<Format> {
    Head::new(input.as_ref()).format()
}

fn collect(input: &[u8], format: Option<Format>) -> Result<Reports, Error> {
    if input.len() > MAX_BYTES {
        return Err(Error::TooLarge { bytes: input.len(), limit: MAX_BYTES });
    }
    let (mut reports, mut warnings) = (Vec::new(), Vec::new());
    let format = stream(input, format, &mut |event| {
        match event {
            Event::Report(report) => reports.push(*report),
            Event::Warning(warning) => warnings.push(warning),
        }
        ControlFlow::Continue(())
    })?;
    Ok(Reports { format, reports, warnings })
}

/// Where the readers put what they find.
pub(crate) struct Sink<'a> {
    format: Format,
    on_event: &'a mut dyn FnMut(Event) -> ControlFlow<()>,
    found: Found,
}

/// Whether an input is of the format that it was read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Something,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(
        format: Format,
        on_event: &'a mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Self {
        Self { format, on_event, found: Found::Nothing }
    }

    /// Takes a report; its format is filled in here.
    pub(crate) fn report(&mut self, mut report: BugReport) -> Result<(), Halt> {
        self.found = Found::Something;
        report.provenance.format = Some(self.format);
        self.send(Event::Report(Box::new(report)))
    }

    /// Takes a warning that belongs to no report.
    pub(crate) fn warn(&mut self, place: Place, message: impl Into<String>) -> Result<(), Halt> {
        self.send(Event::Warning(Warning::new(place, message)))
    }

    /// Notes that the input is of its format, though it may have no report: an empty list of results.
    pub(crate) fn recognised(&mut self) {
        self.found = Found::Something;
    }

    fn send(&mut self, event: Event) -> Result<(), Halt> {
        match (self.on_event)(event) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Halt::Stopped),
        }
    }
}

/// Why a reader ends before the end of its input.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The caller has had enough.
    Stopped,
    /// What follows cannot be read.
    Damaged(Warning),
    /// Reading failed.
    Failed(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Warning> for Halt {
    fn from(damage: Warning) -> Self {
        Self::Damaged(damage)
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// A reader of one format: takes the whole input, gives what it finds to the sink.
pub(crate) type Read = fn(&mut Input<'_>, &mut Sink<'_>) -> Result<(), Halt>;
