//! Copies of trees.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use fixwright_validate::{CopyOptions, Error, Workspace};

use crate::tree;

#[test]
fn a_copy_has_the_files_and_goes_away() {
    let dir = tree(&[
        ("a.c", "a"),
        ("src/deep/b.sh", "b"),
        (".git/config", "x"),
        ("build/o", "o"),
        ("src/build/p", "p"),
    ]);
    fs::set_permissions(dir.path().join("src/deep/b.sh"), fs::Permissions::from_mode(0o755))
        .unwrap();
    let mut options = CopyOptions::default();
    options.skip = vec![PathBuf::from("build")];
    let copy = Workspace::copy_of(dir.path(), &options).unwrap();
    let root = copy.root().to_path_buf();
    assert_eq!(fs::read(root.join("a.c")).unwrap(), b"a");
    assert_eq!(
        fs::metadata(root.join("src/deep/b.sh")).unwrap().permissions().mode() & 0o777,
        0o755
    );
    assert!(root.join("src/build/p").exists());
    assert!(!root.join(".git").exists() && !root.join("build").exists());
    drop(copy);
    assert!(!root.parent().unwrap().exists());
}

/// Root may read everything.
#[test]
fn what_may_not_be_read_is_left_out() {
    let dir = tree(&[("a.c", "a"), ("secret", "s"), ("closed/b.c", "b")]);
    for path in ["secret", "closed"] {
        fs::set_permissions(dir.path().join(path), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let all = fs::read(dir.path().join("secret")).is_ok();
    let copy = Workspace::copy_of(dir.path(), &CopyOptions::default()).unwrap();
    let mut left_out = copy.left_out().to_vec();
    left_out.sort();
    let expected = if all { vec![] } else { vec!["closed", "secret"] };
    assert_eq!(left_out, expected.into_iter().map(PathBuf::from).collect::<Vec<_>>());
    assert!(copy.root().join("a.c").exists());
}

#[test]
fn a_copy_goes_away_however_deep_a_program_has_dug() {
    let copy = Workspace::copy_of(tree(&[("a", "a")]).path(), &CopyOptions::default()).unwrap();
    let folder = copy.root().parent().unwrap().to_path_buf();
    let dig = "for (1..30000) { mkdir 'd' and chdir 'd' or die $! }";
    let dug = Command::new("perl").args(["-e", dig]).current_dir(copy.root()).status().unwrap();
    assert!(dug.success());
    drop(copy);
    assert!(!folder.exists());
}

/// A whole tree that was built is not built again, and what `make` never rebuilt is not newer than what it is made of.
#[test]
fn files_keep_the_times_of_their_changes() {
    let dir = tree(&[("old.c", "a"), ("new.o", "b")]);
    let hour_ago = SystemTime::now() - Duration::from_secs(3600);
    fs::File::open(dir.path().join("old.c")).unwrap().set_modified(hour_ago).unwrap();
    let copy = Workspace::copy_of(dir.path(), &CopyOptions::default()).unwrap();
    for name in ["old.c", "new.o"] {
        let time = |root: &Path| fs::metadata(root.join(name)).unwrap().modified().unwrap();
        assert_eq!(time(copy.root()), time(dir.path()), "{name}");
    }
}

#[test]
fn links_stay_inside_or_out() {
    let dir = tree(&[("a", "a"), ("d/e/x", "x"), ("secret", "s")]);
    let outside = tree(&[("secret", "s")]);
    let name = dir.path().file_name().unwrap().to_str().unwrap().to_owned();
    let link = |target: &Path, path: &str| symlink(target, dir.path().join(path)).unwrap();
    link(Path::new("a"), "inside");
    link(Path::new("../../a"), "d/e/up");
    link(Path::new("d"), "folder");
    link(Path::new(".."), "d/e/d");
    link(&outside.path().join("secret"), "absolute");
    link(Path::new("../../../etc"), "parent");
    link(Path::new("nowhere"), "dangling");
    link(Path::new("loop"), "loop");
    link(&Path::new("..").join(name).join("a"), "back");
    // As written it stays inside; as the system follows it, it does not.
    link(Path::new("../.."), "d/e/root");
    link(Path::new("root/../x"), "d/e/sly");
    let copy = Workspace::copy_of(dir.path(), &CopyOptions::default()).unwrap();
    let mut left_out = copy.left_out().to_vec();
    left_out.sort();
    let expected = ["absolute", "back", "d/e/sly", "dangling", "loop", "parent"];
    assert_eq!(left_out, expected.map(PathBuf::from));
    for kept in ["inside", "d/e/up", "folder", "d/e/d", "d/e/root"] {
        let target = fs::read_link(copy.root().join(kept)).unwrap();
        assert_eq!(target, fs::read_link(dir.path().join(kept)).unwrap());
    }
}

#[test]
fn a_tree_that_is_too_large_is_refused() {
    let dir = tree(&[("a", "aaaa"), ("b", "bbbb"), ("c/d", "dddd")]);
    let copy = |max_files, max_bytes| {
        let mut options = CopyOptions::default();
        (options.max_files, options.max_bytes) = (max_files, max_bytes);
        Workspace::copy_of(dir.path(), &options).map(drop).map_err(|error| match error {
            Error::TooLarge { limit, .. } => limit,
            other => panic!("{other}"),
        })
    };
    assert_eq!(copy(4, 12), Ok(()));
    assert_eq!(copy(3, 12), Err("3 files".to_owned()));
    assert_eq!(copy(4, 11), Err("11 bytes".to_owned()));
}

#[test]
fn a_tree_that_is_not_there_is_an_error() {
    let error =
        Workspace::copy_of(Path::new("/no/such/tree"), &CopyOptions::default()).unwrap_err();
    assert!(error.to_string().contains("/no/such/tree"), "{error}");
}
