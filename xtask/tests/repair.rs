//! `cargo xtask repair` from outside: exit codes, messages, and what is written.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

const REPORT: &str =
    "Unbounded copy\n\nFile: f.c\nLine: 3\n\nDescription: strcpy into a fixed buffer\n";
const SOURCE: &str = "#include <string.h>\nvoid f(char *d, const char *s);\nvoid f(char *d, const char *s) { strcpy(d, s); }\n";

/// A project of one file and a report about it.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new(report: &str, source: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("bug.txt"), report).unwrap();
        fs::write(folder.path().join("src/f.c"), source).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, flags: &[&str]) -> Command {
        let mut command = repair();
        let (report, source) = (self.path("bug.txt"), self.path("src"));
        command.arg("--report").arg(report).arg("--source").arg(source).args(flags);
        command
    }

    fn repair(&self, flags: &[&str]) -> Output {
        self.command(flags).output().unwrap()
    }

    /// Runs into bad input, and says so with these words.
    fn refuses(&self, flags: &[&str], words: &[&str]) {
        let output = self.repair(flags);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(output.stdout.is_empty());
        for word in words {
            assert!(said.contains(word), "no {word:?} in {said}");
        }
    }
}

fn repair() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("xtask"));
    command.arg("repair");
    command
}

#[test]
fn a_report_that_cannot_be_used_is_bad_input() {
    Project::new("nothing to see here\n", SOURCE.as_bytes()).refuses(&[], &["bug.txt"]);
    Project::new("Title\n\nLine: 3\nDescription: x\n", SOURCE.as_bytes())
        .refuses(&[], &["bug.txt", "names no file"]);
    Project::new("Title\n\nFile: f.c\nDescription: x\n", SOURCE.as_bytes())
        .refuses(&[], &["names no line", "--line"]);
    Project::new(&REPORT.replace("f.c", "gone.c"), SOURCE.as_bytes())
        .refuses(&[], &["bug.txt", "gone.c"]);
    Project::new(&REPORT.replace("Line: 3", "Line: 30"), SOURCE.as_bytes())
        .refuses(&[], &["f.c", "30", "3 lines"]);
    Project::new(REPORT, SOURCE.as_bytes()).refuses(&["--line", "99"], &["f.c", "99"]);
}

#[test]
fn a_source_that_cannot_be_used_is_bad_input() {
    Project::new(REPORT, b"int a;\nint b;\n// caf\xe9\n")
        .refuses(&[], &["f.c:3", "byte 20", "not UTF-8"]);
    Project::new(REPORT, b"#include \"gone.h\"\nint b;\nint c;\n")
        .refuses(&[], &["does not compile as it is", "gone.h"]);
    Project::new(REPORT, SOURCE.as_bytes())
        .refuses(&["--compile", "exit 7"], &["does not compile as it is"]);
}

#[test]
fn a_folder_that_is_not_there_is_bad_input_before_any_work() {
    let project = Project::new(REPORT, SOURCE.as_bytes());
    project.refuses(&["--json", "gone/result.json"], &["gone", "no such file or folder"]);
    project.refuses(&["--allow-read", "gone"], &["gone", "no such file or folder"]);
}

/// What comes after the copy is what is refused.
#[test]
fn a_source_with_the_folder_for_temporary_files_in_it_is_not_copied_into_itself() {
    let project = Project::new(REPORT, SOURCE.as_bytes());
    let temporary = project.path("src/tmp");
    fs::create_dir_all(temporary.join("fixwright-left")).unwrap();
    let compile = "test -d tmp && ! test -e tmp/fixwright-left";
    let mut command = project.command(&["--compile", compile, "--model", "gpt-17"]);
    let output = command.env("TMPDIR", &temporary).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("gpt-17"), "{said}");
}

#[test]
fn a_model_that_cannot_be_used_is_bad_input() {
    let project = Project::new(REPORT, SOURCE.as_bytes());
    project.refuses(&["--model", "gpt-17"], &["gpt-17", "qwen2.5-coder-0.5b-instruct"]);
    let broken = project.path("broken.gguf");
    fs::write(&broken, b"GGUF\x03\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff").unwrap();
    let broken = broken.to_str().unwrap();
    project.refuses(&["--model", broken], &["broken.gguf"]);
    project.refuses(&["--model", broken, "--device", "tpu"], &["tpu"]);
}

#[test]
fn flags_that_make_no_sense_are_bad_input() {
    for flags in [
        &["--report", "x"][..],
        &["--source", "x"],
        &["--candidates", "0"],
        &["--line", "0"],
        &["--target", "ast"],
        &["--rounds", "0"],
        &["--out", "x"],
        &["--reports", "x", "--source", "x"],
        &["--reports", "x", "--source", "x", "--out", "x", "--report", "x"],
        &["--reports", "x", "--source", "x", "--out", "x", "--apply"],
    ] {
        let output = repair().args(flags).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
    }
}

/// With a small model that was not made for repair; whether it succeeds is not the point.
#[test]
fn what_is_written_agrees_with_the_exit_code() {
    let Some(model) = std::env::var_os("FIXWRIGHT_SMOLLM2_GGUF") else {
        println!("skipped: FIXWRIGHT_SMOLLM2_GGUF is not set");
        return;
    };
    let project = Project::new(REPORT, SOURCE.as_bytes());
    let json = project.path("result.json");
    let flags = [
        "--candidates",
        "2",
        "--model",
        model.to_str().unwrap(),
        "--json",
        json.to_str().unwrap(),
        "--apply",
    ];
    let output = project.repair(&flags);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let result: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(result["file"], "f.c");
    assert_eq!(result["line"], 3);
    assert_eq!(result["model"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(leftovers(project.folder.path()), 0);
    let now = fs::read_to_string(project.path("src/f.c")).unwrap();
    match output.status.code() {
        Some(0) => {
            assert_eq!(result["repaired"], true);
            assert_eq!(result["candidates"][0]["patch"], String::from_utf8(output.stdout).unwrap());
            assert_ne!(now, SOURCE);
        }
        Some(1) => {
            assert_eq!(result["repaired"], false);
            assert!(output.stdout.is_empty());
            assert_eq!(now, SOURCE);
            assert!(said.contains("no valid patch found"), "{said}");
        }
        other => panic!("{other:?}: {said}"),
    }
}

/// A project of one file, and two findings of a compiler's log in it.
fn pile(log: &str) -> Project {
    let project = Project::new(REPORT, SOURCE.as_bytes());
    fs::create_dir(project.path("logs")).unwrap();
    fs::write(project.path("logs/gcc.txt"), log).unwrap();
    project
}

fn repair_pile(project: &Project, reports: &str, flags: &[&str]) -> (Option<i32>, String, String) {
    let mut command = repair();
    for (flag, path) in [("--reports", reports), ("--source", "src"), ("--out", "out")] {
        command.arg(flag).arg(project.path(path));
    }
    let output = command.args(flags).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_pile_that_cannot_be_used_is_bad_input_or_empty() {
    let project = pile("nothing to see here\n");
    let (code, _, said) = repair_pile(&project, "logs/gcc.txt", &[]);
    assert!(code == Some(2) && said.contains("gcc.txt"), "{said}");
    let (code, _, said) = repair_pile(&project, "gone", &[]);
    assert!(code == Some(2) && said.contains("gone"), "{said}");
    let (code, table, said) = repair_pile(&project, "logs", &[]);
    assert!(
        code == Some(0) && said.contains("gcc.txt"),
        "of a folder, what can be read is: {said}"
    );
    assert_eq!(table, "0 repaired, 0 plausible, 0 failed, 1 left out: see summary.json\n");

    let project = pile("gone.c:3:1: warning: w [-Wx]\n");
    let (code, table, _) = repair_pile(&project, "logs", &[]);
    assert_eq!(code, Some(2), "the source is another one");
    assert_eq!(table, "0 repaired, 0 plausible, 0 failed, 1 left out: see summary.json\n");
    let summary = fs::read(project.path("out/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    assert_eq!(summary["left_out"][0]["place"], "gone.c:3:1");
}

/// With the same small model; whether it succeeds is not the point.
#[test]
fn a_pile_is_worked_through_once() {
    let Some(model) = std::env::var_os("FIXWRIGHT_SMOLLM2_GGUF") else {
        println!("skipped: FIXWRIGHT_SMOLLM2_GGUF is not set");
        return;
    };
    let project = pile("f.c:3:34: warning: unbounded [-Wx]\nf.c:30:1: warning: beyond [-Wy]\n");
    let flags = ["--candidates", "1", "--model", model.to_str().unwrap()];
    let (code, table, said) = repair_pile(&project, "logs", &flags);
    assert!(matches!(code, Some(0 | 1)), "{said}");
    let beyond = table.lines().find(|line| line.starts_with("0002  f.c:30  -Wy  ")).unwrap();
    assert!(beyond.contains("failed") && beyond.contains("line 30 is not there"), "{table}");
    let summary = fs::read(project.path("out/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    let first = &summary["findings"][0];
    let patch = first["patch"].as_str();
    assert_eq!(first["status"] == "failed", patch.is_none());
    assert!(patch.is_none_or(|name| project.path("out").join(name).is_file()));
    assert_eq!(first["candidates"], 1);

    let again = repair_pile(&project, "logs", &flags);
    assert_eq!((again.0, &again.1), (code, &table));
    assert!(again.2.contains("2 of 2 findings are done already"), "{}", again.2);
    assert!(!again.2.contains("loading"), "{}", again.2);
}

/// Files beside the four that belong there.
fn leftovers(folder: &Path) -> usize {
    let files = |folder: &Path| fs::read_dir(folder).unwrap().count();
    files(folder) + files(&folder.join("src")) - 4
}
