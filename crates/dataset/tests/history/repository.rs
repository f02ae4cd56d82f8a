//! A repository of the real git, made commit by commit.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use fixwright_dataset::{History, HistoryOptions, RepairSample, Skipped, Source};
use tempfile::TempDir;

/// A repository that goes away with the test.
pub(crate) struct Repository {
    folder: TempDir,
    /// Seconds since the epoch of the next commit.
    clock: u64,
}

impl Repository {
    /// An empty one; none, with a word about it, where git is missing.
    pub(crate) fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            println!("skipped: there is no git");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let repository = Self { folder, clock: 1_600_000_000 };
        repository.git(&["init", "-q", "-b", "main"]);
        Some(repository)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs git and gives what it says.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_reading(arguments, b"")
    }

    /// Runs git with this on its standard input.
    pub(crate) fn git_reading(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.path()).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A");
            command.env(format!("GIT_{role}_EMAIL"), "a@example.org");
            command.env(format!("GIT_{role}_DATE"), format!("{} +0000", self.clock));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Writes a file of the working tree.
    pub(crate) fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// Commits the working tree as it is; the commit's name.
    pub(crate) fn commit(&mut self, message: impl AsRef<[u8]>) -> String {
        self.clock += 60;
        self.git(&["add", "-A"]);
        let clean =
            ["commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim"];
        self.git_reading(&[&clean[..], &["-F", "-"]].concat(), message.as_ref());
        self.git(&["rev-parse", "HEAD"])
    }

    /// Commits one file with these contents.
    pub(crate) fn change(
        &mut self,
        path: &str,
        contents: impl AsRef<[u8]>,
        message: &str,
    ) -> String {
        self.write(path, contents);
        self.commit(message)
    }

    /// Lets a minute pass.
    pub(crate) fn tick(&mut self) {
        self.clock += 60;
    }

    /// What the history of the current branch gives.
    pub(crate) fn mined(&self, options: HistoryOptions) -> (Vec<RepairSample>, Skipped) {
        let mut history = History::open(self.path(), options).unwrap();
        let rows = history.by_ref().collect::<Result<_, _>>().unwrap();
        (rows, history.skipped().clone())
    }
}

/// A C file with `body` in the middle, unlike any other of another `name`.
pub(crate) fn source(name: &str, body: &str) -> String {
    let before: String = (0..6).map(|index| format!("int {name}_{index};\n")).collect();
    let after: String = (6..12).map(|index| format!("int {name}_{index};\n")).collect();
    format!("{before}int {name}(int a)\n{{\n{body}}}\n{after}")
}
