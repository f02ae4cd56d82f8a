//! Changes that a report proposes, exactly enough to be made.

use serde::{Deserialize, Serialize};

use crate::Location;

/// A change that a tool proposes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Fix {
    /// What it does.
    pub description: Option<String>,
    /// The replacements, which are to be made together.
    pub edits: Vec<Replacement>,
}

/// A stretch of source and what is to stand there instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Replacement {
    /// The stretch; an empty one is an insertion.
    pub location: Location,
    /// What is to stand there.
    pub text: String,
}

impl Replacement {
    /// `text` in place of what stands at `location`.
    pub fn new(location: Location, text: impl Into<String>) -> Self {
        Self { location, text: text.into() }
    }
}
