//! What is taken from a history.

/// What is taken from a [`History`](crate::History).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HistoryOptions {
    /// Where the walk starts: branches, tags, commits, or ranges of them as `git log` understands them.
    pub revisions: Vec<String>,
    /// No commits before this date, in any form that git understands.
    pub since: Option<String>,
    /// No commits behind this date.
    pub until: Option<String>,
    /// Only rows of commits that come behind this one in the walk, which otherwise is the same: so a walk that was stopped goes on.
    pub after: Option<String>,
    /// The data set or project that is named in the rows.
    pub origin: String,
    /// The extensions of source files, without the dot. Other files of a commit, such as its tests and pages, are ignored.
    pub extensions: Vec<String>,
    /// How many source files a commit may change; each one gives a row.
    pub max_files: usize,
    /// How many hunks the diff of a file may have.
    pub max_hunks: usize,
    /// How many lines of a file may be deleted and inserted together.
    pub max_changed_lines: usize,
    /// The largest source file, in bytes.
    pub max_file_bytes: u64,
    /// The longest message of a commit, in bytes.
    pub max_message_bytes: usize,
}

impl Default for HistoryOptions {
    /// From `HEAD` to the first commit: C and C++, one file with up to 5 hunks and 50 changed lines, files of up to 1 MiB,
    /// messages of up to 64 KiB.
    fn default() -> Self {
        let extensions = ["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx"];
        Self {
            revisions: vec!["HEAD".to_owned()],
            since: None,
            until: None,
            after: None,
            origin: "git".to_owned(),
            extensions: extensions.map(str::to_owned).to_vec(),
            max_files: 1,
            max_hunks: 5,
            max_changed_lines: 50,
            max_file_bytes: 1 << 20,
            max_message_bytes: 64 << 10,
        }
    }
}

impl HistoryOptions {
    /// Whether a file of this name is wanted.
    pub(super) fn wants(&self, path: &[u8]) -> bool {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let dot = name.iter().rposition(|byte| *byte == b'.');
        dot.is_some_and(|dot| {
            self.extensions.iter().any(|wanted| wanted.as_bytes() == &name[dot + 1..])
        })
    }
}
