//! How a model is loaded.

use std::num::NonZero;

/// How to load a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadOptions {
    /// How many threads compute on the processor; all that the system offers where it is not said.
    pub threads: Option<NonZero<usize>>,
}
