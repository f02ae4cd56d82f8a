//! git's tests of `git apply`, its scripts `t41*-apply-*.sh`.
//!
//! They run without building git: on the git of this machine, with `apply` going to the adapter `tests/outside/git-apply`
//! in one of the two runs.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::scripts::{Outcome, Passes, Reasons, report};
use super::{Bench, tar};
use crate::exit::{Exit, note};
use crate::workspace::root;

/// What git's build would have left for the tests.
const BUILD_OPTIONS: &str =
    "SHELL_PATH=/bin/sh\nTEST_SHELL_PATH=/bin/sh\nPERL_PATH=/usr/bin/perl\nDIFF=diff\nX=\n";
/// The part of git's helper that these tests need and that a shell has.
const TEST_TOOL: &str =
    "#!/bin/sh\n[ \"$1\" = genzeros ] && exec head -c \"${2:-99999999999}\" /dev/zero\nexit 1\n";
/// git, but for `apply`: only options stand before the name of the command.
const WITHOUT_APPLY: &str = "#!/bin/sh
for word; do
	case $word in
	apply) exec \"$ADAPTER\" \"$@\" ;;
	-* | *=*) ;;
	*) break ;;
	esac
done
exec \"$REAL_GIT\" \"$@\"
";
const GIT: &str = "#!/bin/sh\nexec \"$REAL_GIT\" \"$@\"\n";

/// Runs the scripts twice and reports.
pub(super) fn run(bench: &Bench, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let source = bench.apt.source("git")?;
    let suite = Suite::unpack(bench, source.archives(".orig."))?;
    let mut outcomes = Vec::new();
    for script in suite.scripts()?.into_iter().filter(|name| bench.takes(name)) {
        note(&script);
        let (ours, theirs) = (suite.passes("ours", &script)?, suite.passes("theirs", &script)?);
        outcomes.push(Outcome { script, ours, theirs });
    }
    let version = Command::new(&suite.git).arg("--version").output()?.stdout;
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    writeln!(out, "Scripts of git {}.\n", source.version)?;
    report(&outcomes, &Reasons::read("git-apply.toml")?, &version, out)
}

/// git's tests, unpacked.
struct Suite {
    folder: PathBuf,
    git: PathBuf,
    program: PathBuf,
}

impl Suite {
    fn unpack<'a>(bench: &Bench, archives: impl Iterator<Item = &'a Path>) -> anyhow::Result<Self> {
        let folder = bench.folder("git-apply")?;
        for archive in archives {
            tar(
                archive,
                &["-x", "--strip-components=1", "--wildcards", "-C"],
                &[&folder, Path::new("*/t")],
            )?;
        }
        fs::create_dir_all(folder.join("templates/blt"))?;
        fs::create_dir_all(folder.join("t/helper"))?;
        fs::write(folder.join("GIT-BUILD-OPTIONS"), BUILD_OPTIONS)?;
        executable(&folder.join("t/helper/test-tool"), TEST_TOOL)?;
        for (name, text) in [("ours", WITHOUT_APPLY), ("theirs", GIT)] {
            fs::create_dir_all(folder.join(name))?;
            executable(&folder.join(name).join("git"), text)?;
        }
        let git = Command::new("sh").args(["-c", "command -v git"]).output()?;
        ensure!(git.status.success(), "git is not installed");
        let git = PathBuf::from(String::from_utf8(git.stdout)?.trim());
        Ok(Self { folder, git, program: bench.program.clone() })
    }

    fn scripts(&self) -> anyhow::Result<Vec<String>> {
        let names = fs::read_dir(self.folder.join("t"))?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let is_wanted = |name: &String| name.starts_with("t41") && name.contains("-apply-");
        let mut names: Vec<_> = names.into_iter().filter(is_wanted).collect();
        names.sort();
        Ok(names)
    }

    /// Runs a script with the git in the folder `which`.
    fn passes(&self, which: &str, script: &str) -> anyhow::Result<Passes> {
        let output = Command::new("timeout")
            .args(["600", "sh", &format!("./{script}")])
            .current_dir(self.folder.join("t"))
            .env("GIT_TEST_INSTALLED", self.folder.join(which))
            .env("TEST_OUTPUT_DIRECTORY", self.folder.join("output"))
            .env("REAL_GIT", &self.git)
            .env("ADAPTER", root().join("tests/outside/git-apply"))
            .env("FIXWRIGHT", &self.program)
            .output()
            .context("timeout")?;
        Ok(passes(&String::from_utf8_lossy(&output.stdout)))
    }
}

/// Reads the Test Anything Protocol. Tests that were skipped do not count.
fn passes(output: &str) -> Passes {
    let test = |line: &str| {
        let (passed, rest) = match line.strip_prefix("not ok ") {
            Some(rest) => (false, rest),
            None => (true, line.strip_prefix("ok ")?),
        };
        let number = rest.split(' ').next()?.parse().ok()?;
        (!rest.contains("# skip")).then_some((number, passed))
    };
    output.lines().filter_map(test).collect()
}

fn executable(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocol_is_read() {
        let output = "ok 1 - a\nnot ok 2 - b\n#\tsome\nok 3 # skip c (missing D)\nnot ok 4 - e # TODO known breakage\n1..4\n";
        assert_eq!(passes(output), Passes::from([(1, true), (2, false), (4, false)]));
    }
}
