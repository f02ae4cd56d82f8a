//! Makes a git history out of a Debian source package: one commit for each patch of its series, with the patch's own words as message.
//!
//! ```text
//! apt-get source --download-only PACKAGE && dpkg-source --skip-patches -x PACKAGE*.dsc tree
//! cargo run --release -p fixwright-dataset --example series -- tree REPOSITORY
//! ```
//!
//! Only the files that a patch of the series touches are in the history. It needs git and GNU patch.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Error, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// The lines of a patch's head that are no words about it.
const HEADS: [&str; 14] = [
    "From:",
    "Date:",
    "Author:",
    "Last-Update:",
    "Forwarded:",
    "Applied-Upstream:",
    "Origin:",
    "Bug:",
    "Bug-Debian:",
    "Bug-Ubuntu:",
    "Reviewed-By:",
    "Patch-Name:",
    "Content-",
    "MIME-",
];

#[expect(clippy::print_stderr, reason = "an example talks to a person")]
fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [tree, repository] = &arguments[..] else {
        eprintln!("usage: series TREE REPOSITORY");
        return ExitCode::from(2);
    };
    match run(tree, repository) {
        Ok((commits, refused)) => {
            eprintln!("{commits} commits; {refused} patches do not apply with the files at hand");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(tree: &Path, repository: &Path) -> Result<(usize, usize), Error> {
    let folder = tree.join("debian/patches");
    let series = fs::read_to_string(folder.join("series"))?;
    let names = series.lines().filter_map(|line| line.split_whitespace().next());
    let read = |name: &str| fs::read(folder.join(name));
    let patches = names
        .filter(|name| !name.starts_with('#'))
        .map(|name| Ok((name, String::from_utf8_lossy(&read(name)?).into_owned())))
        .collect::<Result<Vec<_>, Error>>()?;
    fs::create_dir_all(repository)?;
    git(repository, &["init", "--quiet", "."], "")?;
    let touched: BTreeSet<_> = patches.iter().flat_map(|(_, text)| touched(text)).collect();
    for path in touched {
        let (from, to) = (tree.join(&path), repository.join(&path));
        if from.is_file() && !path.split('/').any(|part| part == "..") {
            fs::create_dir_all(to.parent().unwrap_or(repository))?;
            fs::copy(from, to)?;
        }
    }
    commit(repository, "start", 0)?;
    let (mut commits, mut refused) = (1, 0);
    for (name, text) in &patches {
        if apply(repository, &folder.join(name))? {
            commit(repository, &message(name, text), commits)?;
            commits += 1;
        } else {
            git(repository, &["checkout", "--quiet", "."], "")?;
            git(repository, &["clean", "--quiet", "-fd"], "")?;
            refused += 1;
        }
    }
    Ok((commits, refused))
}

/// The files that a patch names, less their first component.
fn touched(text: &str) -> impl Iterator<Item = String> {
    let named = text.lines().filter_map(|line| {
        let name = line.strip_prefix("--- ").or_else(|| line.strip_prefix("+++ "))?;
        Some(name.split('\t').next()?.trim_end().split_once('/')?.1.to_owned())
    });
    named.filter(|name| !name.is_empty())
}

/// What the head of a patch says, as a commit's message.
fn message(name: &str, text: &str) -> String {
    let is_diff = |line: &&str| {
        line.starts_with("--- ") || line.starts_with("diff ") || line.starts_with("Index: ")
    };
    let head = text.lines().take_while(|line| !is_diff(line) && *line != "---");
    let words = head.filter(|line| {
        let mail = line.starts_with("From ") && line.len() > 40;
        !mail && !HEADS.iter().any(|head| line.starts_with(head))
    });
    let bare = |line: &str| {
        let line = line.strip_prefix("Description:").or_else(|| line.strip_prefix("Subject:"));
        line.map(|line| {
            let line = line.trim_start();
            let mark = line.starts_with("[PATCH").then(|| line.split_once(']')).flatten();
            mark.map_or(line, |(_, subject)| subject.trim_start()).to_owned()
        })
    };
    let lines: Vec<_> = words.map(|line| bare(line).unwrap_or_else(|| line.to_owned())).collect();
    let text = lines.join("\n");
    if text.trim().is_empty() { name.to_owned() } else { text.trim().to_owned() }
}

fn apply(repository: &Path, patch: &Path) -> Result<bool, Error> {
    let arguments = ["-p1", "-F0", "-f", "-s", "-E", "--no-backup-if-mismatch", "-r", "-", "-i"];
    let mut command = Command::new("patch");
    command.args(arguments).arg(fs::canonicalize(patch)?).current_dir(repository);
    Ok(command.stdout(Stdio::null()).stderr(Stdio::null()).status()?.success())
}

fn commit(repository: &Path, message: &str, number: usize) -> Result<(), Error> {
    git(repository, &["add", "-A", "-f"], "")?;
    let date = format!("--date=@{} +0000", 1_000_000_000 + number);
    git(
        repository,
        &["commit", "--quiet", "--allow-empty", "--cleanup=whitespace", &date, "-F", "-"],
        message,
    )
}

fn git(repository: &Path, arguments: &[&str], input: &str) -> Result<(), Error> {
    let identity =
        ["-c", "user.name=series", "-c", "user.email=series@localhost", "-c", "gc.auto=0"];
    let mut command = Command::new("git");
    command.arg("-C").arg(repository).args(identity).args(arguments).stdin(Stdio::piped());
    let mut child = command.spawn()?;
    child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(input.as_bytes()))?;
    match child.wait()? {
        status if status.success() => Ok(()),
        status => Err(Error::other(format!("git {}: {status}", arguments.join(" ")))),
    }
}
