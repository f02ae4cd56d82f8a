//! Files are replaced whole or not at all.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fixwright_dataset::{Error, RepairSample, write, write_file};

use crate::{read, samples, written};

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_file_is_made_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let rows = samples("{\"code\":\"a\"}\n{\"code\":\"b\",\"x\":1}\n");
    write_file(&path, &rows).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), written(&rows));
    write_file(&path, rows.into_iter().take(1)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"code\":\"a\"}\n");
    write_file::<[RepairSample; 0]>(&path, []).unwrap();
    assert!(read(fs::read(&path).unwrap()).is_empty());
    assert_eq!(names(folder.path()), ["a.jsonl"]);
}

#[test]
fn a_stop_half_way_leaves_the_old_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    fs::write(&path, "old").unwrap();
    let rows = (0..10_000).map(|n| {
        assert!(n < 9_999, "the source of the samples fails");
        RepairSample::default()
    });
    assert!(catch_unwind(AssertUnwindSafe(|| write_file(&path, rows))).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(folder.path()), ["a.jsonl"]);
}

#[test]
fn a_failure_names_the_file_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [RepairSample::default()];

    let lost = folder.path().join("no/a.jsonl");
    let error = write_file(&lost, &rows).unwrap_err();
    assert!(matches!(&error, Error::File { path, .. } if *path == lost), "{error}");

    let taken = folder.path().join("taken");
    fs::create_dir(&taken).unwrap();
    let error = write_file(&taken, &rows).unwrap_err();
    assert!(matches!(&error, Error::File { path, .. } if *path == taken), "{error}");
    assert_eq!(names(folder.path()), ["taken"]);
}

#[cfg(unix)]
#[test]
fn permissions_are_those_of_the_file_that_is_replaced() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let rows = [RepairSample::default()];

    let [plain, new, link] = ["plain", "new", "link"].map(|name| folder.path().join(name));
    fs::write(&plain, "").unwrap();
    write_file(&new, &rows).unwrap();
    assert_eq!(mode(&new), mode(&plain), "as any other program makes it");

    fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).unwrap();
    write_file(&new, &rows).unwrap();
    assert_eq!(mode(&new), 0o600);

    symlink(&plain, &link).unwrap();
    write_file(&link, &rows).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_file());
    assert_eq!(fs::read_to_string(&plain).unwrap(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let mut full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let error = write(&mut full, &RepairSample::default()).unwrap_err();
    assert!(matches!(error, Error::Write(_)), "{error}");
}
