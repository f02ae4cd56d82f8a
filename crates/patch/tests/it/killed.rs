//! Writes and recoveries that are killed at any moment.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use fixwright_patch::{DiffOptions, FilePatch, Patch, Settled, settle};
use tempfile::TempDir;

/// Says to the test's own program which tree to work on, when it is started again.
const ROOT: &str = "FIXWRIGHT_TEST_ROOT";
/// How many files the patch changes.
const FILES: usize = 1000;
const KILLS: u32 = 24;

/// Everything below a folder: text and permissions of the files, `None` for a folder.
type Tree = BTreeMap<PathBuf, Option<(Vec<u8>, u32)>>;

fn tree(root: &Path) -> Tree {
    let mut found = Tree::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_path_buf();
            if path.is_dir() {
                found.insert(name, None);
                folders.push(path);
            } else {
                let mode = fs::metadata(&path).unwrap().permissions().mode();
                found.insert(name, Some((fs::read(&path).unwrap(), mode)));
            }
        }
    }
    found
}

/// The files that the patch finds and leaves, by number: most are edited, some appear, some go.
fn texts(n: usize) -> (String, Option<String>, Option<String>) {
    let text = |what: &str| (0..12).map(|line| format!("{what} {n} line {line}\n")).collect();
    match n % 10 {
        8 => (format!("made/{}/{n}", n % 50), None, Some(text("new"))),
        9 => (format!("gone/{}/{n}", n % 50), Some(text("old")), None),
        _ => (format!("src/{}/{n}", n % 50), Some(text("old")), Some(text("new"))),
    }
}

fn patch() -> Patch {
    let files = (0..FILES).map(|n| {
        let (path, old, new) = texts(n);
        let (old, new) = (old.as_deref().map(str::as_bytes), new.as_deref().map(str::as_bytes));
        FilePatch::between(path, old, new, &DiffOptions::default())
    });
    Patch { files: files.collect() }
}

/// The tree before the patch; in memory where that can be had, since some file systems take long to
/// use the place of deleted files again.
fn old_tree() -> TempDir {
    let dir = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    for n in 0..FILES {
        let (path, Some(old), _) = texts(n) else { continue };
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, old).unwrap();
    }
    dir
}

/// Runs `test` of this program in a process of its own, until it says that it begins.
fn start(test: &str, root: &Path) -> Child {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env(ROOT, root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.ends_with("begins")), "{test} did not run");
    child
}

/// How long `test` takes from where it begins.
fn duration(test: &str, root: &Path) -> Duration {
    let mut child = start(test, root);
    let start = Instant::now();
    assert!(child.wait().unwrap().success());
    start.elapsed()
}

fn kill(mut child: Child, after: Duration) {
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
#[ignore = "writes to the tree that another test names"]
fn writer() {
    let Some(root) = env::var_os(ROOT) else { return };
    let plan = patch().plan(Path::new(&root), 1).unwrap();
    println!("begins");
    plan.write().unwrap();
}

#[test]
#[ignore = "settles the tree that another test names"]
fn settler() {
    let Some(root) = env::var_os(ROOT) else { return };
    println!("begins");
    settle(Path::new(&root)).unwrap();
}

#[test]
fn a_killed_write_leaves_the_old_tree_or_the_new() {
    let dir = old_tree();
    let old = tree(dir.path());
    let whole = duration("killed::writer", dir.path());
    let new = tree(dir.path());
    assert_ne!(old, new);
    let (mut taken_back, mut finished) = (0, 0);
    let mut moment = whole / 2;
    for n in 1..=KILLS {
        let dir = old_tree();
        kill(start("killed::writer", dir.path()), moment);
        let left = tree(dir.path());
        // Recovery is killed too, twice.
        for part in [8, 4] {
            kill(start("killed::settler", dir.path()), whole / part / n);
        }
        let settled = settle(dir.path()).unwrap();
        let tree = tree(dir.path());
        match settled {
            Settled::TakenBack => assert_eq!(tree, old),
            Settled::Finished => assert_eq!(tree, new),
            _ => assert!(tree == old || tree == new, "neither old nor new after {moment:?}"),
        }
        if left != old && left != new {
            *if tree == old { &mut taken_back } else { &mut finished } += 1;
        }
        // Towards the moment when the new tree begins to count, in steps that come to nothing else.
        let step = whole * (1 + n * 7 % 5) / 50;
        moment = if tree == old { moment + step } else { moment.saturating_sub(step) };
    }
    println!("{taken_back} of {KILLS} killed writes were taken back, {finished} finished");
    assert!(taken_back > 0 && finished > 0, "{taken_back} and {finished} of {KILLS}");
}
