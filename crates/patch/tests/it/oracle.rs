//! git, GNU diff and GNU patch agree with us about every diff, ours and theirs.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fixwright_patch::{DiffOptions, FilePatch, Patch};
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::texts;

/// The files of a folder, by number; `None` where there is no such file.
type Folder = Vec<Option<Vec<u8>>>;

fn folders() -> impl Strategy<Value = (Folder, Folder)> {
    let file = prop_oneof![
        6 => texts::pair().prop_map(|(old, new)| (Some(old), Some(new))),
        1 => texts::text().prop_map(|new| (None, Some(new))),
        1 => texts::text().prop_map(|old| (Some(old), None)),
    ];
    vec(file, 1..24).prop_map(|files| files.into_iter().unzip())
}

fn cases() -> ProptestConfig {
    let default = ProptestConfig::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if asked { default.cases } else { 16 }, ..default }
}

proptest! {
    #![proptest_config(cases())]

    // Not without context: `git apply` then takes a last line without newline for the beginning of
    // an earlier, equal one.
    #[test]
    fn they_apply_what_we_print((old, new) in folders(), context in 1..4usize) {
        let options = DiffOptions::default().with_context(context);
        let between = |index: usize| {
            FilePatch::between(name(index), old[index].as_deref(), new[index].as_deref(), &options)
        };
        let patch = Patch { files: (0..old.len()).map(between).collect() };
        if !patch.is_empty() {
            let programs = [
                &["git", "apply", "--whitespace=nowarn"][..],
                &["patch", "-s", "-p1", "--fuzz=0", "--no-backup-if-mismatch"],
            ];
            // GNU patch asks back before it deletes a file that is empty, whoever made the diff.
            let deletes_empty = old.iter().zip(&new).any(|(old, new)| old.as_deref() == Some(b"") && new.is_none());
            for program in &programs[..programs.len() - usize::from(deletes_empty)] {
                let dir = TempDir::new().unwrap();
                write(dir.path(), &old);
                run(program, dir.path(), &patch.to_bytes());
                prop_assert_eq!(read(dir.path(), new.len()), new.clone(), "{}\n{}", program[0], patch);
            }
        }
    }

    #[test]
    fn we_apply_what_git_prints((old, new) in folders(), context in 0..4usize) {
        let dir = TempDir::new().unwrap();
        let root = dir.path().join("a");
        write(&root, &old);
        write(&dir.path().join("b"), &new);
        let context = format!("-U{context}");
        let diff = run(
            &["git", "diff", "--no-index", "--no-prefix", "--no-color", "--text", &context, "a", "b"],
            dir.path(),
            b"",
        );
        let patch = Patch::parse(&diff).unwrap();
        patch.plan(&root, 1).unwrap().write().unwrap();
        prop_assert_eq!(read(&root, new.len()), new);
        patch.reverse().plan(&root, 1).unwrap().write().unwrap();
        prop_assert_eq!(read(&root, old.len()), old);
    }

    #[test]
    fn we_apply_what_gnu_diff_prints(pairs in vec(texts::pair(), 1..24), context in 0..4usize) {
        let dir = TempDir::new().unwrap();
        let (old, new): (Folder, Folder) = pairs.into_iter().map(|(a, b)| (Some(a), Some(b))).unzip();
        let root = dir.path().join("a");
        write(&root, &old);
        write(&dir.path().join("b"), &new);
        let context = format!("-U{context}");
        let diff = run(&["diff", "-ra", "--suppress-blank-empty", &context, "a", "b"], dir.path(), b"");
        Patch::parse(&diff).unwrap().plan(&root, 1).unwrap().write().unwrap();
        prop_assert_eq!(read(&root, new.len()), new);
    }
}

/// A git repository with one commit, then changed in every way that its headers have words for.
fn repository() -> TempDir {
    let dir = TempDir::new().unwrap();
    let git = |arguments: &[&str]| {
        run(
            &[&["git", "-c", "user.name=x", "-c", "user.email=x@x"], arguments].concat(),
            dir.path(),
            b"",
        );
    };
    let lines = |count: usize| (0..count).map(|line| format!("line {line}\n")).collect::<String>();
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    git(&["init", "-q"]);
    put("moved away", &lines(30));
    put("moved and edited", &lines(40));
    put("script", "#!/bin/sh\n");
    put("gone", "a\nb");
    put("gone and empty", "");
    git(&["add", "."]);
    git(&["commit", "-qm", "x"]);
    git(&["mv", "moved away", "moved here"]);
    git(&["mv", "moved and edited", "edited"]);
    put("edited", &lines(41).replace("line 7\n", "line seven\n"));
    fs::set_permissions(dir.path().join("script"), fs::Permissions::from_mode(0o755)).unwrap();
    git(&["rm", "-q", "gone", "gone and empty"]);
    put("new", "x\n");
    put("new and empty", "");
    git(&["add", "."]);
    dir
}

/// The files at the top of a folder: name, text, whether it can be run.
fn top(dir: &Path) -> Vec<(String, Vec<u8>, bool)> {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| {
            let executable = entry.metadata().unwrap().permissions().mode() & 0o100 != 0;
            (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap(), executable)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn git_headers_mean_the_same_to_all() {
    let dir = repository();
    let after = top(dir.path());
    let diff = run(&["git", "diff", "--cached", "-M"], dir.path(), b"");
    run(&["git", "reset", "-q", "--hard"], dir.path(), b"");
    let before = top(dir.path());
    let patch = Patch::parse(&diff).unwrap();
    let (forth, back) = (patch.to_bytes(), patch.reverse().to_bytes());
    let ours =
        |diff: &[u8]| Patch::parse(diff).unwrap().plan(dir.path(), 1).unwrap().write().unwrap();
    let gits = |diff: &[u8]| drop(run(&["git", "apply"], dir.path(), diff));
    for apply in [&ours as &dyn Fn(&[u8]), &gits] {
        apply(&forth);
        assert_eq!(top(dir.path()), after);
        apply(&back);
        assert_eq!(top(dir.path()), before);
    }
}

/// Names of every kind that has to be quoted, or not.
fn name(index: usize) -> Vec<u8> {
    let kinds = [
        &b"plain"[..],
        b"d/a space",
        b"d/\"quoted\"",
        b"back\\slash",
        "d/\u{e9}".as_bytes(),
        b"latin-\xe9",
    ];
    [kinds[index % kinds.len()], index.to_string().as_bytes()].concat()
}

fn path(root: &Path, index: usize) -> PathBuf {
    root.join(OsStr::from_bytes(&name(index)))
}

fn write(root: &Path, folder: &Folder) {
    for (index, text) in folder.iter().enumerate() {
        let path = path(root, index);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if let Some(text) = text {
            fs::write(path, text).unwrap();
        }
    }
}

fn read(root: &Path, count: usize) -> Folder {
    (0..count).map(|index| fs::read(path(root, index)).ok()).collect()
}

/// Runs a program in `dir`; returns what it printed. A diff that found differences exits with 1.
fn run(program: &[&str], dir: &Path, input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program[0])
        .args(&program[1..])
        .current_dir(dir)
        .env("GIT_CEILING_DIRECTORIES", dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let diffs = program.contains(&"diff") || program[0] == "diff";
    assert!(
        output.status.success() || diffs && output.status.code() == Some(1),
        "{program:?}: {}{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(input)
    );
    output.stdout
}
