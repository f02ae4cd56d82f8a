//! Writes that stop after any step, and writes that fail at any step.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::tree::settle;
use crate::{DiffOptions, FilePatch, Origin, Patch, Settled};

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

/// A tree and a patch with a step of every kind: an edit, a rename, a new folder, a folder that
/// goes, a file in the place of a folder and the other way round, and a permission.
fn case() -> (TempDir, Patch) {
    let dir = TempDir::new().unwrap();
    let olds = ["edit", "run", "from", "src/gone/x", "folder/x", "folder/y", "file", "empty/x"];
    for name in olds {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("{name}\n")).unwrap();
    }
    let set = |name, bits| {
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(bits)).unwrap();
    };
    set("run", 0o750);
    set("from", 0o640);
    let options = DiffOptions::default();
    let file = |name: &str, new: Option<&str>| {
        let old = format!("{name}\n");
        let old = olds.contains(&name).then_some(old.as_bytes());
        FilePatch::between(name, old, new.map(str::as_bytes), &options)
    };
    let mut renamed = file("from", Some("to\n"));
    renamed.new_path = Some(b"b/new/deep/to".to_vec());
    renamed.origin = Origin::Renamed;
    let files = vec![
        file("edit", Some("edited\n")),
        file("run", Some("run!\n")),
        renamed,
        file("src/gone/x", None),
        file("folder/x", None),
        file("folder/y", None),
        file("folder", Some("a file now\n")),
        file("file", None),
        file("file/in/folder", Some("a folder now\n")),
        file("empty/x", None),
        file("empty/y", Some("y\n")),
    ];
    (dir, Patch { files })
}

/// The tree after the patch.
fn patched() -> Tree {
    let (dir, patch) = case();
    patch.plan(dir.path(), 1).unwrap().write().unwrap();
    let new = tree(dir.path());
    let text = |name: &str| new[Path::new(name)].clone().map(|(text, mode)| (text, mode & 0o777));
    assert_eq!(text("run"), Some((b"run!\n".to_vec(), 0o750)));
    assert_eq!(text("new/deep/to"), Some((b"to\n".to_vec(), 0o640)));
    assert_eq!(text("folder").unwrap().0, b"a file now\n");
    assert_eq!(text("file/in/folder").unwrap().0, b"a folder now\n");
    assert!(!new.contains_key(Path::new("src")) && !new.contains_key(Path::new("from")));
    new
}

#[test]
fn a_write_that_stops_before_the_journal_is_in_force_is_taken_back() {
    for texts in 0.. {
        let (dir, patch) = case();
        let old = tree(dir.path());
        let plan = patch.plan(dir.path(), 1).unwrap();
        let mut site = Site::lock(dir.path()).unwrap();
        let (steps, news) = plan.steps(&mut site).unwrap();
        site.draft(&steps).unwrap();
        site.write_texts(&steps, &news[..texts]).unwrap();
        drop(site);
        assert!(tree(dir.path()).len() > old.len());
        assert_eq!(settle(dir.path()).unwrap(), Settled::TakenBack);
        assert_eq!(tree(dir.path()), old, "after {texts} texts");
        if texts == news.len() {
            return;
        }
    }
}

#[test]
fn a_write_that_stops_after_any_step_is_finished() {
    let new = patched();
    for done in 0.. {
        let (dir, patch) = case();
        let plan = patch.plan(dir.path(), 1).unwrap();
        let mut site = Site::lock(dir.path()).unwrap();
        let (steps, news) = plan.steps(&mut site).unwrap();
        site.stage(&steps, &news).unwrap();
        site.carry_out(&steps[..done]).unwrap();
        drop(site);
        assert_eq!(settle(dir.path()).unwrap(), Settled::Finished);
        assert_eq!(tree(dir.path()), new, "after {done} steps");
        assert_eq!(settle(dir.path()).unwrap(), Settled::Nothing);
        if done == steps.len() {
            return;
        }
    }
}

#[test]
fn a_write_that_fails_at_any_step_is_undone() {
    for bad in 0.. {
        let (dir, patch) = case();
        let old = tree(dir.path());
        let plan = patch.plan(dir.path(), 1).unwrap();
        let mut site = Site::lock(dir.path()).unwrap();
        let (mut steps, news) = plan.steps(&mut site).unwrap();
        site.stage(&steps, &news).unwrap();
        let count = steps.len();
        if bad == count {
            return;
        }
        // A step that cannot be done, but is not in the journal.
        steps.insert(bad, Step::Make { path: "no/such/folder".into() });
        let error = plan.finish(&mut site, &steps).unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error}");
        drop(site);
        assert_eq!(tree(dir.path()), old, "at step {bad}");
        assert_eq!(settle(dir.path()).unwrap(), Settled::Nothing);
    }
}

#[test]
fn an_undoing_that_stops_is_finished_in_one_direction() {
    let new = patched();
    for stop in 0.. {
        let (dir, patch) = case();
        let old = tree(dir.path());
        let plan = patch.plan(dir.path(), 1).unwrap();
        let mut site = Site::lock(dir.path()).unwrap();
        let (steps, news) = plan.steps(&mut site).unwrap();
        site.stage(&steps, &news).unwrap();
        let (done, left) = steps.split_at(steps.len() - 2);
        site.carry_out(done).unwrap();
        let (back, olds) = plan.back(&mut site, done, left).unwrap();
        match stop {
            // The new journal is not in force yet: the old one is.
            0 => {
                site.draft(&back).unwrap();
                site.write_texts(&back, &olds[..1]).unwrap();
                drop(site);
                assert_eq!(settle(dir.path()).unwrap(), Settled::Finished);
                assert_eq!(tree(dir.path()), new);
            }
            _ if stop > back.len() => return,
            _ => {
                site.stage(&back, &olds).unwrap();
                site.carry_out(&back[..stop]).unwrap();
                drop(site);
                assert_eq!(settle(dir.path()).unwrap(), Settled::Finished);
                assert_eq!(tree(dir.path()), old, "after {stop} steps back");
            }
        }
    }
}

#[test]
fn nothing_that_changed_meanwhile_is_overwritten() {
    for done in [0, 3] {
        let (dir, patch) = case();
        let plan = patch.plan(dir.path(), 1).unwrap();
        let mut site = Site::lock(dir.path()).unwrap();
        let (steps, news) = plan.steps(&mut site).unwrap();
        site.stage(&steps, &news).unwrap();
        site.carry_out(&steps[..done]).unwrap();
        drop(site);
        fs::write(dir.path().join("edit"), "edited by hand\n").unwrap();
        let before = tree(dir.path());
        let error = patch.plan(dir.path(), 1).unwrap_err();
        assert!(matches!(error, Error::Unfinished { .. }), "{error}");
        assert_eq!(tree(dir.path()), before);
    }
    let (dir, patch) = case();
    let plan = patch.plan(dir.path(), 1).unwrap();
    fs::write(dir.path().join("edit"), "edited by hand\n").unwrap();
    let before = tree(dir.path());
    assert!(matches!(plan.write(), Err(Error::Changed { .. })));
    assert_eq!(tree(dir.path()), before);
}

#[test]
fn one_writes_at_a_time() {
    let (dir, patch) = case();
    let plan = patch.plan(dir.path(), 1).unwrap();
    let mut site = Site::lock(dir.path()).unwrap();
    assert!(matches!(plan.write(), Err(Error::Busy { .. })));
    let (steps, _) = plan.steps(&mut site).unwrap();
    site.draft(&steps).unwrap();
    assert!(matches!(patch.plan(dir.path(), 1), Err(Error::Busy { .. })));
    drop(site);
    plan.write().unwrap();
    assert_eq!(tree(dir.path()), patched());
}
