//! Ctrl-C, as a wish to stop that the work asks for.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

use crate::exit::Exit;

/// The first press is a wish; the second ends the process, whatever it is doing.
#[expect(clippy::exit, reason = "the user asked twice")]
fn on_press(pressed: &AtomicBool) {
    if pressed.swap(true, Ordering::Relaxed) {
        std::process::exit(Exit::CouldNotRun as i32);
    }
}

/// Whether Ctrl-C was pressed.
#[derive(Clone, Default, Debug)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on Ctrl-C no longer ends the process.
    ///
    /// # Errors
    ///
    /// Something else listens already.
    pub fn listen() -> anyhow::Result<Self> {
        let interrupt = Self::default();
        let pressed = Arc::clone(&interrupt.0);
        ctrlc::set_handler(move || on_press(&pressed)).context("cannot listen for Ctrl-C")?;
        Ok(interrupt)
    }

    /// Does what Ctrl-C does the first time.
    #[cfg(test)]
    pub(crate) fn press(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether to go on.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
