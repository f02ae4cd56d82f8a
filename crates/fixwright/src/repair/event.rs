//! What the caller hears while a search goes on.

use std::ops::ControlFlow;

use super::Candidate;

/// What happens during a search.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A candidate is to be asked for.
    Asking {
        /// The round, from 0.
        round: usize,
        /// Which candidate of the round, from 0.
        index: usize,
        /// How many there are in a round at most.
        of: usize,
    },
    /// The model begins to answer.
    Reading {
        /// Tokens of the prompt that it has not seen yet.
        tokens: usize,
    },
    /// The model wrote this.
    Text(&'a str),
    /// The model wrote a token of an edit: of one of several that it decodes together; or an answer is compiled, to be told from others.
    Editing,
    /// The candidate is being judged; comes again while that goes on.
    Judging,
    /// The candidate was judged.
    Judged(&'a Candidate),
    /// The candidate makes the same text as this one, which was judged before.
    Repeated(&'a Candidate),
}

/// Hears of each [`Event`] and may stop the work; what is finished by then is returned.
pub type Progress<'a> = &'a mut dyn FnMut(Event<'_>) -> ControlFlow<()>;
