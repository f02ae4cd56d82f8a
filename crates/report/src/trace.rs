//! What the readers of traces share: stacks, what they are made into, and the weaknesses they show.

mod draft;
mod frame;
mod weakness;

pub(crate) use draft::{Draft, Rank};
pub(crate) use frame::{bare_name, frame, place, rank};
pub(crate) use weakness::{Access, weaknesses};
