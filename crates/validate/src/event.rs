//! What the caller hears while the work goes on.

use std::ops::ControlFlow;
use std::time::Duration;

/// Something that happened while a candidate is being judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The command has been running for this long. Comes at least every 20 milliseconds, as far as
    /// the system keeps up.
    Running {
        /// The time since its start.
        elapsed: Duration,
    },
}

/// Hears of each [`Event`] and may stop the work, which then ends with
/// [`Error::Cancelled`](crate::Error::Cancelled).
pub type Progress<'a> = &'a mut dyn FnMut(Event) -> ControlFlow<()>;
