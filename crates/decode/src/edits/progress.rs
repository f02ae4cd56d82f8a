//! An edit while it is decoded.

use std::ops::ControlFlow;

use super::Departure;
use crate::generate::{Finish, Generation};

/// How many tokens in a row must be the source's after an edit for the answer to be taken as going on with it.
pub(super) const BACK: usize = 8;

/// An edit that is not back in the source after so many tokens is given up.
const LONGEST: usize = 64;

/// An edit on its way.
pub(super) struct Progress {
    departure: Departure,
    /// The tokens behind the first one.
    written: Vec<u32>,
    /// Where in the source the answer is again.
    back: Option<usize>,
}

/// A finished edit.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub(super) departure: Departure,
    pub(super) generation: Generation,
    pub(super) given_up: bool,
    /// That of its own tokens, and of those that show that it is back.
    pub(super) log_probability: f64,
}

impl Progress {
    pub(super) fn of(departure: &Departure) -> Self {
        Self { departure: *departure, written: Vec::new(), back: None }
    }

    /// Takes in a token; breaks if that is enough of them.
    pub(super) fn push(&mut self, token: u32, source: &[u32]) -> ControlFlow<()> {
        self.written.push(token);
        self.back = self.back(source);
        if self.back.is_some() || self.is_too_long() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn is_too_long(&self) -> bool {
        self.back.is_none() && self.written.len() == LONGEST
    }

    /// Where in the source the edit ends, if what was decoded last is the source's again: behind the nearest place that has it.
    fn back(&self, source: &[u32]) -> Option<usize> {
        let last = &self.written[self.written.len().checked_sub(BACK)?..];
        let place = self.departure.place;
        let rest = source.get(place..)?;
        rest.windows(BACK).position(|window| window == last).map(|at| place + at + BACK)
    }

    pub(super) fn finish(self, mut generation: Generation, source: &[u32]) -> Edit {
        if let Some(back) = self.back {
            generation.tokens.extend(&source[back..]);
            generation.finish = Finish::Copied;
        }
        let rest = generation.log_probability.take().unwrap_or_default();
        let log_probability = self.departure.log_probability + rest;
        let cut = generation.finish == Finish::Length;
        let given_up = cut || self.is_too_long() && generation.finish == Finish::Cancelled;
        Edit { departure: self.departure, generation, given_up, log_probability }
    }
}
