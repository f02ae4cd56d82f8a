//! Where GNU patch and git place a hunk without fuzz, we place it there as well, or say that the
//! place is not certain.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use fixwright_patch::{ApplyOptions, DiffOptions, Error, FilePatch, Misfit, Patch, Ties};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::texts;

/// What a program makes of `old`, if it takes the whole diff.
fn made(program: &[&str], old: &[u8], diff: &[u8]) -> Option<Vec<u8>> {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("f"), old).unwrap();
    let mut child = Command::new(program[0])
        .args(&program[1..])
        .current_dir(dir.path())
        .env("GIT_CEILING_DIRECTORIES", dir.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(diff).unwrap();
    let success = child.wait().unwrap().success();
    success.then(|| fs::read(dir.path().join("f")).unwrap_or_default())
}

fn cases() -> ProptestConfig {
    let default = ProptestConfig::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if asked { default.cases } else { 64 }, ..default }
}

/// Refusals that a more trusting program does not know.
fn is_caution(error: &Error) -> bool {
    match error {
        Error::AlreadyApplied => true,
        Error::Rejected(rejection) => rejection
            .hunks
            .iter()
            .filter_map(|h| h.as_ref().err())
            .all(|misfit| matches!(misfit, Misfit::Ambiguous { .. } | Misfit::NoContext)),
        _ => false,
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn we_agree_or_say_that_it_is_not_certain(
        (old, new) in texts::pair(),
        above in 0..6usize,
        lie in 0..30usize,
    ) {
        prop_assume!(old != new && !old.is_empty());
        let options = DiffOptions::default();
        let patch = FilePatch::between("f", Some(&old), Some(&new), &options);
        let top: Vec<u8> = (0..above).flat_map(|line| format!("{line};\n").into_bytes()).collect();
        let moved = [&top[..], &old].concat();
        // The counts are wrong as well, for those who count again.
        let diff = String::from_utf8_lossy(&patch.to_bytes()).replacen(",3", &format!(",{lie}"), 1);
        let exact = patch.to_bytes();
        let tools = [
            (&["patch", "-s", "-f", "-p1", "-F0", "-r", "-"][..], &exact[..]),
            (&["git", "apply", "--recount", "--whitespace=nowarn"], diff.as_bytes()),
        ];
        for (tool, diff) in tools {
            let Some(theirs) = made(tool, &moved, diff) else { continue };
            let options = ApplyOptions::default().with_fuzz(0).with_ties(Ties::Refuse);
            let recovered = Patch::recover(diff).unwrap();
            let Some(file) = recovered.files.first() else { continue };
            match file.apply_with(&moved, &options) {
                Ok(ours) => prop_assert_eq!(
                    String::from_utf8_lossy(&ours.text), String::from_utf8_lossy(&theirs), "{:?}", tool
                ),
                Err(error) => prop_assert!(is_caution(&error), "{tool:?}: {error}\n{patch}"),
            }
        }
    }
}
