//! What a launcher is told.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a confined command may have, besides what every one may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Policy {
    /// The user and group to become.
    pub(crate) user: Option<u32>,
    /// What it may read and run.
    pub(crate) readable: Vec<PathBuf>,
    /// What it may also write.
    pub(crate) writable: Vec<PathBuf>,
    /// Seconds of processor time of each process.
    pub(crate) cpu_time: Option<u64>,
    /// Bytes of address space of each process.
    pub(crate) memory: Option<u64>,
    /// Bytes of stack of each process.
    pub(crate) stack: Option<u64>,
    /// Bytes of each file.
    pub(crate) file_size: Option<u64>,
    /// Processes and threads at a time, of the whole command.
    pub(crate) processes: Option<u64>,
}
