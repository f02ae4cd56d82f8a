//! Places with something to be said about them: notes, and the steps of a way through the code.

use serde::{Deserialize, Serialize};

use crate::Location;

/// A place together with what is to be said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Note {
    /// The place; empty if the report gives none.
    pub location: Location,
    /// What the report says of it.
    pub message: String,
}

impl Note {
    /// A message about a place.
    pub fn new(location: Location, message: impl Into<String>) -> Self {
        Self { location, message: message.into() }
    }
}

/// A step on the way through the code to a defect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Step {
    /// The place; empty if the report gives none.
    pub location: Location,
    /// What happens there.
    pub message: String,
    /// The tool's name for such a step: Coverity's event tag, a sanitizer's `freed by`.
    pub tag: Option<String>,
    /// How much the step matters, in the report's own words (SARIF: `essential`, `important`, `unimportant`).
    pub importance: Option<String>,
    /// How deep in calls the step is, as the report counts it.
    pub nesting: u32,
    /// Whether this is the step where the defect shows.
    pub is_key: bool,
    /// Which way or stack the step belongs to, from 0, where a report has several.
    pub flow: u32,
}

impl Step {
    /// What happens at a place.
    pub fn new(location: Location, message: impl Into<String>) -> Self {
        Self { location, message: message.into(), ..Self::default() }
    }
}
