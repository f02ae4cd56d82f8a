//! The whole way with answers that are known: report, file, prompt, answer, patch, verdict, for every target; git is the second opinion.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fixwright::patch::{DiffOptions, FilePatch, Patch};
use fixwright::prompt::{Finish, Fix, Options, Request, Target, expected, read, render};
use fixwright::source::SourceFile;
use fixwright::validate::{CopyOptions, Isolation, Task, Validator, Verdict};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/labels")
}

fn fixed(source: &str) -> String {
    source.replace("sprintf(line, ", "snprintf(line, sizeof(line), ")
}

/// A copy of the example, its sources changed by `change`.
fn tree(change: impl Fn(String) -> String) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("src")).unwrap();
    fs::copy(example().join("Makefile"), copy.path().join("Makefile")).unwrap();
    for name in ["src/label.c", "src/label.h", "src/main.c"] {
        let text = fs::read_to_string(example().join(name)).unwrap();
        fs::write(copy.path().join(name), change(text)).unwrap();
    }
    copy
}

fn patch(path: &str, source: &str, fix: Fix) -> Patch {
    match fix {
        Fix::Source(new) => {
            let (old, new) = (Some(source.as_bytes()), Some(new.as_bytes()));
            Patch { files: vec![FilePatch::between(path, old, new, &DiffOptions::default())] }
        }
        Fix::Diff(diff) => Patch::parse(&diff).unwrap(),
    }
}

/// What `git apply` makes of the patch, in a folder of its own.
fn git_apply(tree: &Path, patch: &Patch, path: &str) -> Vec<u8> {
    let mut git = Command::new("git")
        .args(["apply", "-"])
        .current_dir(tree)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut git.stdin.take().unwrap(), &patch.to_bytes()).unwrap();
    assert!(git.wait().unwrap().success(), "git refuses\n{patch}");
    fs::read(tree.join(path)).unwrap()
}

fn check(change: impl Fn(String) -> String + Copy) {
    let tree = tree(change);
    let text = fs::read(example().join("bug.txt")).unwrap();
    let report = fixwright::report::parse(&text).unwrap().reports.remove(0);
    let file = SourceFile::find(tree.path(), report.location.path.as_deref().unwrap()).unwrap();
    let line = report.location.line.unwrap() as usize;
    let go_on = &mut |_| ControlFlow::Continue(());
    let validator = Validator::new(
        tree.path(),
        Task::new(["make"]),
        CopyOptions::default(),
        Isolation::None,
        go_on,
    )
    .unwrap();
    for target in [Target::Window, Target::Program, Target::Diff] {
        let request = Request::new(
            &report,
            &file.path,
            &file.text,
            line,
            &Options::default().with_target(target),
        )
        .unwrap();
        assert!(
            render(&request)
                .messages
                .iter()
                .any(|message| message.content.contains("unbounded sprintf")),
            "{target}"
        );
        let answer = expected(&request, &fixed(&file.text)).unwrap();
        let fix =
            read(&request, &format!("Here it is:\n\n{answer}\n\nDone."), Finish::Stop).unwrap().fix;
        let patch = patch(&file.path, &file.text, fix);
        let judged = validator.judge(&patch, go_on).unwrap();
        assert_eq!(judged.verdict, Verdict::Compiles, "{target}: {patch}");
        assert_eq!(judged.new_diagnostics, [""; 0], "{target}");
        let copy = self::tree(change);
        let by_git = git_apply(copy.path(), &patch, &file.path);
        patch.plan(tree.path(), 1).unwrap().write().unwrap();
        assert_eq!(fs::read(tree.path().join(&file.path)).unwrap(), by_git, "{target}");
        assert_eq!(by_git, fixed(&file.text).into_bytes(), "{target}");
        fs::write(tree.path().join(&file.path), &file.text).unwrap();
    }
}

#[test]
fn the_example_is_repaired() {
    check(|text| text);
}

#[test]
fn carriage_returns_stay() {
    check(|text| text.replace('\n', "\r\n"));
}

#[test]
fn a_missing_last_newline_stays() {
    check(|text| text.trim_end().to_owned());
}
