//! What a data set was made of, and how.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Part, Skipped};

/// What stands in `manifest.json` beside a data set.
///
/// Nothing in it depends on when, where or by how many threads the data set was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Manifest {
    /// The version of this format: 1.
    pub schema: u32,
    /// The version of this crate.
    pub version: &'static str,
    /// Whether the sources were read to their ends; if not, the rest of them is missing.
    pub complete: bool,
    /// The sources, in the order in which they were read.
    pub sources: Vec<SourceRecord>,
    /// The options, as they serialise.
    pub options: serde_json::Value,
    /// Programs that had a say, with their versions.
    pub tools: BTreeMap<String, String>,
    /// How many samples were left out for each reason.
    pub dropped: Skipped,
    /// The parts.
    pub parts: BTreeMap<Part, PartRecord>,
}

/// A source of a data set.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SourceRecord {
    /// What it was called.
    pub name: String,
    /// What it says of itself: a hash, a commit, a version.
    pub facts: BTreeMap<String, String>,
    /// How many samples it gave.
    pub read: u64,
    /// How many of them were kept.
    pub kept: u64,
    /// How much of it could not be read.
    pub unreadable: u64,
    /// What it left out itself.
    pub skipped: Skipped,
}

impl SourceRecord {
    pub(crate) fn new(name: String) -> Self {
        let (facts, skipped) = (BTreeMap::new(), Skipped::default());
        Self { name, facts, read: 0, kept: 0, unreadable: 0, skipped }
    }
}

/// A part of a data set, which is a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PartRecord {
    /// The name of the file, beside the manifest.
    pub file: String,
    /// Its lines.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// Its hash.
    pub sha256: String,
    /// How many of its samples are of each origin; unknown ones are under the empty name.
    pub origins: BTreeMap<String, u64>,
    /// How many of its samples have each licence, likewise.
    pub licences: BTreeMap<String, u64>,
}
