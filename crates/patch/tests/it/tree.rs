//! Patches on folders: all or nothing, and never outside.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use fixwright_patch::{
    DiffOptions, Error, FilePatch, Mode, Origin, Patch, PathProblem, PlanOptions, strip,
};
use tempfile::TempDir;

/// Every file and folder below `root` with its text.
fn snapshot(root: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
                found.push((name, None));
            } else {
                found.push((name, Some(fs::read(&path).unwrap_or_default())));
            }
        }
    }
    found.sort();
    found
}

fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn change(path: &str, old: Option<&str>, new: Option<&str>) -> FilePatch {
    FilePatch::between(
        path,
        old.map(str::as_bytes),
        new.map(str::as_bytes),
        &DiffOptions::default(),
    )
}

fn cause(error: Error) -> Error {
    match error {
        Error::File { source, .. } => *source,
        error => error,
    }
}

#[test]
fn files_are_edited_created_deleted_and_renamed() {
    let dir = tree(&[("src/a.c", "a\n"), ("src/b.c", "b\n"), ("old/deep/c.c", "c\n")]);
    let renamed = "diff --git a/src/b.c b/new/b.c\nrename from src/b.c\nrename to new/b.c\n--- a/src/b.c\n+++ b/new/b.c\n@@ -1 +1 @@\n-b\n+B\n";
    let mut patch = Patch::parse(renamed).unwrap();
    patch.files.push(change("src/a.c", Some("a\n"), Some("A\n")));
    patch.files.push(change("x/y/d.c", None, Some("d\n")));
    patch.files.push(change("old/deep/c.c", Some("c\n"), None));
    let before = snapshot(dir.path());
    let plan = patch.plan(dir.path(), 1).unwrap();
    assert_eq!(snapshot(dir.path()), before, "planning writes nothing");
    plan.write().unwrap();
    let files: Vec<_> = snapshot(dir.path())
        .into_iter()
        .map(|(name, text)| (name, text.map(|text| String::from_utf8(text).unwrap())))
        .collect();
    let expected = [
        ("new", None),
        ("new/b.c", Some("B\n")),
        ("src", None),
        ("src/a.c", Some("A\n")),
        ("x", None),
        ("x/y", None),
        ("x/y/d.c", Some("d\n")),
    ];
    assert_eq!(files, expected.map(|(name, text)| (name.to_owned(), text.map(str::to_owned))));
    patch.reverse().plan(dir.path(), 1).unwrap().write().unwrap();
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn a_file_may_be_patched_twice() {
    let dir = tree(&[("x", "a\n")]);
    let files = vec![change("x", Some("a\n"), Some("b\n")), change("x", Some("b\n"), Some("c\n"))];
    let plan = Patch { files }.plan(dir.path(), 1).unwrap();
    assert_eq!(plan.changes().len(), 1);
    assert_eq!(plan.changes()[0].new.as_ref().unwrap().text, b"c\n");
}

#[test]
fn one_misfit_leaves_every_file_alone() {
    let dir = tree(&[("x", "a\n"), ("y", "a\n")]);
    let patch = |second| Patch { files: vec![change("x", Some("a\n"), Some("b\n")), second] };
    let plan = |second| cause(patch(second).plan(dir.path(), 1).unwrap_err());
    assert!(matches!(plan(change("y", Some("z\n"), Some("b\n"))), Error::Conflict(_)));
    assert!(matches!(plan(change("z", Some("z\n"), Some("b\n"))), Error::Missing));
    assert!(matches!(plan(change("y", None, Some("b\n"))), Error::Exists));
    assert!(matches!(plan(change("y", None, Some("a\n"))), Error::AlreadyApplied));
    let long = "z".repeat(300);
    assert!(matches!(
        plan(change(&long, None, Some("b\n"))),
        Error::Path { problem: PathProblem::Unnameable, .. }
    ));
    assert!(matches!(
        plan(change("y/z", None, Some("b\n"))),
        Error::Path { problem: PathProblem::NotAFile, .. }
    ));
}

#[test]
fn a_new_file_is_not_in_a_new_file() {
    let dir = tree(&[]);
    let files = ["x", "x-y", "x/y"].map(|path| change(path, None, Some("a\n"))).to_vec();
    let error = Patch { files }.plan(dir.path(), 1).unwrap_err();
    assert!(matches!(error, Error::Path { problem: PathProblem::NotAFile, .. }), "{error}");
}

#[test]
fn a_change_since_the_plan_is_refused_with_nothing_written() {
    let dir = tree(&[("a", "a\n"), ("b", "b\n"), ("z/c", "c\n")]);
    let files = vec![
        change("a", Some("a\n"), None),
        change("b", Some("b\n"), Some("B\n")),
        change("new/d", None, Some("d\n")),
        change("z/c", Some("c\n"), Some("C\n")),
    ];
    let plan = Patch { files }.plan(dir.path(), 1).unwrap();
    // The last rename meets a folder that was not there when the plan was made.
    fs::remove_file(dir.path().join("z/c")).unwrap();
    fs::create_dir_all(dir.path().join("z/c/in the way")).unwrap();
    let before = snapshot(dir.path());
    let error = plan.write().unwrap_err();
    assert!(error.is_io() && error.to_string().contains("z/c"), "{error}");
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn permissions_are_kept_and_changed() {
    let dir = tree(&[("x", "a\n"), ("y", "a\n")]);
    let set = |name, bits| {
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(bits)).unwrap();
    };
    let bits = |name| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
    set("x", 0o750);
    set("y", 0o640);
    let mut second = change("y", Some("a\n"), Some("b\n"));
    second.new_mode = Some(Mode::Executable);
    let files = vec![change("x", Some("a\n"), Some("b\n")), second];
    Patch { files }.plan(dir.path(), 1).unwrap().write().unwrap();
    assert_eq!((bits("x"), bits("y")), (0o750, 0o750));
}

#[test]
fn nothing_is_read_or_written_over_a_link() {
    let outside = tree(&[("x", "a\n")]);
    let dir = tree(&[("real", "a\n")]);
    symlink(outside.path(), dir.path().join("out")).unwrap();
    symlink("real", dir.path().join("link")).unwrap();
    for patch in [
        change("out/x", Some("a\n"), Some("b\n")),
        change("out/new", None, Some("b\n")),
        change("link", Some("a\n"), Some("b\n")),
        change("link", None, Some("b\n")),
    ] {
        let error = cause(Patch { files: vec![patch] }.plan(dir.path(), 1).unwrap_err());
        assert!(matches!(error, Error::Path { problem: PathProblem::Symlink, .. }), "{error}");
    }
}

#[test]
fn names_are_stripped() {
    for (name, level, path) in [
        ("a/x.c", 1, "x.c"),
        ("x.c", 0, "x.c"),
        ("a//b/./x.c", 2, "x.c"),
        ("a/.gitignore", 1, ".gitignore"),
        ("a/x.git/y", 1, "x.git/y"),
        ("./src/x.c", 1, "src/x.c"),
        ("a/.github/x", 1, ".github/x"),
    ] {
        assert_eq!(strip(name.as_bytes(), level).unwrap(), Path::new(path), "{name}");
    }
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    use PathProblem as P;
    for (name, problem) in [
        ("/etc/passwd", P::Absolute),
        ("a/../x", P::Parent),
        ("../x/y", P::Parent),
        ("a/.git/hooks/pre-commit", P::Git),
        ("a/b/.GIT/config", P::Git),
        ("a/.git. ./config", P::Git),
        ("a/GIT~1/config", P::Git),
        ("a/.git::$INDEX_ALLOCATION/config", P::Git),
        ("a/.g\u{200c}it/config", P::Git),
        ("a/git~2/config", P::Git),
        ("a/b\\.git\\config", P::Git),
        ("a/b\\..\\..\\x", P::Parent),
        ("a/.fixwright-journal", P::Reserved),
        ("a/b/.Fixwright-0123-4", P::Reserved),
        ("a/.fixwright-draft. ", P::Reserved),
        ("a/FIXWRI~1", P::Reserved),
        ("a/x\0y", P::Control),
        ("a/x\ny", P::Control),
        ("a", P::TooShort),
        ("", P::TooShort),
    ] {
        let Err(Error::Path { problem: found, .. }) = strip(name.as_bytes(), 1) else {
            panic!("{name:?}")
        };
        assert_eq!(found, problem, "{name:?}");
    }
}

#[test]
fn two_names_need_a_rename() {
    let dir = tree(&[("x", "a\n"), ("y", "a\n")]);
    let patch = Patch::parse("--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n").unwrap();
    assert!(matches!(patch.plan(dir.path(), 1), Err(Error::NamesDiffer { .. })));
}

/// As `diff -u x.orig x` names them.
#[test]
fn of_two_names_the_file_is_meant_and_not_its_copy() {
    let recovered = Patch::recover("--- a/x.orig\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n").unwrap();
    let strict = PlanOptions::strict(1);
    for options in [PlanOptions::default(), strict] {
        for files in [&[("x", "a\n")][..], &[("x.orig", "a\n")], &[("x", "a\n"), ("x.orig", "a\n")]]
        {
            let dir = tree(files);
            let planned = recovered.plan_with(dir.path(), &options).unwrap();
            assert_eq!(planned.files[0].path, Path::new(files[0].0));
            assert!(planned.fits());
        }
    }
    let dir = tree(&[("x", "a\n"), ("y", "a\n")]);
    let differ = Patch::recover("--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n").unwrap();
    let planned = differ.plan_with(dir.path(), &PlanOptions::default()).unwrap();
    assert!(matches!(planned.files[0].result, Err(Error::NamesDiffer { .. })));
}

#[test]
fn a_folder_swapped_for_a_link_leads_nowhere() {
    let outside = tree(&[("x", "a\n")]);
    let dir = tree(&[("src/x", "a\n")]);
    let patch = Patch { files: vec![change("src/x", Some("a\n"), Some("b\n"))] };
    let plan = patch.plan(dir.path(), 1).unwrap();
    fs::rename(dir.path().join("src"), dir.path().join("moved")).unwrap();
    symlink(outside.path(), dir.path().join("src")).unwrap();
    let before = (snapshot(dir.path()), snapshot(outside.path()));
    let error = plan.write().unwrap_err();
    assert!(matches!(error, Error::Path { problem: PathProblem::Symlink, .. }), "{error}");
    assert_eq!((snapshot(dir.path()), snapshot(outside.path())), before);
}

#[test]
fn a_folder_swapped_while_a_patch_is_written_leads_nowhere() {
    let outside = tree(&[("x", "a\n")]);
    let dir = tree(&[("src/x", "a\n")]);
    let (src, real, link) =
        (dir.path().join("src"), dir.path().join("real"), dir.path().join("link"));
    symlink(outside.path(), &link).unwrap();
    let stop = AtomicBool::new(false);
    let before = snapshot(outside.path());
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                fs::rename(&src, &real).unwrap();
                fs::rename(&link, &src).unwrap();
                fs::rename(&src, &link).unwrap();
                fs::rename(&real, &src).unwrap();
            }
        });
        let texts = ["a\n", "b\n"];
        for turn in 0..400 {
            let (old, new) = (texts[turn % 2], texts[1 - turn % 2]);
            let patch = Patch { files: vec![change("src/x", Some(old), Some(new))] };
            // What comes of it depends on the moment; that nothing comes out does not.
            if let Ok(plan) = patch.plan(dir.path(), 1) {
                drop(plan.write());
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(snapshot(outside.path()), before);
}

/// A file that comes from another one.
fn moved(from: &str, to: &str, origin: Origin, old: &str, new: &str) -> FilePatch {
    let mut file = change(from, Some(old), Some(new));
    file.new_path = Some(format!("b/{to}").into_bytes());
    file.origin = origin;
    file
}

fn written(dir: &TempDir, files: Vec<FilePatch>) -> Vec<(String, String)> {
    Patch { files }.plan(dir.path(), 1).unwrap().write().unwrap();
    let text = |text: Option<Vec<u8>>| text.map(|text| String::from_utf8(text).unwrap());
    let files = snapshot(dir.path()).into_iter();
    files.filter_map(|(name, content)| Some((name, text(content)?))).collect()
}

fn named(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn copies_and_renames_start_from_the_tree() {
    use Origin::{Copied, Renamed};
    let dir = tree(&[("a", "a\n")]);
    // As git writes it: the source is edited first, the copies have its old text.
    let files = vec![
        change("a", Some("a\n"), Some("edited\n")),
        moved("a", "b", Copied, "a\n", "a\n"),
        moved("a", "c/d", Copied, "a\n", "changed\n"),
    ];
    let expected = named(&[("a", "edited\n"), ("b", "a\n"), ("c/d", "changed\n")]);
    assert_eq!(written(&dir, files), expected);

    let dir = tree(&[("a", "a\n")]);
    let files = vec![moved("a", "b", Copied, "a\n", "a\n"), moved("a", "c", Renamed, "a\n", "c\n")];
    assert_eq!(written(&dir, files), named(&[("b", "a\n"), ("c", "c\n")]));

    let dir = tree(&[("a", "a\n"), ("b", "b\n")]);
    let files =
        vec![moved("a", "b", Renamed, "a\n", "a!\n"), moved("b", "a", Renamed, "b\n", "b!\n")];
    assert_eq!(written(&dir, files), named(&[("a", "b!\n"), ("b", "a!\n")]));

    // One commit after the other in a single file: edited, renamed, renamed again.
    let dir = tree(&[("a", "a\n")]);
    let files = vec![
        change("a", Some("a\n"), Some("edited\n")),
        moved("a", "b", Renamed, "edited\n", "edited\n"),
        moved("b", "c", Renamed, "edited\n", "again\n"),
    ];
    assert_eq!(written(&dir, files), named(&[("c", "again\n")]));

    let dir = tree(&[("a", "a\n")]);
    let files = vec![change("a", Some("a\n"), None), change("a", None, Some("new\n"))];
    assert_eq!(written(&dir, files), named(&[("a", "new\n")]));

    let dir = tree(&[("a", "a\n"), ("b", "b\n")]);
    for origin in [Copied, Renamed] {
        let patch = Patch { files: vec![moved("a", "b", origin, "a\n", "a!\n")] };
        assert!(matches!(cause(patch.plan(dir.path(), 1).unwrap_err()), Error::Exists));
    }
}

#[test]
fn a_folder_that_keeps_something_is_not_replaced() {
    let dir = tree(&[("x/y", "a\n"), ("x/z", "a\n")]);
    let files = vec![change("x/y", Some("a\n"), None), change("x", None, Some("a\n"))];
    let error = Patch { files }.plan(dir.path(), 1).unwrap_err();
    assert!(matches!(error, Error::Path { problem: PathProblem::NotAFile, .. }), "{error}");
}

/// Such a name may come from a report.
#[test]
fn a_given_file_stays_in_the_tree_too() {
    let dir = tree(&[("x.c", "a\n"), ("root/x.c", "a\n")]);
    let unnamed = Patch::recover("@@ -1 +1 @@\n-a\n+b\n").unwrap();
    let result = |file: &Path| {
        let options = PlanOptions::default().with_file(file);
        let planned = unnamed.plan_with(&dir.path().join("root"), &options).unwrap();
        planned.files.into_iter().next().unwrap().result
    };
    for outside in [Path::new("../x.c"), &dir.path().join("x.c")] {
        assert!(matches!(result(outside), Err(Error::Path { .. })), "{outside:?}");
    }
    assert!(result(Path::new("./x.c")).is_ok());
}

/// A diff could make one of every line that it inserts.
#[test]
fn an_absurd_indentation_is_not_learnt() {
    let dir = tree(&[("x.c", &format!("{}x;\n", " ".repeat(50_000)))]);
    let tabs = "\t".repeat(50_000);
    let diff = format!("--- x.c\n+++ x.c\n@@ -1 +1,2 @@\n \tx;\n+{tabs}y;\n");
    let planned = Patch::recover(&diff).unwrap().plan_with(dir.path(), &PlanOptions::default());
    let plan = planned.unwrap().into_plan().unwrap();
    let new = plan.changes()[0].new.as_ref().unwrap();
    assert!(new.text.len() < 1 << 20, "{} bytes", new.text.len());
}
