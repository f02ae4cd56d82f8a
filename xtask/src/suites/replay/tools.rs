//! The two programs that apply a patch: this one and GNU patch.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// This program.
pub(super) struct Tools {
    program: PathBuf,
}

/// How a patch is to be applied.
#[derive(Clone, Copy)]
pub(super) struct How {
    pub(super) strip: usize,
    pub(super) reverse: bool,
    pub(super) fuzz: usize,
}

/// What this program made of a patch.
#[derive(Debug, PartialEq)]
pub(super) enum Fate {
    /// It changed the tree; what each hunk needed, by name.
    Applied(Vec<Vec<String>>),
    /// It was there already.
    AlreadyApplied,
    /// It does not fit, or is no diff; and why.
    Refused(String),
}

impl Tools {
    /// The two programs, if GNU patch is there.
    pub(super) fn new(program: &Path) -> anyhow::Result<Self> {
        let version = Command::new("patch").arg("--version").output().context("patch")?;
        ensure!(version.stdout.starts_with(b"GNU patch"), "the patch here is not GNU's");
        Ok(Self { program: program.to_path_buf() })
    }

    /// Whether GNU patch applies `patch` to the tree at `root` completely, as `dpkg-source` calls it.
    pub(super) fn theirs(&self, root: &Path, patch: &[u8], how: How) -> anyhow::Result<bool> {
        let mut command = Command::new("patch");
        command
            .args(["-s", "-t", "-u", "-E", "-V", "never", "--no-backup-if-mismatch", "-r", "-"])
            .arg(format!("-p{}", how.strip))
            .arg(format!("-F{}", how.fuzz))
            .arg(if how.reverse { "-R" } else { "-N" })
            .arg("-d")
            .arg(root);
        // With -R and -t, a patch that fits forwards would be applied forwards.
        if how.reverse {
            command.arg("-f");
        }
        Ok(feed(&mut command, patch)?.status.success())
    }

    /// What this program makes of `patch` in the tree at `root`.
    pub(super) fn ours(&self, root: &Path, patch: &[u8], how: How) -> anyhow::Result<Fate> {
        let mut command = Command::new(&self.program);
        command.args(["apply", "--patch", "-", "--json", "--root"]).arg(root);
        command.arg(format!("--strip={}", how.strip));
        command.args(how.reverse.then_some("--reverse"));
        let output = feed(&mut command, patch)?;
        if output.stdout.is_empty() {
            return Ok(Fate::Refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        Ok(fate(&serde_json::from_slice(&output.stdout)?))
    }
}

/// Runs a program with `input`, and waits for it.
fn feed(command: &mut Command, input: &[u8]) -> anyhow::Result<std::process::Output> {
    let name = command.get_program().to_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| name.display().to_string())?;
    let mut stdin = child.stdin.take().context("the input is piped")?;
    std::thread::scope(|scope| {
        // A program that does not read all of it has its reasons.
        scope.spawn(move || stdin.write_all(input));
        Ok(child.wait_with_output()?)
    })
}

/// What the document of `apply --json` says.
fn fate(record: &Value) -> Fate {
    let each = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let hunks = || each(record, "files").into_iter().flat_map(|file| each(&file, "hunks"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match record["outcome"].as_str() {
        Some("applied") => Fate::Applied(
            hunks()
                .map(|hunk| each(&hunk, "needs").iter().map(|need| text(&need["need"])).collect())
                .collect(),
        ),
        Some("already_applied") => Fate::AlreadyApplied,
        _ => {
            let whole = each(record, "files").into_iter().chain(hunks());
            let reason = |value: Value| value["refusal"]["reason"].as_str().map(str::to_owned);
            let mut reasons: Vec<_> = whole.filter_map(reason).collect();
            reasons.sort();
            reasons.dedup();
            Fate::Refused(reasons.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_tells_the_fate() {
        let applied = json!({"outcome": "applied", "files": [
            {"hunks": [{"needs": [{"need": "offset", "lines": [2]}]}, {"needs": []}]}]});
        assert_eq!(fate(&applied), Fate::Applied(vec![vec!["offset".into()], vec![]]));
        assert_eq!(fate(&json!({"outcome": "already_applied"})), Fate::AlreadyApplied);
        let refused = json!({"outcome": "refused", "files": [
            {"refusal": {"reason": "missing"}, "hunks": []},
            {"refusal": null, "hunks": [{"refusal": {"reason": "ambiguous"}}, {"refusal": null}]}]});
        assert_eq!(fate(&refused), Fate::Refused("ambiguous, missing".into()));
    }
}
